#include "daemon/commands/eval/eval.hpp"

#include <boost/json.hpp>
#include <sstream>

#include "tests/daemon/commands/model_folder.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;
using Catch::Matchers::Contains;
using tests::ModelFolder;

TEST_CASE("eval: metrics by task, by source, topics by id or name") {
  const ModelFolder model;
  const auto sentiment =
      model.write("s.tsv", "label\tsource\ttext\npositive\ta\tprofit rises\nnegative\tb\tloss falls\n");
  std::ostringstream out, err;
  REQUIRE(run_eval({model.path(), "sentiment", sentiment}, out, err) == 0);
  const auto result = json::parse(out.str()).as_object();
  CHECK(result.at("n") == 2);
  CHECK(result.at("task") == "sentiment");
  for (const char* key : {"accuracy", "macro_f1", "loss", "ece"}) CHECK(result.at(key).is_number());
  CHECK(result.at("classes").as_object().at("positive").as_object().at("support") == 1);
  const auto& confusion = result.at("confusion").as_object();
  CHECK(confusion.at("positive").as_object().size() == 3);
  CHECK(result.at("sources").as_object().size() == 2);
  CHECK(result.at("sources").as_object().at("a").as_object().at("n") == 1);

  const auto topics =
      model.write("t.tsv", "label\ttext\nFed | Central Banks\tbank\nfed-central-banks\tbank\nEarnings\tprofit\n");
  std::ostringstream topic_out;
  REQUIRE(run_eval({model.path(), "topic", topics}, topic_out, err) == 0);
  const auto topic = json::parse(topic_out.str()).as_object();
  CHECK(topic.at("classes").as_object().at("fed-central-banks").as_object().at("support") == 2);
  CHECK(topic.at("sources").as_object().empty());
}

TEST_CASE("eval --against: both precisions' metrics, and how many labels are the same") {
  const ModelFolder model;
  const auto data = model.write("s.tsv", "label\tsource\ttext\npositive\ta\tprofit rises\nnegative\tb\tloss falls\n");
  const EvalOptions one{.model = model.path(), .task = "sentiment", .file = data, .precision = "int8"};
  std::ostringstream both, alone, fp32, same, err;
  auto options = one;
  options.against = "fp32";
  REQUIRE(run_eval(options, both, err) == 0);
  REQUIRE(run_eval(one, alone, err) == 0);
  REQUIRE(run_eval({.model = model.path(), .task = "sentiment", .file = data, .precision = "fp32"}, fp32, err) == 0);
  auto result = json::parse(both.str()).as_object();
  const auto agreement = result.at("agreement").as_object();
  CHECK(json::value(result.at("against")) == json::parse(fp32.str()));
  CHECK(agreement.at("same_label").to_number<double>() >= 0.5);
  CHECK(agreement.at("largest_difference").to_number<double>() > 0);
  CHECK(agreement.at("sources").as_object().at("b").as_object().at("largest_difference").to_number<double>() > 0);
  result.erase("agreement");
  result.erase("against");
  CHECK(json::value(result) == json::parse(alone.str()));
  options.against = "int8";
  REQUIRE(run_eval(options, same, err) == 0);
  CHECK(json::parse(same.str()).at("agreement").at("same_label") == 1);
  CHECK(json::parse(same.str()).at("agreement").at("largest_difference") == 0);
  options.against_model = "/nowhere";
  CHECK(run_eval(options, same, err) == 1);
  options.against.clear();
  CHECK(run_eval(options, same, err) == 2);
}

