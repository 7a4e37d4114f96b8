#include "model/train/batches.hpp"

#include <algorithm>
#include <numeric>

#include "model/tokenizer.hpp"
#include "model/train/training_text.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kBatchesSortedTogether = 64;

/// Independent streams for the epoch's order and its texts.
enum class Stream : std::uint64_t { order = 1, text = 2 };
Random generator(std::uint64_t seed, std::int64_t epoch, Stream stream) {
  return Random(seed * 1'000'003 + static_cast<std::uint64_t>(epoch) * 1'009 + static_cast<std::uint64_t>(stream));
}

template <class T>
void shuffle(std::span<T> items, Random& random) {
  for (std::size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[static_cast<std::size_t>(uniform(random) * static_cast<double>(i))]);
  }
}

std::vector<std::int64_t> token_ids(const Tokenizer& tokenizer, std::string_view text, std::int64_t max_tokens) {
  std::vector<std::int64_t> ids;
  for (const auto& token : tokenizer.encode(text, static_cast<std::size_t>(max_tokens)).tokens) ids.push_back(token.id);
  return ids;
}

std::vector<std::vector<std::size_t>> cut(std::span<const std::size_t> order, std::size_t batch) {
  std::vector<std::vector<std::size_t>> batches;
  for (std::size_t start = 0; start < order.size(); start += batch) {
    const auto part = order.subspan(start, std::min(batch, order.size() - start));
    batches.emplace_back(part.begin(), part.end());
  }
  return batches;
}

}  // namespace

Batch make_batch(const std::vector<EncodedRow>& rows, std::span<const std::size_t> chosen) {
  std::size_t longest = 1;
  for (const auto index : chosen) longest = std::max(longest, rows[index].ids.size());
  const auto count = static_cast<std::int64_t>(chosen.size()), width = static_cast<std::int64_t>(longest);
  Batch batch{torch::zeros({count, width}, torch::kLong), torch::zeros({count, width}),
              torch::empty({count}, torch::kLong), torch::empty({count}, torch::kLong)};
  for (std::size_t row = 0; row < chosen.size(); ++row) {
    const auto& from = rows[chosen[row]];
    std::copy(from.ids.begin(), from.ids.end(), batch.ids.data_ptr<std::int64_t>() + row * longest);
    std::fill_n(batch.mask.data_ptr<float>() + row * longest, from.ids.size(), 1.0F);
    batch.sentiment.data_ptr<std::int64_t>()[row] = from.sentiment;
    batch.topic.data_ptr<std::int64_t>()[row] = from.topic;
  }
  return batch;
}

std::vector<EncodedRow> encode_epoch(const std::vector<LabelledRow>& rows, const Tokenizer& tokenizer,
                                     const EpochText& text) {
  auto random = generator(text.seed, text.epoch, Stream::text);
  std::vector<EncodedRow> encoded;
  encoded.reserve(rows.size());
  for (const auto& row : rows) {
    encoded.push_back({token_ids(tokenizer, vary_headline(row.text, text.keep_raw, random), text.max_tokens),
                       row.sentiment, row.topic});
  }
  return encoded;
}

std::vector<EncodedRow> encode_rows(const std::vector<LabelledRow>& rows, const Tokenizer& tokenizer,
                                    std::int64_t max_tokens, bool clean) {
  std::vector<EncodedRow> encoded;
  encoded.reserve(rows.size());
  for (const auto& row : rows) {
    encoded.push_back(
        {token_ids(tokenizer, clean ? clean_headline(row.text) : row.text, max_tokens), row.sentiment, row.topic});
  }
  return encoded;
}

std::vector<std::vector<std::size_t>> plan_batches(const std::vector<EncodedRow>& rows, std::int64_t batch,
                                                   std::uint64_t seed, std::int64_t epoch) {
  auto random = generator(seed, epoch, Stream::order);
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
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

std::vector<std::vector<std::size_t>> plan_by_length(const std::vector<EncodedRow>& rows, std::int64_t batch) {
  std::vector<std::size_t> order(rows.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return rows[a].ids.size() < rows[b].ids.size(); });
  return cut(order, static_cast<std::size_t>(batch));
}

}  // namespace tapewatch::model::train
