#include "daemon/commands/score.hpp"

#include <boost/json.hpp>
#include <sstream>

#include "daemon/commands/eval/eval.hpp"
#include "daemon/commands/line_reader.hpp"
#include "daemon/commands/model_info.hpp"
#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;
using Catch::Matchers::Contains;

/// The tiny model as a directory.
class ModelFolder {
 public:
  explicit ModelFolder(const model::test::TinyModel& model = model::test::TinyModel()) {
    model::test::write_file(folder_.path() / "config.json", model.config_json());
    model::test::write_file(folder_.path() / "vocab.txt", model.vocab_txt);
    model::test::write_file(folder_.path() / "model.safetensors", model.safetensors());
  }
  std::string path() const { return folder_.path().string(); }
  std::string write(const std::string& name, const std::string& bytes) const {
    model::test::write_file(folder_.path() / name, bytes);
    return (folder_.path() / name).string();
  }

 private:
  model::test::ScratchFolder folder_;
};

std::vector<json::object> score(const std::string& input, ScoreOptions options) {
  std::istringstream in(input);
  std::ostringstream out, err;
  REQUIRE(run_score(options, in, out, err) == 0);
  CHECK(err.str().empty());
  std::vector<json::object> results;
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) results.push_back(json::parse(line).as_object());
  return results;
}

TEST_CASE("score: one result a line in order, a bad line in its place") {
  const ModelFolder model;
  ScoreOptions options{.model = model.path(), .max_line_bytes = 2000, .batch = 2};
  const auto results = score(
      "profit rises\r\n"
      "\n"
      "{\"id\":\"n1\",\"title\":\"Bank falls\",\"body\":\"Loss\",\"language\":\"en\"}\n"
      "{\"id\":\"n2\",\"body\":}\n"
      "{\"id\":\"n3\",\"title\":\"\"}\n"
      "{\"id\":\"n4\",\"title\":\"Gewinn\",\"language\":\"de\"}\n"
      "{\"id\":7.5,\"title\":\"no id\"}\n" +
          std::string(3000, 'x') + "\nlast \xFF line without an end",
      options);
  REQUIRE(results.size() == 9);
  const auto& first = results[0];
  CHECK(first.at("id") == "1");
  CHECK(first.at("model").as_string().starts_with("tiny+"));
  const double sentiment = first.at("sentiment").to_number<double>();
  const auto& p = first.at("probabilities").as_object();
  CHECK(sentiment == Approx(p.at("positive").to_number<double>() - p.at("negative").to_number<double>()).margin(1e-6));
  CHECK(first.at("topics").as_object().size() == 3);
  CHECK(first.at("topics").as_object().contains(first.at("topic").as_string()));
  CHECK(first.at("truncated") == false);
  CHECK(first.at("entities").as_array().empty());
  CHECK(results[1].at("id") == "2");
  CHECK(results[1].contains("error"));
  CHECK(results[2].at("id") == "n1");
  CHECK(results[2].contains("label"));
  CHECK(results[3].at("id") == "4");
  CHECK_THAT(std::string(results[3].at("error").as_string()), Contains("not JSON"));
  CHECK(results[4].at("id") == "n3");
  CHECK(results[4].contains("error"));
  CHECK(results[5].at("id") == "n4");
  CHECK(results[5].at("label") == "unscored");
  CHECK(results[6].at("id") == "7.5");
  CHECK_THAT(std::string(results[7].at("error").as_string()), Contains("longer than 2000 bytes"));
  CHECK(results[8].at("id") == "9");
  CHECK(results[8].contains("label"));
}

