#include "daemon/commands/score.hpp"

#include <boost/json.hpp>
#include <sstream>

#include "daemon/commands/eval/eval.hpp"
#include "daemon/commands/line_reader.hpp"
#include "daemon/commands/model_info.hpp"
#include "tests/daemon/commands/model_folder.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;
using Catch::Matchers::Contains;
using tests::ModelFolder;

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