TEST_CASE("eval: a single source, intervals, and calibration") {
  const ModelFolder model;
  std::string rows = "label\tsource\ttext\n";
  for (int i = 0; i < 10; ++i) rows += "positive\ta\tprofit rises\nnegative\ta\tloss falls\nneutral\tb\tthe bank\n";
  const auto file = model.write("rows.tsv", rows);
  const auto run = [&](EvalOptions options, int status = 0) {
    std::ostringstream out, err;
    options.model = model.path();
    options.task = "sentiment";
    options.file = file;
    CHECK(run_eval(options, out, err) == status);
    return status == 0 ? json::parse(out.str()).as_object() : json::object{{"error", err.str()}};
  };
  const auto intervals = run({.sources = {"a"}, .bootstrap = 100});
  CHECK(intervals.at("n") == 20);
  CHECK(intervals.at("sources").as_object().size() == 1);
  const auto& accuracy = intervals.at("accuracy_interval").as_array();
  CHECK(accuracy.at(0).to_number<double>() <= intervals.at("accuracy").to_number<double>());
  CHECK(accuracy.at(1).to_number<double>() >= intervals.at("accuracy").to_number<double>());
  CHECK(intervals.at("sources").as_object().at("a").as_object().contains("macro_f1_interval"));

  const auto surest = run({.abstain_below = 0.999});
  CHECK(surest.at("abstained").to_number<int>() + surest.at("n").to_number<int>() == 30);
  CHECK(surest.at("abstained").to_number<int>() > 0);
  CHECK_FALSE(run({}).contains("abstained"));

  const auto fit = run({.cross_fit = 5});
  CHECK(fit.at("n") == 30);
  CHECK(fit.at("fold_calibrations").as_array().size() == 5);
  CHECK(fit.at("fold_calibrations").as_array().at(0).as_object().at("temperature").to_number<double>() > 0);
  CHECK(fit.at("temperature").to_number<double>() > 0);
  CHECK(fit.at("exponent") == 1);  // of too few rows to fit one
  CHECK(fit.at("as_shipped").as_object().at("ece").to_number<double>() == run({}).at("ece").to_number<double>());

  CHECK_THAT(std::string(run({.sources = {"c"}}, 1).at("error").as_string()), Contains("expected rows of c"));
  CHECK_THAT(std::string(run({.cross_fit = 31}, 1).at("error").as_string()), Contains("31 folds"));
  CHECK_THAT(std::string(run({.cross_fit = 1}, 2).at("error").as_string()), Contains("--cross-fit"));
}

TEST_CASE("eval --fit-mixing: how much the rules should count") {
  const ModelFolder model;
  const auto rules = model.write("rules.tsv", "phrase\tclass\tweight\nbank\tnegative\t1\nbank\tearnings\t1\n");
  const auto data =
      model.write("d.tsv", "label\ttext\nnegative\tbank\nnegative\tthe bank\nneutral\tbank\npositive\tprofit\n");
  EvalOptions options{
      .model = model.path(), .task = "sentiment", .file = data, .rules = {.file = rules}, .fit_mixing = true};
  std::ostringstream out, err;
  REQUIRE(run_eval(options, out, err) == 0);
  const auto fitted = json::parse(out.str()).as_object();
  CHECK(fitted.at("n") == 4);
  CHECK(fitted.at("rows_with_rules") == 3);
  CHECK(fitted.at("loss_after").to_number<double>() <= fitted.at("loss_before").to_number<double>());
  // The loss with the learned weight equals the one that eval finds with it.
  options.fit_mixing = false;
  options.rules.mixing_weight = fitted.at("mixing_weight").to_number<double>();
  std::ostringstream metrics;
  REQUIRE(run_eval(options, metrics, err) == 0);
  CHECK(json::parse(metrics.str()).at("loss").to_number<double>() ==
        Approx(fitted.at("loss_after").to_number<double>()).margin(1e-5));

  CHECK(run_eval({.model = model.path(), .task = "sentiment", .file = data, .fit_mixing = true}, out, err) == 2);
  CHECK_THAT(err.str(), Contains("--fit-mixing: needs --rules FILE"));
  EvalOptions towards{.model = model.path(), .task = "entity", .file = data, .rules = {.file = rules}};
  towards.fit_mixing = true;
  CHECK(run_eval(towards, out, err) == 2);
}