TEST_CASE("score: neither batch nor threads change a byte of the output; numbers are written as people write them") {
  const ModelFolder model;
  std::string input;
  for (const auto& text : model::test::random_texts(60, 3)) input += text + "x\n";
  std::string expected;
  for (const std::size_t batch : {1, 7, 64}) {
    for (const std::size_t threads : {1, 2, 5}) {
      std::istringstream in(input);
      std::ostringstream out, err;
      REQUIRE(run_score({.model = model.path(), .threads = threads, .batch = batch}, in, out, err) == 0);
      if (expected.empty()) expected = out.str();
      CHECK(out.str() == expected);
    }
  }
  CHECK(expected.find("E0") == std::string::npos);
}

TEST_CASE("score and eval: precision and kernels; the kernels change no byte, the precision the model's version") {
  const ModelFolder model;
  const std::string input = "profit rises\nthe bank falls\n";
  const auto output = [&](const std::string& precision, const std::string& kernels) {
    std::istringstream in(input);
    std::ostringstream out, err;
    REQUIRE(run_score({.model = model.path(), .precision = precision, .kernels = kernels}, in, out, err) == 0);
    return out.str();
  };
  CHECK(output("int8", "auto") == output("int8", "portable"));
  CHECK(output("fp32", "auto") == output("fp32", "portable"));
  CHECK_THAT(output("int8", "auto"), Contains("+int8\""));
  CHECK_THAT(output("fp32", "auto"), !Contains("int8"));
  std::istringstream in(input);
  std::ostringstream out, err;
  CHECK(run_score({.model = model.path(), .kernels = "abacus"}, in, out, err) == 1);
  CHECK_THAT(err.str(), Contains("score: kernels: expected one that this processor can run (auto, portable") &&
                            Contains("\"abacus\""));
  const auto data = model.write("rows.tsv", "label\ttext\npositive\tprofit rises\n");
  CHECK(run_eval({.model = model.path(), .task = "sentiment", .file = data, .precision = "int8"}, out, err) == 0);
  CHECK_THAT(out.str(), Contains("+int8\""));
}

TEST_CASE("score: a table for people") {
  const ModelFolder model;
  std::istringstream in("profit rises\n\n");
  std::ostringstream out, err;
  REQUIRE(run_score({.model = model.path(), .format = "table"}, in, out, err) == 0);
  CHECK_THAT(out.str(), Contains("profit rises") && Contains("error"));
}

TEST_CASE("score: unbuilt features and unusable input") {
  std::istringstream in("profit\n");
  std::ostringstream out, err;
  CHECK(run_score({.format = "xml"}, in, out, err) == 2);
  CHECK(run_score({.model = "/nowhere"}, in, out, err) == 1);
  CHECK_THAT(err.str(), Contains("/nowhere"));
  const ModelFolder model;
  CHECK(run_score({.model = model.path(), .file = "Acme slides"}, in, out, err) == 1);
  CHECK_THAT(err.str(), Contains("score: Acme slides: cannot be read: No such file or directory") &&
                            Contains("send a text itself to standard input"));
  CHECK(run_score({.model = model.path(), .file = model.path()}, in, out, err) == 1);
  CHECK_THAT(err.str(), Contains(model.path() + ": cannot be read: Is a directory"));
  CHECK(run_score({.model = model.path(), .rules = {.file = "/nowhere.tsv"}}, in, out, err) == 1);
  CHECK_THAT(err.str(), Contains("/nowhere.tsv: expected a readable file"));
  CHECK(out.str().empty());
}

TEST_CASE("score: a file of texts gives the same as standard input") {
  const ModelFolder model;
  std::istringstream nothing;
  std::ostringstream from_file, err;
  CHECK(run_score({.model = model.path(), .file = model.write("texts", "profit\nloss\n")}, nothing, from_file, err) ==
        0);
  std::istringstream texts("profit\nloss\n");
  std::ostringstream from_input;
  CHECK(run_score({.model = model.path()}, texts, from_input, err) == 0);
  CHECK(from_file.str() == from_input.str());
  CHECK(err.str().empty());
}

