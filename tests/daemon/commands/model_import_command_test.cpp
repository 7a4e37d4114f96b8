// `model import` as people type it, and how the commands handle a model without topics.
#include "daemon/commands/model_import.hpp"

#include <boost/json.hpp>
#include <filesystem>
#include <sstream>

#include "daemon/commands/eval/eval.hpp"
#include "daemon/commands/model_info.hpp"
#include "daemon/commands/score.hpp"
#include "tests/model/files.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using Catch::Matchers::Contains;

struct Outcome {
  int status;
  std::string out, err;
};

Outcome import(const ModelImportOptions& options) {
  std::ostringstream out, err;
  const int status = run_model_import(options, out, err);
  return {status, out.str(), err.str()};
}

std::string published(const char* name) {
  return (model::test::source_dir() / "tests/model/published" / name).string();
}

TEST_CASE("model import describes its result, and every command accepts it") {
  const model::test::ScratchFolder folder;
  const auto to = (folder.path() / "finbert").string();
  const auto done = import({.from = published("bert_uncased"), .to = to, .name = "finbert"});
  REQUIRE(done.status == 0);
  CHECK(done.err.empty());
  CHECK_THAT(done.out, Contains("finbert+") && Contains("BertForSequenceClassification") && Contains("40 tokens"));
  CHECK_THAT(done.out, Contains("positive = positive") && Contains("negative = negative"));

  std::ostringstream info, err;
  REQUIRE(run_model_info(to, info, err) == 0);
  const auto description = json::parse(info.str()).as_object();
  CHECK(description.at("name") == "finbert");
  CHECK(description.at("pooler") == "tanh");
  CHECK(description.at("topics").as_array().empty());
  CHECK(description.at("entity_heads") == 0);
  CHECK(description.at("sentiment_outputs") == json::array{"positive", "negative", "neutral"});
  CHECK(description.at("provenance").at("imported_from") == "BertForSequenceClassification");

  std::istringstream in("profit falls at the bank\n");
  std::ostringstream scored;
  REQUIRE(run_score({.model = to}, in, scored, err) == 0);
  const auto result = json::parse(scored.str()).as_object();
  CHECK(result.at("topic").is_null());
  CHECK(result.at("topics").is_null());
  CHECK(result.at("probabilities").as_object().size() == 3);

  const auto data = folder.path() / "data.tsv";
  model::test::write_file(data, "label\ttext\npositive\tprofit\nnegative\tloss\n");
  std::ostringstream metrics, refused;
  CHECK(run_eval({to, "sentiment", data.string()}, metrics, err) == 0);
  CHECK(json::parse(metrics.str()).at("n") == 2);
  CHECK(run_eval({to, "topic", data.string()}, metrics, refused) == 1);
  CHECK_THAT(refused.str(), Contains("the model has no topics"));
}

TEST_CASE("model import refuses with what to type") {
  const model::test::ScratchFolder folder;
  const auto to = (folder.path() / "model").string();
  const auto unnamed = import({.from = published("bert_cased"), .to = to});
  CHECK(unnamed.status == 1);
  CHECK_THAT(unnamed.err, Contains("model import: ") && Contains("--label \"LABEL_0=…\""));
  CHECK_THAT(import({.from = published("distilbert_two"), .to = to}).err, Contains("--without-neutral"));
  CHECK(import({.from = published("bert_cased"), .to = to, .labels = {"LABEL_0"}}).status == 2);
  CHECK(import({.from = published("bert_cased"), .to = to, .cased = true, .uncased = true}).status == 2);
  CHECK_FALSE(fs::exists(to));

  const ModelImportOptions stars{
      .from = published("distilbert_stars"),
      .to = to,
      .labels = {"1 star=negative", "2 stars=negative", "3 stars=neutral", "4 stars=positive", "5 stars=positive"},
      .max_tokens = 32};
  const auto done = import(stars);
  CHECK(done.status == 0);
  CHECK_THAT(done.out, Contains("2 stars = negative") && Contains("32 tokens"));
  CHECK_THAT(import(stars).err, Contains("expected a directory that does not exist yet"));
}

}  // namespace
}  // namespace tapewatch
