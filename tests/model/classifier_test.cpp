#include "model/classifier.hpp"

#include <cmath>
#include <cstring>
#include <numeric>
#include <random>
#include <thread>

#include "model/layers/sentiment_head.hpp"
#include "model/package/model_error.hpp"
#include "tests/model/files.hpp"
#include "tests/model/plain_encoder.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/heap.hpp"

namespace tapewatch::model {
namespace {

std::vector<std::string_view> views(const std::vector<std::string>& texts) { return {texts.begin(), texts.end()}; }

bool same_bits(const Prediction& a, const Prediction& b) {
  return std::memcmp(a.sentiment.data(), b.sentiment.data(), sizeof a.sentiment) == 0 &&
         a.topics.size() == b.topics.size() &&
         std::memcmp(a.topics.data(), b.topics.data(), a.topics.size() * sizeof(float)) == 0 && a.tokens == b.tokens &&
         a.truncated == b.truncated;
}

/// Each text alone, then in shuffled calls of every size: the same bits.
void check_independence(const std::shared_ptr<const ModelPackage>& package, const std::vector<std::string>& texts,
                        std::span<const std::size_t> sizes) {
  Classifier classifier(package);
  std::vector<Prediction> alone;
  for (const auto& text : texts) {
    const std::string_view view = text;
    alone.push_back(classifier.classify({&view, 1}).front());
  }
  std::mt19937 random(11);
  std::vector<std::size_t> order(texts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (const std::size_t size : sizes) {
    std::shuffle(order.begin(), order.end(), random);
    for (std::size_t first = 0; first < order.size(); first += size) {
      std::vector<std::string_view> batch;
      for (std::size_t i = first; i < std::min(first + size, order.size()); ++i) batch.push_back(texts[order[i]]);
      const auto predictions = classifier.classify(batch);
      REQUIRE(predictions.size() == batch.size());
      for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!same_bits(predictions[i], alone[order[first + i]])) FAIL("text " << order[first + i] << " in " << size);
      }
    }
  }
}

TEST_CASE("A text's scores are the same bits alone and in any batch") {
  const std::size_t sizes[] = {1, 2, 3, 7, 32, 100, 600};
  for (const char* pooling : {"mean", "cls"}) {
    for (const auto& [hidden, heads] : {std::pair<std::size_t, std::size_t>{32, 2}, {40, 5}}) {
      const test::TinyModel model({.hidden = hidden, .heads = heads, .intermediate = 72, .pooling = pooling});
      check_independence(model.load(), test::random_texts(600, 12), sizes);
    }
  }
}

TEST_CASE("The shipped model: the same bits alone and in any batch") {
  const auto weights = test::source_dir() / "model/weights/builtin/model.safetensors";
  if (!std::filesystem::exists(weights)) return;
  auto texts = test::random_texts(8, 13);
  texts.emplace_back("Acme Corp shares plunge 14% after the company cuts its full-year profit forecast");
  texts.emplace_back("Regulators warned on Monday that leveraged lenders face mounting losses");
  const std::size_t sizes[] = {3, 10};
  check_independence(load_model("builtin"), texts, sizes);
}

TEST_CASE("Classifiers of several threads give the same bits as one") {
  const auto package = test::TinyModel().load();
  const auto texts = test::random_texts(200, 14);
  const auto expected = Classifier(package).classify(views(texts));
  std::vector<std::vector<Prediction>> found(4);
  {
    std::vector<std::jthread> workers;
    for (auto& result : found) {
      workers.emplace_back([&] { result = Classifier(package).classify(views(texts)); });
    }
  }
  for (const auto& result : found) {
    REQUIRE(result.size() == expected.size());
    for (std::size_t i = 0; i < result.size(); ++i) REQUIRE(same_bits(result[i], expected[i]));
  }
}

TEST_CASE("With a cache texts have the same bits, and those that come again are not run") {
  const auto package = test::TinyModel().load();
  const auto texts = test::random_texts(60, 17);
  const auto expected = Classifier(package).classify(views(texts));
  const auto cache = std::make_shared<LogitCache>(1 << 20);
  Classifier classifier(package, {.cache = cache}), other(package, {.cache = cache});
  const auto check = [&](Classifier& one) {
    const auto found = one.classify(views(texts));
    for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(same_bits(found[i], expected[i]));
    return cache->take_counts();
  };
  const auto first = check(classifier), second = check(classifier), third = check(other);
  CHECK(first.misses >= texts.size());  // some have several windows
  CHECK(second.misses == 0);
  CHECK(second.hits == first.hits + first.misses);
  CHECK(third.misses == 0);
  const std::string_view text = texts[0];
  const ByteSpan removed{0, text.size() / 2};
  const TextInput part{.text = text, .removed = {&removed, 1}};
  CHECK(same_bits(classifier.classify({&part, 1}).front(), Classifier(package).classify({&part, 1}).front()));
  CHECK(cache->take_counts().hits == 0);
}

TEST_CASE("Scoring takes nothing from the heap once its buffers have grown to the texts") {
  const auto package = test::TinyModel({.entity_heads = 2}).load();
  const auto cache = std::make_shared<LogitCache>(1 << 20);
  auto texts = test::random_texts(100, 23);
  texts.push_back(texts[0] + " " + texts[1] + " " + std::string(900, 'a'));  // several windows
  const std::vector<Mentions> mentions{{{0, 4}}, {{1, 2}, {3, 5}}};
  std::vector<TextInput> all;
  for (const auto& text : texts) all.push_back({.text = text});
  for (std::size_t i = 0; i < all.size(); i += 3) all[i].entities = mentions;
  for (const auto& kept : {std::shared_ptr<LogitCache>(), cache}) {
    Classifier classifier(package, {.cache = kept});
    std::vector<Prediction> predictions(all.size());
    classifier.classify(all, predictions);
    const std::size_t before = tests::blocks_allocated();
    classifier.classify(all, predictions);
    CHECK(tests::blocks_allocated() - before == 0);
    const std::size_t then = tests::blocks_allocated();
    classifier.classify(all);
    CHECK(tests::blocks_allocated() - then == 1);  // of the predictions
  }
}

TEST_CASE("With a cache the answer about an entity belongs to its question") {
  const auto package = load_model("builtin");
  const std::string_view text = "Kesmar sues Dolvane over unpaid bills as both report record profits";
  const std::vector<Mentions> of[] = {{}, {{{0, 6}}}, {{{12, 19}}}, {{{0, 6}}, {{12, 19}}}, {{}}, {{{0, 6}, {12, 19}}}};
  const auto cache = std::make_shared<LogitCache>(1 << 20);
  Classifier plain(package), cached(package, {.cache = cache});
  for (int round = 0; round < 2; ++round) {
    for (const auto& entities : of) {
      const TextInput input{.text = text, .entities = entities};
      const auto expected = plain.classify({&input, 1}).front(), found = cached.classify({&input, 1}).front();
      REQUIRE(same_bits(found, expected));
      REQUIRE(found.entities.size() == expected.entities.size());
      for (std::size_t i = 0; i < found.entities.size(); ++i) {
        CHECK(found.entities[i].probabilities == expected.entities[i].probabilities);
      }
    }
    const auto counts = cache->take_counts();
    CHECK((round == 0 ? counts.misses : counts.hits) == std::size(of));
  }
}

TEST_CASE("Probabilities are the softmax of the heads on the pooled state, calibrated") {
  for (const char* pooling : {"mean", "cls"}) {
    test::TinyModel model({.pooling = pooling}, 15);
    model.config["calibration"].as_object()["topic_exponent"] = 1.4;
    const auto package = model.load();
    const std::string_view text = "the bank falls. profit xyz";
    const auto prediction = Classifier(package).classify({&text, 1}).front();
    std::vector<std::int32_t> ids;
    for (const auto& token : package->tokenizer().encode(text, 48).tokens) ids.push_back(token.id);
    const auto states = test::PlainEncoder(model).encode(ids);
    const std::size_t hidden = model.shape().hidden;
    std::vector<double> pooled(hidden);
    for (std::size_t k = 0; k < hidden; ++k) {
      for (const auto& row : states) pooled[k] += row[k] / static_cast<double>(states.size());
      if (std::string(pooling) == "cls") pooled[k] = states[0][k];
    }
    const auto expected = [&](const std::string& head, double temperature, double exponent) {
      std::vector<double> values;
      for (std::size_t o = 0; o < 3; ++o) {
        double logit = model.tensors.at(head + ".bias").values[o];
        for (std::size_t k = 0; k < hidden; ++k) {
          logit += pooled[k] * model.tensors.at(head + ".weight").values[o * hidden + k];
        }
        values.push_back(logit);
      }
      const double top = *std::ranges::max_element(values);
      for (auto& value : values) value = std::exp(-std::pow((top - value) / temperature, exponent));
      const double sum = values[0] + values[1] + values[2];
      for (auto& value : values) value /= sum;
      return values;
    };
    const auto sentiment = expected("heads.sentiment", 1.5, 1), topic = expected("heads.topic", 1.0, 1.4);
    REQUIRE(prediction.topics.size() == 3);
    for (std::size_t i = 0; i < 3; ++i) {
      CHECK(prediction.sentiment[i] == Approx(sentiment[i]).margin(1e-4));
      CHECK(prediction.topics[i] == Approx(topic[i]).margin(1e-4));
    }
    CHECK(prediction.tokens == ids.size());
  }
}

TEST_CASE("Any texts are scored: none, empty, endless, ill-formed") {
  Classifier classifier(test::TinyModel().load());
  CHECK(classifier.classify(std::span<const std::string_view>()).empty());
  const std::string huge = [] {
    std::string text;
    for (int i = 0; i < 200000; ++i) text += "loss ";
    return text;
  }();
  const std::vector<std::string> texts{"", huge, "\xFF\xFE\x00 profit", "profit"};
  const auto predictions = classifier.classify(views(texts));
  CHECK(predictions[0].tokens == 2);
  CHECK_FALSE(predictions[0].truncated);
  CHECK(predictions[1].tokens <= 8 * 48);
  CHECK(predictions[1].truncated);
  for (const auto& prediction : predictions) {
    float sum = 0;
    for (const float p : prediction.sentiment) {
      CHECK(std::isfinite(p));
      sum += p;
    }
    CHECK(sum == Approx(1).margin(1e-5));
  }
}

TEST_CASE("A prediction names its first largest class") {
  Prediction prediction{.sentiment = {0.2F, 0.4F, 0.4F}, .topics = {0.1F, 0.6F, 0.3F}};
  CHECK(prediction.label() == Sentiment::neutral);
  CHECK(prediction.topic() == 1);
  CHECK(prediction.confidence() == 0.4F);
  CHECK(prediction.score() == Approx(-0.2));
}

TEST_CASE("A classifier can be moved") {
  Classifier first(test::TinyModel().load());
  Classifier second(std::move(first));
  const std::string_view text = "profit";
  CHECK(second.classify({&text, 1}).size() == 1);
}

TEST_CASE("A model without topics gives the sentiment of the same model with them") {
  const auto texts = test::random_texts(40, 15);
  const auto with = Classifier(test::TinyModel({.topics = true}, 3).load()).classify(views(texts));
  const auto without = Classifier(test::TinyModel({.topics = false}, 3).load()).classify(views(texts));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(std::memcmp(with[i].sentiment.data(), without[i].sentiment.data(), sizeof with[i].sentiment) == 0);
    CHECK(with[i].topics.size() == 3);
    CHECK(without[i].topics.empty());
  }
}

