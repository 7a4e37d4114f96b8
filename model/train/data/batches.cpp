// Tested by tests/train/network/entity_head_test.cpp
#include "model/train/data/batches.hpp"

#include <algorithm>
#include <numeric>

#include "model/text/tokenizer.hpp"
#include "model/train/data/mentions.hpp"
#include "model/train/data/perturbation.hpp"
#include "model/train/data/training_text.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kBatchesSortedTogether = 64;

/// Independent streams for the epoch's order and its texts.
enum class Stream : std::uint64_t { order = 1, text = 2, unlabelled = 3, perturbation = 4 };
Random generator(std::uint64_t seed, std::int64_t epoch, Stream stream) {
  return Random(seed * 1'000'003 + static_cast<std::uint64_t>(epoch) * 1'009 + static_cast<std::uint64_t>(stream));
}

template <class T>
void shuffle(std::span<T> items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[static_cast<std::size_t>(uniform(random) * static_cast<double>(i))]);
  }
}

std::vector<std::vector<std::size_t>> cut(std::span<const std::size_t> order, std::size_t batch) {
  std::vector<std::vector<std::size_t>> batches;
  for (std::size_t start = 0; start < order.size(); start += batch) {
    const auto part = order.subspan(start, std::min(batch, order.size() - start));
    batches.emplace_back(part.begin(), part.end());
  }
  return batches;
}

std::vector<std::size_t> tokens_of(const std::optional<Mention>& mention, const std::vector<Token>& tokens) {
  std::vector<std::size_t> places;
  for (std::size_t i = 0; mention && i < tokens.size(); ++i) {
    const auto& token = tokens[i];
    if (token.end > token.start && token.start < mention->end && token.end > mention->start) places.push_back(i);
  }
  if (places.empty()) {
    places.resize(tokens.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
  }
  return places;
}

EncodedRow encode(const MentionedText& text, const TrainingText& from, const Tokenizer& tokenizer,
                  std::int64_t max_tokens) {
  const auto tokens = tokenizer.encode(text.text, static_cast<std::size_t>(max_tokens)).tokens;
  EncodedRow row{.sentiment = from.sentiment, .topic = from.topic, .score = from.score, .risk = from.risk};
  for (const auto& token : tokens) row.ids.push_back(token.id);
  for (std::size_t i = 0; i < from.entities.size(); ++i) {
    const auto& entity = from.entities[i];
    row.entities.push_back({tokens_of(text.mentions[i], tokens), entity.label, entity.score, entity.risk});
  }
  return row;
}

std::vector<std::string_view> names_of(const TrainingText& text) {
  std::vector<std::string_view> names;
  for (const auto& entity : text.entities) names.push_back(entity.name);
  return names;
}

MentionedText mentioned(std::string text, const TrainingText& from) {
  return find_mentions(std::move(text), names_of(from));
}

/// A variant that keeps every mention of the text.
MentionedText vary(const TrainingText& text, const EpochText& how, Random& random) {
  auto varied = mentioned(vary_headline(text.text, how.keep_raw, random), text);
  const auto& found = varied.mentions;
  if (std::find(found.begin(), found.end(), std::nullopt) != found.end()) varied = mentioned(text.text, text);
  if (how.perturb > 0.0 && uniform(random) < how.perturb) {
    varied = mentioned(perturbed(varied.text, names_of(text), random), text);
  }
  if (text.entities.empty()) return varied;
  if (how.swap_names > 0.0 && uniform(random) < how.swap_names) {
    if (auto swapped = swap_names(varied, how.names, random)) return *std::move(swapped);
  }
  return varied;
}

torch::Tensor labels(std::size_t count) { return torch::empty({static_cast<std::int64_t>(count)}, torch::kLong); }

void add_entities(Batch& batch, const std::vector<EncodedRow>& rows, std::span<const std::size_t> chosen) {
  std::size_t count = 0;
  for (const auto index : chosen) count += rows[index].entities.size();
  if (count == 0) return;
  const auto width = batch.input.ids.size(1);
  batch.input.owner = labels(count);
  batch.input.mention = torch::zeros({static_cast<std::int64_t>(count), width});
  batch.entity = labels(count);
  batch.entity_event = labels(count);
  batch.entity_gravity = labels(count);
  batch.entity_score = torch::empty({static_cast<std::int64_t>(count)});
  std::int64_t entity = 0;
  for (std::size_t row = 0; row < chosen.size(); ++row) {
    for (const auto& [tokens, label, score, risk] : rows[chosen[row]].entities) {
      batch.input.owner.data_ptr<std::int64_t>()[entity] = static_cast<std::int64_t>(row);
      batch.entity.data_ptr<std::int64_t>()[entity] = label;
      batch.entity_score.data_ptr<float>()[entity] = score;
      batch.entity_event.data_ptr<std::int64_t>()[entity] = risk.event;
      batch.entity_gravity.data_ptr<std::int64_t>()[entity] = risk.gravity;
      float* const weights = batch.input.mention.data_ptr<float>() + entity * width;
      for (const auto token : tokens) weights[token] = 1.0F / static_cast<float>(tokens.size());
      ++entity;
    }
  }
}

}  // namespace