TEST_CASE("score: an answer does not wait for the next line") {
  // A stream that holds its second line back until the first result is printed.
  const ModelFolder model;
  std::ostringstream out, err;
  struct Buffer : std::streambuf {
    std::ostringstream& out;
    std::string part;
    int parts = 0;
    explicit Buffer(std::ostringstream& stream) : out(stream) {}
    int_type underflow() override {
      if (parts == 2) return traits_type::eof();
      if (parts == 1 && out.str().find("\"id\":\"1\"") == std::string::npos) return traits_type::eof();
      part = parts++ == 0 ? "profit\n" : "loss\n";
      setg(part.data(), part.data(), part.data() + part.size());
      return traits_type::to_int_type(*gptr());
    }
  } buffer(out);
  std::istream in(&buffer);
  REQUIRE(run_score({.model = model.path()}, in, out, err) == 0);
  CHECK_THAT(out.str(), Contains("\"id\":\"2\""));
}

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

TEST_CASE("score --entity: sentiment towards each name, by the entity head if the model has one") {
  const std::string input = "Bank falls, profit rises, bank falls\nthe loss\n";
  const ModelFolder with(model::test::TinyModel({.entity_heads = 4})), without;
  const auto results = score(input, {.model = with.path(), .entities = {"bank", "profit"}});
  REQUIRE(results.size() == 2);
  const auto& entities = results[0].at("entities").as_array();
  REQUIRE(entities.size() == 2);
  const auto& bank = entities[0].as_object();
  CHECK(bank.at("name") == "bank");
  CHECK(bank.at("entity_method") == "attention");
  CHECK(bank.at("start") == 0);
  CHECK(bank.at("end") == 4);
  const auto& p = bank.at("probabilities").as_object();
  CHECK(bank.at("sentiment").to_number<double>() ==
        Approx(p.at("positive").to_number<double>() - p.at("negative").to_number<double>()).margin(1e-5));
  CHECK(bank.at("sentiment") != entities[1].at("sentiment"));
  CHECK(results[1].at("entities").as_array().empty());  // it names neither
  // Both mentions of the bank count: with only one the answer differs.
  const auto once = score("Bank falls, profit rises, xyz falls\n", {.model = with.path(), .entities = {"bank"}});
  CHECK(once[0].at("entities").at(0).at("sentiment") != bank.at("sentiment"));

  const auto plain = score(input, {.model = without.path(), .entities = {"bank"}});
  const auto& same = plain[0].at("entities").at(0).as_object();
  CHECK(same.at("entity_method") == "document");
  CHECK(same.at("sentiment") == plain[0].at("sentiment"));
  CHECK(same.at("label") == plain[0].at("label"));
}

TEST_CASE("score: a text in another language is left unscored, with the reason") {
  const ModelFolder model;
  const auto results = score(
      "Der Dax schließt nach schwachen Konjunkturdaten im Minus\n"
      "{\"title\":\"Der Dax schließt nach schwachen Konjunkturdaten im Minus\",\"language\":\"en\"}\n"
      "Deutsche Bank cuts its profit forecast\n",
      {.model = model.path()});
  CHECK(results[0].at("label") == "unscored");
  CHECK(results[0].at("unscored_reason") == "language:de");
  CHECK(results[0].at("language") == "de");
  CHECK(results[0].at("sentiment").is_null());
  CHECK(results[1].at("label") != "unscored");  // the source is trusted
  CHECK(results[2].at("label") != "unscored");
  const auto any =
      score("Der Dax schließt nach schwachen Konjunkturdaten im Minus\n", {.model = model.path(), .languages = {}});
  CHECK(any[0].at("label") != "unscored");
}