TEST_CASE("Outputs of a sentiment head in another order, of several classes or without one") {
  using enum Sentiment;
  const std::vector<float> row{0.5F, -1.0F, 2.0F};
  const SentimentHead other{.dense = {}, .outputs = {negative, positive, neutral}};
  CHECK(other.merge(row) == std::array{-1.0F, 2.0F, 0.5F});
  const SentimentHead stars{.dense = {}, .outputs = {negative, negative, positive}};
  const auto merged = stars.merge(row);
  CHECK(merged[0] == 2.0F);
  CHECK(std::abs(std::exp(merged[2]) - (std::exp(0.5) + std::exp(-1.0))) < 1e-5);
  CHECK(std::exp(merged[1] - merged[0]) == 0.0F);  // no probability at all, and yet finite
  CHECK(std::isfinite(merged[1]));
}

TEST_CASE("States of the last layer that no head needs change no bit") {
  for (const char* pooling : {"cls", "mean"}) {
    for (const Precision precision : {Precision::fp32, Precision::int8}) {
      const test::TinyModel model({.pooling = pooling});
      const auto package =
          test::TinyModel::load(model.config_json(), model.vocab_txt, model.safetensors(), {.precision = precision});
      const auto texts = test::random_texts(30, 9);
      const auto some = Classifier(package).classify(views(texts)),
                 all = Classifier(package, {.whole_last_layer = true}).classify(views(texts));
      for (std::size_t i = 0; i < texts.size(); ++i) CHECK(same_bits(some[i], all[i]));
    }
  }
}

}  // namespace
}  // namespace tapewatch::model