const torch::Tensor& Batch::labels(Task task) const {
  const torch::Tensor* const all[kTasks] = {&sentiment, &topic,        &entity,        &event,
                                            &gravity,   &entity_event, &entity_gravity};
  return *all[static_cast<std::size_t>(task)];
}

Batch make_batch(const std::vector<EncodedRow>& rows, std::span<const std::size_t> chosen) {
  std::size_t longest = 1;
  for (const auto index : chosen) longest = std::max(longest, rows[index].ids.size());
  const auto count = static_cast<std::int64_t>(chosen.size()), width = static_cast<std::int64_t>(longest);
  Batch batch;
  batch.input = {.ids = torch::zeros({count, width}, torch::kLong), .mask = torch::zeros({count, width})};
  batch.sentiment = labels(chosen.size());
  batch.topic = labels(chosen.size());
  batch.event = labels(chosen.size());
  batch.gravity = labels(chosen.size());
  batch.score = torch::empty({count});
  for (std::size_t row = 0; row < chosen.size(); ++row) {
    const auto& from = rows[chosen[row]];
    std::copy(from.ids.begin(), from.ids.end(), batch.input.ids.data_ptr<std::int64_t>() + row * longest);
    std::fill_n(batch.input.mask.data_ptr<float>() + row * longest, from.ids.size(), 1.0F);
    batch.sentiment.data_ptr<std::int64_t>()[row] = from.sentiment;
    batch.topic.data_ptr<std::int64_t>()[row] = from.topic;
    batch.event.data_ptr<std::int64_t>()[row] = from.risk.event;
    batch.gravity.data_ptr<std::int64_t>()[row] = from.risk.gravity;
    batch.score.data_ptr<float>()[row] = from.score;
  }
  add_entities(batch, rows, chosen);
  return batch;
}

std::vector<EncodedRow> encode_epoch(const std::vector<TrainingText>& texts, const Tokenizer& tokenizer,
                                     const EpochText& how) {
  auto random = generator(how.seed, how.epoch, Stream::text);
  std::vector<EncodedRow> encoded;
  encoded.reserve(texts.size());
  for (const auto& text : texts) encoded.push_back(encode(vary(text, how, random), text, tokenizer, how.max_tokens));
  return encoded;
}

std::vector<EncodedRow> encode_texts(const std::vector<TrainingText>& texts, const Tokenizer& tokenizer,
                                     std::int64_t max_tokens, bool clean) {
  std::vector<EncodedRow> encoded;
  encoded.reserve(texts.size());
  for (const auto& text : texts) {
    encoded.push_back(
        encode(mentioned(clean ? clean_headline(text.text) : text.text, text), text, tokenizer, max_tokens));
  }
  return encoded;
}

std::vector<std::size_t> epoch_share(std::vector<std::size_t> pool, std::size_t count, std::uint64_t seed,
                                     std::int64_t epoch) {
  if (count >= pool.size()) return pool;
  auto random = generator(seed, 0, Stream::unlabelled);
  shuffle(std::span(pool), random);
  std::vector<std::size_t> part;
  const auto first = static_cast<std::size_t>(epoch) * count % pool.size();
  for (std::size_t i = 0; i < count; ++i) part.push_back(pool[(first + i) % pool.size()]);
  return part;
}

std::vector<std::vector<std::size_t>> plan_batches(const std::vector<EncodedRow>& rows, std::vector<std::size_t> order,
                                                   std::int64_t batch, std::uint64_t seed, std::int64_t epoch) {
  auto random = generator(seed, epoch, Stream::order);
  shuffle(std::span(order), random);
  const auto size = static_cast<std::size_t>(batch);
  const auto run = size * kBatchesSortedTogether;
  for (std::size_t start = 0; start < order.size(); start += run) {
    const auto end = std::min(order.size(), start + run);
    std::stable_sort(order.begin() + static_cast<std::ptrdiff_t>(start),
                     order.begin() + static_cast<std::ptrdiff_t>(end),
                     [&](std::size_t a, std::size_t b) { return rows[a].ids.size() < rows[b].ids.size(); });
  }
  auto batches = cut(order, size);
  shuffle(std::span(batches), random);
  return batches;
}

std::vector<std::vector<std::size_t>> plan_by_length(const std::vector<EncodedRow>& rows,
                                                     std::vector<std::size_t> chosen, std::int64_t batch) {
  std::stable_sort(chosen.begin(), chosen.end(),
                   [&](std::size_t a, std::size_t b) { return rows[a].ids.size() < rows[b].ids.size(); });
  return cut(chosen, static_cast<std::size_t>(batch));
}

}  // namespace tapewatch::model::train
