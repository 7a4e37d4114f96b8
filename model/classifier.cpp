#include "model/classifier.hpp"

#include <algorithm>
#include <numeric>

#include "model/batch.hpp"
#include "model/encoder.hpp"
#include "model/weights.hpp"

namespace tapewatch::model {
namespace {

// Tokens that go through the encoder together: the weights are read once for all of them, while their states still fit
// the second-level cache. A longer single text is a batch of its own.
constexpr std::size_t kBatchTokens = 128;
// Texts that are tokenised, sorted and scored together: bounds memory however many are given.
constexpr std::size_t kChunkTexts = 256;

std::size_t rows_of(std::size_t count, std::size_t size) { return std::max<std::size_t>(count * size, 1); }

}  // namespace

/// The buffers of one thread.
struct Classifier::Workspace {
  explicit Workspace(const ModelPackage& package, const Kernels& set)
      : kernels(set), encoder(package.weights().encoder, package.max_tokens(), set) {}

  void score(const ModelPackage& package, std::span<Prediction> predictions);
  void score_batch(const ModelPackage& package, std::span<const std::size_t> texts, std::span<Prediction> predictions);
  const float* pool(Pooling pooling);
  const float* probabilities(const Dense& head, const float* pooled, float temperature);

  const Kernels& kernels;
  Encoder encoder;
  std::vector<Encoding> encodings;
  std::vector<std::size_t> order;
  Batch batch;
  FloatBuffer means, outputs;
};

Classifier::Classifier(std::shared_ptr<const ModelPackage> package)
    : package_(std::move(package)), workspace_(std::make_unique<Workspace>(*package_, best_kernels())) {}

Classifier::~Classifier() = default;
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;

std::vector<Prediction> Classifier::classify(std::span<const std::string_view> texts) {
  std::vector<Prediction> predictions(texts.size());
  auto& encodings = workspace_->encodings;
  for (std::size_t first = 0; first < texts.size(); first += kChunkTexts) {
    const auto chunk = texts.subspan(first, std::min(kChunkTexts, texts.size() - first));
    if (encodings.size() < chunk.size()) encodings.resize(chunk.size());
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      package_->tokenizer().encode(chunk[i], package_->max_tokens(), encodings[i]);
    }
    workspace_->score(*package_, std::span(predictions).subspan(first, chunk.size()));
  }
  return predictions;
}

// Batches of neighbours in length: any grouping gives the same bits, this one the fewest batches.
void Classifier::Workspace::score(const ModelPackage& package, std::span<Prediction> predictions) {
  order.resize(predictions.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto length = [&](std::size_t text) { return encodings[text].tokens.size(); };
  std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return length(a) < length(b); });
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    batch.clear();
    do {
      batch.add(encodings[order[last++]].tokens);
    } while (last < order.size() && batch.tokens() + length(order[last]) <= kBatchTokens);
    score_batch(package, std::span(order).subspan(first, last - first), predictions);
    first = last;
  }
}

void Classifier::Workspace::score_batch(const ModelPackage& package, std::span<const std::size_t> texts,
                                        std::span<Prediction> predictions) {
  const auto& config = package.config();
  const auto& weights = package.weights();
  const float* pooled = pool(config.pooling);
  const float* sentiment = probabilities(weights.sentiment, pooled, config.sentiment_temperature);
  for (std::size_t row = 0; row < texts.size(); ++row) {
    auto& prediction = predictions[texts[row]];
    std::copy_n(sentiment + row * kSentiments, kSentiments, prediction.sentiment.begin());
    prediction.tokens = encodings[texts[row]].tokens.size();
    prediction.truncated = encodings[texts[row]].truncated;
  }
  const std::size_t topics = weights.topic.outputs();
  const float* topic = probabilities(weights.topic, pooled, config.topic_temperature);
  for (std::size_t row = 0; row < texts.size(); ++row) {
    predictions[texts[row]].topics.assign(topic + row * topics, topic + (row + 1) * topics);
  }
}

/// One state a text, [texts, hidden].
const float* Classifier::Workspace::pool(Pooling pooling) {
  if (pooling == Pooling::first_token) return encoder.encode(batch, States::first_tokens).data();
  const auto states = encoder.encode(batch, States::all_tokens);
  const std::size_t hidden = states.size() / batch.tokens();
  means.reserve(rows_of(batch.texts(), hidden));
  for (std::size_t text = 0; text < batch.texts(); ++text) {
    float* mean = means.data() + text * hidden;
    std::fill_n(mean, hidden, 0.0F);
    for (std::size_t token = batch.starts[text]; token < batch.starts[text + 1]; ++token) {
      for (std::size_t k = 0; k < hidden; ++k) mean[k] += states[token * hidden + k];
    }
    const float factor = 1.0F / static_cast<float>(batch.length(text));
    for (std::size_t k = 0; k < hidden; ++k) mean[k] *= factor;
  }
  return means.data();
}

/// softmax(logits / temperature), [texts, head.outputs()], until the next call.
const float* Classifier::Workspace::probabilities(const Dense& head, const float* pooled, float temperature) {
  outputs.reserve(rows_of(batch.texts(), head.outputs()));
  head.apply(kernels, pooled, head.inputs(), batch.texts(), outputs.data());
  kernels.softmax({.data = outputs.data(), .rows = batch.texts(), .columns = head.outputs(), .stride = head.outputs()},
                  1.0F / temperature);
  return outputs.data();
}

}  // namespace tapewatch::model