TEST_CASE("score --explain: the words of the text with their weights") {
  const ModelFolder model;
  const std::string input =
      "The bank falls!\n{\"title\":\"Profit\",\"body\":\"rises\"}\n{\"title\":\"Gewinn\",\"language\":\"de\"}\n";
  const auto results = score(input, {.model = model.path(), .explain = true});
  REQUIRE(results.size() == 3);
  CHECK(results[0].at("explained").at("label") == results[0].at("label"));
  const auto& tokens = results[0].at("tokens").as_array();
  REQUIRE(tokens.size() == 3);
  CHECK(tokens[1].at("text") == "bank");
  CHECK(tokens[1].at("start") == 4);
  CHECK(tokens[1].at("end") == 8);
  CHECK(tokens[1].at("weight").is_number());
  CHECK_FALSE(results[0].contains("rules"));
  CHECK(results[1].at("tokens").as_array().size() == 2);  // of title and body
  CHECK(results[1].at("tokens").at(1).at("start") == 7);
  CHECK_FALSE(results[2].contains("tokens"));
  std::istringstream in(input);
  std::ostringstream table, err;
  REQUIRE(run_score({.model = model.path(), .explain = true, .format = "table"}, in, table, err) == 0);
  CHECK_THAT(table.str(), Contains("bank +") || Contains("bank -"));
}

TEST_CASE("score --rules: the user's rules shift the scores, and appear in version and explanation") {
  const ModelFolder model;
  const auto rules = model.write("rules.tsv", "phrase\tclass\tweight\nthe bank\tnegative\t9\nbank\tearnings\t9\n");
  const auto plain = score("The bank falls\nprofit\n", {.model = model.path()});
  const auto mixed =
      score("The bank falls\nprofit\n", {.model = model.path(), .explain = true, .rules = {.file = rules}});
  CHECK(mixed[0].at("label") == "negative");
  CHECK(mixed[0].at("sentiment").to_number<double>() < plain[0].at("sentiment").to_number<double>());
  CHECK(mixed[1].at("sentiment") == plain[1].at("sentiment"));
  CHECK(mixed[0].at("model").as_string().starts_with(std::string(plain[0].at("model").as_string()) + "+rules."));
  REQUIRE(mixed[0].at("rules").as_array().size() == 1);  // only the longest match
  const auto& rule = mixed[0].at("rules").at(0).as_object();
  CHECK(rule.at("phrase") == "the bank");
  CHECK(rule.at("text") == "The bank");
  CHECK(rule.at("class") == "negative");
  CHECK(rule.at("logit") == 9);
  const auto off = score("The bank falls\n", {.model = model.path(), .rules = {.file = rules, .mixing_weight = 0}});
  CHECK(off[0] == plain[0]);
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
  CHECK(run_eval({.model = model.path(), .task = "entity", .file = data, .rules = {.file = rules}}, out, err) == 2);
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

TEST_CASE("model info describes a model") {
  const ModelFolder model;
  std::ostringstream out, err;
  REQUIRE(run_model_info(model.path(), out, err) == 0);
  const auto info = json::parse(out.str()).as_object();
  CHECK(info.at("name") == "tiny");
  CHECK(info.at("layers") == 2);
  CHECK(info.at("topics").as_array().size() == 3);
  CHECK(info.at("provenance").as_object().at("data") == "random");
  CHECK(run_model_info("/nowhere", out, err) == 1);
  CHECK_THAT(err.str(), Contains("/nowhere"));
}

TEST_CASE("Lines are read in bounded memory") {
  std::istringstream in("one\r\ntwo\n\n" + std::string(100, 'x') + "\nlast");
  LineReader reader(in, 10);
  std::string line;
  REQUIRE(reader.next(line));
  CHECK(line == "one");
  REQUIRE(reader.next(line));
  CHECK(line == "two");
  REQUIRE(reader.next(line));
  CHECK(line.empty());
  REQUIRE(reader.next(line));
  CHECK(line == std::string(10, 'x'));
  CHECK(reader.too_long());
  CHECK(reader.number() == 4);
  REQUIRE(reader.next(line));
  CHECK(line == "last");
  CHECK_FALSE(reader.too_long());
  CHECK_FALSE(reader.next(line));
}

}  // namespace
}  // namespace tapewatch