TEST_CASE("eval --fit-neutral: where neutral begins, for all and by source") {
  const ModelFolder model;
  std::string rows = "label\tsource\ttext\n";
  for (int i = 0; i < 40; ++i) rows += i % 4 == 0 ? "negative\ta\tloss of the bank\n" : "neutral\ta\tbank rises\n";
  for (int i = 0; i < 5; ++i) rows += "positive\tb\tprofit\n";
  const auto data = model.write("n.tsv", rows);
  EvalOptions options{.model = model.path(), .task = "sentiment", .file = data, .fit_neutral = true, .by_source = true};
  std::ostringstream out, err;
  REQUIRE(run_eval(options, out, err) == 0);
  const auto fitted = json::parse(out.str()).as_object();
  CHECK(fitted.at("n") == 45);
  const double bias = fitted.at("neutral_bias").to_number<double>();
  const auto& interval = fitted.at("interval").as_array();
  CHECK(interval.at(0).to_number<double>() < bias);
  CHECK(interval.at(1).to_number<double>() > bias);
  CHECK(fitted.at("loss_after").to_number<double>() <= fitted.at("loss_before").to_number<double>());
  const auto& sources = fitted.at("sources").as_object();
  CHECK(sources.at("a").as_object().at("neutral_bias").is_number());
  CHECK(sources.at("b").as_object().at("neutral_bias").is_null());  // five rows say nothing

  // eval with the bias finds the loss that was promised, and a version that tells it.
  std::ostringstream metrics;
  REQUIRE(run_eval({.model = model.path(), .task = "sentiment", .file = data, .neutral_bias = bias}, metrics, err) ==
          0);
  const auto measured = json::parse(metrics.str()).as_object();
  CHECK(measured.at("loss").to_number<double>() == Approx(fitted.at("loss_after").to_number<double>()).margin(1e-4));
  CHECK_THAT(std::string(measured.at("model").as_string()), Contains("+neutral."));

  const auto few = model.write("few.tsv", "label\ttext\nneutral\tbank\n");
  CHECK(run_eval({.model = model.path(), .task = "sentiment", .file = few, .fit_neutral = true}, out, err) == 1);
  CHECK_THAT(err.str(), Contains("expected at least 30 labelled rows, found 1"));
  std::string neutral = "label\ttext\n";
  for (int i = 0; i < 30; ++i) neutral += "neutral\tbank\n";
  const auto one_kind = model.write("one.tsv", neutral);
  CHECK(run_eval({.model = model.path(), .task = "sentiment", .file = one_kind, .fit_neutral = true}, out, err) == 1);
  CHECK_THAT(err.str(), Contains("found one kind"));
  CHECK(run_eval({.model = model.path(), .task = "topic", .file = data, .fit_neutral = true}, out, err) == 2);
  CHECK(run_eval({.model = model.path(), .task = "sentiment", .file = data, .by_source = true}, out, err) == 2);
  options.neutral_bias = 1;
  CHECK(run_eval(options, out, err) == 2);
}

TEST_CASE("eval --task entity: the sentiment towards the entity column") {
  const ModelFolder with(model::test::TinyModel({.entity_heads = 4})), without;
  const std::string rows =
      "label\tentity\tsource\ttext\npositive\tbank\ta\tprofit of the bank\nneutral\tAcme\ta\tprofit of the bank\n";
  std::ostringstream out, plain_out, err;
  REQUIRE(run_eval({with.path(), "entity", with.write("e.tsv", rows)}, out, err) == 0);
  const auto result = json::parse(out.str()).as_object();
  CHECK(result.at("n") == 2);
  CHECK(result.at("entity_method") == "attention");
  CHECK(result.at("not_found") == 1);
  CHECK(result.at("sources").as_object().at("a").as_object().at("n") == 2);
  REQUIRE(run_eval({without.path(), "entity", without.write("e.tsv", rows)}, plain_out, err) == 0);
  CHECK(json::parse(plain_out.str()).at("entity_method") == "document");
}

TEST_CASE("eval: unusable data is refused") {
  const ModelFolder model;
  const auto data = model.write("bad.tsv", "label\ttext\nbullish\tprofit\n");
  std::ostringstream out, err;
  CHECK(run_eval({model.path(), "entity", model.write("e.tsv", "label\ttext\npositive\tprofit\n")}, out, err) == 1);
  CHECK_THAT(err.str(), Contains("e.tsv:2: expected an entity"));
  CHECK(run_eval({model.path(), "mood", data}, out, err) == 2);
  CHECK(run_eval({model.path(), "sentiment", data}, out, err) == 1);
  CHECK_THAT(err.str(), Contains("bad.tsv:2:") && Contains("bullish") && Contains("positive, neutral, negative"));
  CHECK(run_eval({model.path(), "sentiment", "/nowhere.tsv"}, out, err) == 1);
  CHECK(run_eval({"/nowhere", "sentiment", model.write("ok.tsv", "label\ttext\npositive\tprofit\n")}, out, err) == 1);
  CHECK(out.str().empty());
}

}  // namespace
}  // namespace tapewatch
