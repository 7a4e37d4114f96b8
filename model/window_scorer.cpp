// Tested by tests/model/text/windows_test.cpp
#include "model/window_scorer.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>
#include <utility>

#include "model/package/weights.hpp"
#include "model/prediction.hpp"

namespace tapewatch::model {
namespace {

// Tokens that pass through the encoder together: the weights are read once for all of them, while their states still
// fit in the second-level cache. A longer window is a batch by itself.
constexpr std::size_t kBatchTokens = 256;

}  // namespace

WindowScorer::WindowScorer(const ModelPackage& package, bool whole_last_layer)
    : package_(&package),
      kernels_(package.engine().kernels),
      whole_last_layer_(whole_last_layer),
      encoder_(package.weights().encoder, package.max_tokens(), *kernels_) {}

void WindowScorer::score(const ReadingPlan& plan, std::span<const Encoding> encodings, LogitCache* cache) {
  const auto& windows = plan.windows;
  sentiment_.reserve(windows.size() * kSentiments);
  topics_.reserve(windows.size() * package_->config().topic_outputs.size());
  entities_.reserve(plan.questions.size() * kSentiments);
  risks_.reserve(windows.size() * package_->config().risk_outputs());
  entity_risks_.reserve(plan.questions.size() * package_->config().risk_outputs());
  first_questions_.assign(windows.size() + 1, 0);
  for (const auto& question : plan.questions) ++first_questions_[question.window + 1];
  std::partial_sum(first_questions_.begin(), first_questions_.end(), first_questions_.begin());

  order_.clear();
  for (std::size_t window = 0; window < windows.size(); ++window) {
    if (cache == nullptr || !recall(plan, encodings, window, *cache)) order_.push_back(window);
  }
  score_batches(plan, encodings);
  for (std::size_t i = 0; cache != nullptr && i < order_.size(); ++i) remember(plan, encodings, order_[i], *cache);
}

/// What decides a window's logits: the pieces between [CLS] and [SEP], and the questions.
void WindowScorer::make_key(const ReadingPlan& plan, std::span<const Encoding> encodings, std::size_t window) {
  constexpr std::int32_t kQuestion = -1;
  const auto& [text, pieces, weight] = plan.windows[window];
  key_.assign(1, static_cast<std::int32_t>(pieces.size()));
  for (std::size_t i = pieces.first; i < pieces.last; ++i) key_.push_back(encodings[text].tokens[i].id);
  for (auto q = first_questions_[window]; q < first_questions_[window + 1]; ++q) {
    key_.push_back(kQuestion);
    for (const TokenRange& mention : plan.questions[q].mentions) {
      key_.push_back(static_cast<std::int32_t>(mention.first));
      key_.push_back(static_cast<std::int32_t>(mention.last));
    }
  }
}

/// The places of a window's logits: its sentiment, its topics, its risk, the answers to its questions.
std::array<std::span<float>, 5> WindowScorer::logits_of(std::size_t window) {
  const std::size_t topics = package_->config().topic_outputs.size(), risks = package_->config().risk_outputs();
  const std::size_t first = first_questions_[window], questions = first_questions_[window + 1] - first;
  return {std::span(sentiment_.data() + window * kSentiments, kSentiments),
          std::span(topics_.data() + window * topics, topics), std::span(risks_.data() + window * risks, risks),
          std::span(entities_.data() + first * kSentiments, questions * kSentiments),
          std::span(entity_risks_.data() + first * risks, questions * risks)};
}

bool WindowScorer::recall(const ReadingPlan& plan, std::span<const Encoding> encodings, std::size_t window,
                          LogitCache& cache) {
  make_key(plan, encodings, window);
  const auto places = logits_of(window);
  std::size_t size = 0;
  for (const auto& place : places) size += place.size();
  logits_.resize(size);
  if (!cache.find(key_, logits_)) return false;
  auto from = logits_.begin();
  for (const auto& place : places) {
    const auto end = from + static_cast<std::ptrdiff_t>(place.size());
    std::copy(from, end, place.begin());
    from = end;
  }
  return true;
}

void WindowScorer::remember(const ReadingPlan& plan, std::span<const Encoding> encodings, std::size_t window,
                            LogitCache& cache) {
  make_key(plan, encodings, window);
  logits_.clear();
  for (const auto& place : logits_of(window)) logits_.insert(logits_.end(), place.begin(), place.end());
  cache.store(key_, logits_);
}

/// Batches of windows of similar length: every grouping gives the same bits, this one few batches of about one size.
void WindowScorer::score_batches(const ReadingPlan& plan, std::span<const Encoding> encodings) {
  const auto& windows = plan.windows;
  std::sort(order_.begin(), order_.end(),
            [&](auto a, auto b) { return std::pair(windows[a].tokens(), a) < std::pair(windows[b].tokens(), b); });
  std::size_t rest = 0;
  for (const std::size_t window : order_) rest += windows[window].tokens();
  for (std::size_t first = 0; first < order_.size();) {
    const std::size_t batches = (rest + kBatchTokens - 1) / kBatchTokens;
    const std::size_t enough = (rest + batches - 1) / batches;
    std::size_t last = first;
    batch_.clear();
    do {
      const auto& window = windows[order_[last++]];
      batch_.add(encodings[window.text].tokens, window.pieces);
    } while (last < order_.size() && batch_.tokens() < enough &&
             batch_.tokens() + windows[order_[last]].tokens() <= kBatchTokens);
    rest -= batch_.tokens();
    score_batch(plan, std::span(order_).subspan(first, last - first));
    first = last;
  }
}

void WindowScorer::score_batch(const ReadingPlan& plan, std::span<const std::size_t> windows) {
  const bool asked = std::any_of(windows.begin(), windows.end(),
                                 [&](auto w) { return first_questions_[w] < first_questions_[w + 1]; });
  const bool all = asked || package_->config().pooling == Pooling::mean;
  const bool every = all || whole_last_layer_;
  const auto states = encoder_.encode(batch_, every ? States::all_tokens : States::first_tokens);
  const float* pooled = transform(every ? pool(states) : states.data());
  score_sentiment(pooled, windows);
  if (!package_->topics().empty()) score_plainly(package_->weights().topic, pooled, windows, topics_);
  if (!package_->config().events.empty()) score_plainly(package_->weights().risk, pooled, windows, risks_);
  if (asked) answer(plan, windows, states.data());
}

/// Runs the batch's questions through the entity head and stores their logits.
void WindowScorer::answer(const ReadingPlan& plan, std::span<const std::size_t> windows, const float* states) {
  asked_.clear();
  questions_.clear();
  for (std::size_t row = 0; row < windows.size(); ++row) {
    for (auto q = first_questions_[windows[row]]; q < first_questions_[windows[row] + 1]; ++q) {
      asked_.push_back(q);
      questions_.push_back({.text = row, .mentions = plan.questions[q].mentions});
    }
  }
  const auto logits = attention_.apply(*kernels_, package_->weights().entity, batch_, states, questions_);
  const std::size_t risks = package_->config().risk_outputs();
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    std::copy_n(logits.data() + i * kSentiments, kSentiments, entities_.data() + asked_[i] * kSentiments);
    std::copy_n(attention_.risks().data() + i * risks, risks, entity_risks_.data() + asked_[i] * risks);
  }
}

