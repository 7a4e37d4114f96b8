#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/classifier.hpp"
#include "model/evaluation/labelled_task.hpp"
#include "model/explanation.hpp"
#include "model/package/model_error.hpp"
#include "tests/model/plain_encoder.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Catch::Matchers::Contains;

const std::vector<std::string> kEvents = {"default", "fraud", "recall"};

test::TinyModel risky_model(std::vector<std::string> events = kEvents, unsigned seed = 31) {
  return test::TinyModel({.entity_heads = 4, .events = std::move(events)}, seed);
}

std::vector<double> softmax(std::span<const double> logits, double temperature) {
  std::vector<double> values;
  double sum = 0;
  for (const double logit : logits) sum += values.emplace_back(std::exp(logit / temperature));
  for (double& value : values) value /= sum;
  return values;
}

/// Both answers share the mean of their probabilities that there is no event.
void check_risk(const RiskScore& risk, std::span<const double> logits, double events_at, double gravities_at) {
  auto events = softmax(logits.first(logits.size() - kGravities), events_at);
  auto gravities = softmax(logits.last(kGravities), gravities_at);
  const double none = (events[0] + gravities[0]) / 2;
  for (auto* answer : {&events, &gravities}) {
    const double rest = 1 - (*answer)[0];
    for (double& value : *answer) value *= (1 - none) / rest;
    (*answer)[0] = none;
  }
  REQUIRE(risk.events.size() == events.size());
  for (std::size_t i = 0; i < events.size(); ++i) CHECK(risk.events[i] == Approx(events[i]).margin(1e-4));
  for (std::size_t i = 0; i < kGravities; ++i) CHECK(risk.gravities[i] == Approx(gravities[i]).margin(1e-4));
}

bool same_risk(const RiskScore& a, const RiskScore& b) { return a.events == b.events && a.gravities == b.gravities; }

TEST_CASE("A risk head computes its definition, of the text and of a company") {
  auto model = risky_model();
  auto& calibration = model.config["calibration"].as_object();
  calibration["event_temperature"] = 1.25;
  calibration["gravity_temperature"] = 0.75;
  calibration["entity_event_temperature"] = 2.0;
  calibration["entity_gravity_temperature"] = 1.5;
  const auto package = model.load();
  CHECK(package->config().events == kEvents);
  Classifier classifier(package);
  const test::PlainEncoder plain(model);
  const std::string_view text = "the bank falls. profit xyz";
  const std::vector<Mentions> entities{{{4, 8}}, {}};
  const TextInput input{text, entities};
  const auto prediction = classifier.classify({&input, 1}).front();
  std::vector<std::int32_t> ids;
  std::vector<std::size_t> bank, all;
  for (const auto& token : package->tokenizer().encode(text, 48).tokens) {
    if (token.start == 4 && token.end == 8) bank.push_back(ids.size());
    all.push_back(ids.size());
    ids.push_back(token.id);
  }
  const auto states = plain.encode(ids);
  check_risk(prediction.risk, plain.text_logits(states, "heads.risk"), 1.25, 0.75);
  REQUIRE(prediction.entity_risks.size() == 2);
  check_risk(prediction.entity_risks[0], plain.entity_logits(states, bank, "heads.entity_risk"), 2.0, 1.5);
  check_risk(prediction.entity_risks[1], plain.entity_logits(states, all, "heads.entity_risk"), 2.0, 1.5);
}

TEST_CASE("An event is told where one is more probable than none, with the most probable gravity") {
  RiskScore risk;
  CHECK_FALSE(risk.event());
  CHECK(risk.gravity() == Gravity::none);
  risk.events = {0.4F, 0.28F, 0.32F};  // none is the most probable of the three
  risk.gravities = {0.4F, 0.1F, 0.2F, 0.3F};
  CHECK(risk.event() == 1);
  CHECK(risk.gravity() == Gravity::grave);
  risk.events = {0.5F, 0.3F, 0.2F};
  risk.gravities = {0.5F, 0.1F, 0.1F, 0.3F};
  CHECK_FALSE(risk.event());
  CHECK(risk.gravity() == Gravity::none);
}

