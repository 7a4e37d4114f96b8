#include "model/rules.hpp"

#include <cmath>

#include "model/classifier.hpp"
#include "model/evaluation/mixing.hpp"
#include "model/explanation.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Catch::Matchers::Contains;

ModelConfig tiny_config() { return test::TinyModel().load()->config(); }

Rules parse(const std::string& rows) {
  return Rules::parse("phrase\tclass\tweight\n" + rows, tiny_config(), "rules.tsv");
}

std::vector<std::string> found(const Rules& rules, std::string_view text) {
  std::vector<std::string> matches;
  for (const auto& match : rules.find(text)) {
    matches.push_back(rules.rules()[match.rule].phrase + "=" +
                      std::string(text.substr(match.span.start, match.span.end - match.span.start)));
  }
  return matches;
}

using List = std::vector<std::string>;

TEST_CASE("Rules match whole words in any case, the longest first, each once per text") {
  const auto rules = parse(
      "profit\tpositive\t1\nprofit warning\tnegative\t3\nÉlan\tEarnings\t1\nS&P\tpositive\t1\n"
      "profit warning issued today\tneutral\t1\n");
  CHECK(found(rules, "PROFIT Warning at Profitable Co, profits") == List{"profit warning=PROFIT Warning"});
  CHECK(found(rules, "profit, profit warning") == List{"profit=profit", "profit warning=profit warning"});
  CHECK(found(rules, "profit profit profit") == List{"profit=profit"});
  CHECK(found(rules, "elan of the s&p 500") == List{"Élan=elan", "S&P=s&p"});
  CHECK(found(rules, "profit warning issued today") == List{"profit warning issued today=profit warning issued today"});
  CHECK(found(rules, "").empty());
  CHECK(found(rules, "warning: \xFF profit-warning") == List{"profit=profit"});
}

TEST_CASE("A phrase may adjust both heads; comments and empty lines are skipped") {
  const auto rules = parse("# ours\n\nrate cut\tFed | Central Banks\t2\nrate cut\tpositive\t0.5\r\n");
  REQUIRE(rules.rules().size() == 2);
  CHECK(rules.rules()[0].head == RuleHead::topic);
  CHECK(rules.rules()[0].index == 1);
  CHECK(rules.rules()[1].weight == 0.5F);
  CHECK(rules.find("A rate cut").size() == 2);
}

TEST_CASE("A rule file that cannot be used is refused with its line") {
  CHECK_THROWS_WITH(Rules::parse("", tiny_config(), "r.tsv"), Contains("r.tsv: expected the columns"));
  CHECK_THROWS_WITH(Rules::parse("phrase\tweight\n", tiny_config(), "r.tsv"),
                    Contains("r.tsv:1: expected the columns"));
  CHECK_THROWS_WITH(parse("profit\tpositive\n"), Contains("rules.tsv:2: expected 3 fields, found 2"));
  CHECK_THROWS_WITH(parse("profit\tbullish\t1\n"), Contains("rules.tsv:2: expected one of the classes positive") &&
                                                       Contains("fed-central-banks") && Contains("\"bullish\""));
  CHECK_THROWS_WITH(parse("profit\tpositive\t21\n"), Contains("expected a weight from -20 to 20, found \"21\""));
  CHECK_THROWS_WITH(parse("profit\tpositive\tnan\n"), Contains("expected a weight"));
  CHECK_THROWS_WITH(parse("profit\tpositive\t\n"), Contains("expected a weight"));
  CHECK_THROWS_WITH(parse("  \tpositive\t1\n"), Contains("expected a phrase of 1 to 16 words"));
  CHECK_THROWS_WITH(parse("a a a a a a a a a a a a a a a a a\tpositive\t1\n"), Contains("with 17"));
  CHECK_THROWS_WITH(parse("profit\tpositive\t1\nPROFIT\tpositive\t2\n"),
                    Contains("rules.tsv:3: \"PROFIT\" already has a rule for this class"));
  CHECK_THROWS_WITH(load_rules("/nowhere.tsv", tiny_config()), Contains("/nowhere.tsv: expected a readable file"));
}