/// One state per window from those of all tokens, [windows, hidden]: the first token's or the mean.
const float* WindowScorer::pool(std::span<const float> states) {
  const std::size_t hidden = states.size() / batch_.tokens();
  pooled_.reserve(batch_.texts() * hidden);
  for (std::size_t text = 0; text < batch_.texts(); ++text) {
    float* pooled = pooled_.data() + text * hidden;
    if (package_->config().pooling == Pooling::first_token) {
      std::memcpy(pooled, states.data() + batch_.starts[text] * hidden, hidden * sizeof(float));
      continue;
    }
    std::fill_n(pooled, hidden, 0.0F);
    for (std::size_t token = batch_.starts[text]; token < batch_.starts[text + 1]; ++token) {
      for (std::size_t k = 0; k < hidden; ++k) pooled[k] += states[token * hidden + k];
    }
    const float factor = 1.0F / static_cast<float>(batch_.length(text));
    for (std::size_t k = 0; k < hidden; ++k) pooled[k] *= factor;
  }
  return pooled_.data();
}

/// The pooled states as needed by the heads.
const float* WindowScorer::transform(const float* pooled) {
  const auto& pooler = package_->weights().pooler;
  if (!pooler) return pooled;
  transformed_.reserve(batch_.texts() * pooler->dense.outputs());
  pooler->apply(*kernels_, pooled, batch_.texts(), transformed_.data());
  return transformed_.data();
}

/// A head's outputs for the batch's rows.
std::span<const float> WindowScorer::apply_head(const Dense& head, const float* pooled) {
  const std::size_t count = batch_.texts() * head.outputs();
  outputs_.reserve(count);
  head.apply(*kernels_, pooled, head.inputs(), batch_.texts(), outputs_.data());
  return outputs_.span().first(count);
}

/// Stores the logits of the batch's rows in the places of their windows.
void WindowScorer::score_sentiment(const float* pooled, std::span<const std::size_t> windows) {
  const auto& head = package_->weights().sentiment;
  const std::size_t size = head.dense.outputs();
  const auto outputs = apply_head(head.dense, pooled);
  for (std::size_t row = 0; row < windows.size(); ++row) {
    const auto logits = head.merge(outputs.subspan(row * size, size));
    std::copy(logits.begin(), logits.end(), sentiment_.data() + windows[row] * kSentiments);
  }
}

void WindowScorer::score_plainly(const Dense& head, const float* pooled, std::span<const std::size_t> windows,
                                 FloatBuffer& logits) {
  const std::size_t size = head.outputs();
  const auto outputs = apply_head(head, pooled);
  for (std::size_t row = 0; row < windows.size(); ++row) {
    std::copy_n(outputs.data() + row * size, size, logits.data() + windows[row] * size);
  }
}

std::span<const float> WindowScorer::sentiment(std::size_t window) const {
  return sentiment_.span().subspan(window * kSentiments, kSentiments);
}

std::span<const float> WindowScorer::topics(std::size_t window) const {
  const std::size_t size = package_->config().topic_outputs.size();
  return topics_.span().subspan(window * size, size);
}

std::span<const float> WindowScorer::entity(std::size_t question) const {
  return entities_.span().subspan(question * kSentiments, kSentiments);
}

std::span<const float> WindowScorer::risk(std::size_t window) const {
  const std::size_t size = package_->config().risk_outputs();
  return risks_.span().subspan(window * size, size);
}

std::span<const float> WindowScorer::entity_risk(std::size_t question) const {
  const std::size_t size = package_->config().risk_outputs();
  return entity_risks_.span().subspan(question * size, size);
}

}  // namespace tapewatch::model