TEST_CASE("Risks are the same bits alone, in a batch and from the cache, and change nothing else") {
  const auto package = risky_model().load();
  Classifier classifier(package);
  ReadingOptions cached;
  cached.cache = std::make_shared<LogitCache>(std::size_t{1} << 22);
  Classifier remembering(package, cached);
  const auto texts = test::random_texts(120, 32);
  std::vector<Mentions> entities{{{0, 3}}, {}};
  std::vector<TextInput> inputs;
  for (const auto& text : texts) inputs.push_back({text, entities});
  const auto together = classifier.classify(inputs);
  remembering.classify(inputs);
  const auto remembered = remembering.classify(inputs);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto alone = classifier.classify({&inputs[i], 1}).front();
    REQUIRE(same_risk(alone.risk, together[i].risk));
    REQUIRE(same_risk(alone.risk, remembered[i].risk));
    for (std::size_t k = 0; k < 2; ++k) {
      REQUIRE(same_risk(alone.entity_risks.at(k), together[i].entity_risks.at(k)));
      REQUIRE(same_risk(alone.entity_risks[k], remembered[i].entity_risks.at(k)));
    }
    REQUIRE(together[i].sentiment == remembered[i].sentiment);
  }
  auto plain = risky_model();
  plain.config.erase("risk_head");
  plain.tensors.erase("heads.risk.weight");
  plain.tensors.erase("heads.risk.bias");
  plain.tensors.erase("heads.entity_risk.weight");
  plain.tensors.erase("heads.entity_risk.bias");
  Classifier without(plain.load());
  const auto others = without.classify(inputs);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    REQUIRE(others[i].sentiment == together[i].sentiment);
    REQUIRE(others[i].topics == together[i].topics);
    REQUIRE(others[i].risk.events.empty());
    REQUIRE(others[i].entity_risks.empty());
  }
}

TEST_CASE("A risk head that does not fit is refused by name") {
  const auto refusal = [](const test::TinyModel& model) {
    try {
      model.load();
    } catch (const ModelError& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  CHECK_THAT(refusal(risky_model({"fraud", "fraud"})), Contains("risk_head.events[1]"));
  CHECK_THAT(refusal(risky_model({"Fraud"})), Contains("risk_head.events[0]"));
  CHECK_THAT(refusal(risky_model({"none"})), Contains("risk_head.events[0]"));
  auto none = risky_model();
  none.config["risk_head"].as_object()["events"] = boost::json::array();
  CHECK_THAT(refusal(none), Contains("risk_head.events") && Contains("1 to"));
  auto missing = risky_model();
  missing.tensors.erase("heads.entity_risk.bias");
  CHECK_THAT(refusal(missing), Contains("heads.entity_risk.bias"));
  auto fewer = risky_model();
  fewer.config["risk_head"].as_object()["events"] = {"fraud", "recall"};
  CHECK_THAT(refusal(fewer), Contains("heads.risk."));
}

TEST_CASE("Events and gravities are tasks that labelled texts can set") {
  const auto package = risky_model().load();
  const auto events = make_task(*package, "event", "--task");
  CHECK(events.classes == std::vector<std::string>{"none", "default", "fraud", "recall"});
  CHECK_FALSE(events.asks_entities());
  const auto towards = make_task(*package, "entity-gravity", "--task");
  CHECK(towards.classes == std::vector<std::string>{"none", "minor", "serious", "grave"});
  CHECK(towards.asks_entities());
  const auto rows = parse_labelled("event\tgravity\ttext\nfraud\tgrave\tBad\n\t\tGood\n", "file");
  CHECK(true_classes(rows, events, "file") == std::vector<std::size_t>{2, 0});
  CHECK(true_classes(rows, towards, "file") == std::vector<std::size_t>{3, 0});
  const auto unknown = parse_labelled("event\tgravity\ttext\nflood\tgrave\tBad\n", "file");
  CHECK_THROWS_WITH(true_classes(unknown, events, "file"), Contains("file:2:") && Contains("flood"));
  const auto plain = parse_labelled("label\ttext\nneutral\tGood\n", "file");
  CHECK_THROWS_WITH(true_classes(plain, events, "file"), Contains("file:1: expected the columns event and gravity"));
  CHECK_THROWS_WITH(make_task(*test::TinyModel().load(), "event", "--task event"),
                    Contains("--task event: the model tells no risk events"));
  Prediction prediction;
  prediction.risk.events = {0.1F, 0.9F};
  prediction.entity_risks.resize(1);
  prediction.entity_risks[0].gravities = {0.0F, 0.0F, 0.0F, 1.0F};
  CHECK(probabilities_of(prediction, events)[1] == 0.9F);
  CHECK(predicted_class(prediction, events) == 1);
  prediction.risk.events = {0.45F, 0.3F, 0.25F};  // none is the most probable one, and yet less so than any event
  CHECK(predicted_class(prediction, events) == 1);
  CHECK(probabilities_of(prediction, towards)[3] == 1.0F);
}

TEST_CASE("An explanation weighs the words for the risk event too") {
  for (unsigned seed = 31;; ++seed) {
    REQUIRE(seed < 80);
    Classifier classifier(risky_model(kEvents, seed).load());
    const std::string_view text = "The bank falls, profit rises.";
    const auto whole = classifier.classify({&text, 1}).front();
    const auto event = whole.risk.event();
    if (!event) continue;
    const auto explanation = explain(classifier, {.text = text});
    CHECK(explanation.risk.event() == event);
    const std::string_view without = "The falls, profit rises.";
    const auto less = classifier.classify({&without, 1}).front();
    REQUIRE(explanation.words.size() == 5);
    CHECK(explanation.words[1].risk_weight == whole.risk.events[*event + 1] - less.risk.events[*event + 1]);
    return;
  }
}

}  // namespace
}  // namespace tapewatch::model