TEST_CASE("log-odds' = calibrated log-odds + mixing weight · rules") {
  const auto package = test::TinyModel({.entity_heads = 4}).load();
  const auto rules = std::make_shared<const Rules>(parse("bank\tnegative\t2\nbank\tearnings\t-1\nloss\tpositive\t1\n"));
  const std::string_view texts[] = {"the bank falls", "profit rises"};
  const auto plain = Classifier(package).classify(texts);
  const Prior prior{rules, 0.7F};
  const auto mixed = Classifier(package, {.prior = prior}).classify(texts);
  const auto logit = [](float p, float other) { return std::log(p) - std::log(other); };
  CHECK(logit(mixed[0].sentiment[2], mixed[0].sentiment[0]) ==
        Approx(logit(plain[0].sentiment[2], plain[0].sentiment[0]) + 0.7 * 2).margin(1e-4));
  CHECK(logit(mixed[0].topics[0], mixed[0].topics[1]) ==
        Approx(logit(plain[0].topics[0], plain[0].topics[1]) - 0.7).margin(1e-4));
  CHECK(mixed[1].sentiment == plain[1].sentiment);

  // Its part shows in the explanation, and without the word the rule does not apply.
  Classifier classifier(package, {.prior = prior});
  const auto explanation = explain(classifier, {.text = texts[0]});
  REQUIRE(explanation.rules.size() == 2);
  CHECK(explanation.rules[0].span == ByteSpan{4, 8});
  const std::vector<ByteSpan> removed{{4, 8}};
  const TextInput input{.text = texts[0], .removed = removed};
  CHECK(classifier.classify({&input, 1}).front().sentiment ==
        Classifier(package).classify({&input, 1}).front().sentiment);
}

TEST_CASE("A rule applies towards a company in the sentences that name it") {
  const auto package = test::TinyModel({.entity_heads = 4}).load();
  const auto rules = std::make_shared<const Rules>(parse("falls\tnegative\t2\n"));
  Classifier plain(package), ruled(package, {.prior = {.rules = rules}});
  const auto grown = [&](std::string_view text, std::string_view company) {
    std::vector<Mentions> entities(1);
    for (auto at = text.find(company); !company.empty() && at != std::string_view::npos;
         at = text.find(company, at + 1)) {
      entities[0].push_back({at, at + company.size()});
    }
    const TextInput input{.text = text, .entities = entities};
    const auto odds = [&](Classifier& classifier) {
      const auto towards = classifier.classify({&input, 1}).front().entities.at(0).probabilities;
      return std::log(towards[2] / towards[1]);
    };
    return odds(ruled) - odds(plain);
  };
  constexpr std::string_view kTwo = "Halden falls. The bank rises.";
  CHECK(grown(kTwo, "Halden") == Approx(2).margin(1e-3));
  CHECK(grown(kTwo, "bank") == Approx(0).margin(1e-3));
  CHECK(grown(kTwo, "") == Approx(2).margin(1e-3));  // only the source names it
  CHECK(grown("The bank falls. Halden falls.", "Halden") == Approx(2).margin(1e-3));
  CHECK(grown("Halden Corp. Falls Again", "Halden") == Approx(2).margin(1e-3));
}

TEST_CASE("The version shows which rules made a row") {
  const auto rules = std::make_shared<const Rules>(parse("bank\tnegative\t2\n"));
  const auto others = std::make_shared<const Rules>(parse("bank\tnegative\t3\n"));
  const auto version = version_with("tiny+1", {rules, 1});
  CHECK(version.starts_with("tiny+1+rules."));
  CHECK(version != version_with("tiny+1", {others, 1}));
  CHECK(version != version_with("tiny+1", {rules, 0.5F}));
  CHECK(version_with("tiny+1", {rules, 0}) == "tiny+1");
  CHECK(version_with("tiny+1", {}) == "tiny+1");
}

TEST_CASE("The mixing weight is where the loss is lowest") {
  // The network is uninformed; the rule is right three times out of four: the best odds are 3 : 1.
  std::vector<MixingRow> rows;
  const double half = std::log(0.5);
  for (const std::size_t truth : {0, 0, 0, 1}) rows.push_back({{half, half}, {2, 0}, truth});
  const double weight = fit_mixing_weight(rows);
  CHECK(weight == Approx(std::log(3) / 2).margin(1e-6));
  CHECK(mixed_loss(rows, weight) < mixed_loss(rows, 0));
  CHECK(mixed_loss(rows, weight) < mixed_loss(rows, weight * 1.1));
  CHECK(mixed_loss(rows, 0) == Approx(-half));
  for (auto& row : rows) row.truth = 1 - row.truth;
  CHECK(fit_mixing_weight(rows) == 0);  // rules that do harm
  rows = {{{half, half}, {2, 0}, 0}};
  CHECK(fit_mixing_weight(rows) == 20);  // rules that never fail
  rows = {{{half, half}, {0, 0}, 0}};
  CHECK(fit_mixing_weight(rows) == 0);  // rules that never apply
  CHECK(mixed_loss({}, 1) == 0);
  CHECK(fit_mixing_weight({}) == 0);
}

}  // namespace
}  // namespace tapewatch::model
