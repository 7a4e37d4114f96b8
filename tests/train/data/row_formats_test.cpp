#include "model/train/data/row_formats.hpp"

#include <sstream>

#include "model/train/data/corpus.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/tiny_encoder.hpp"

using namespace tapewatch::model::train;

namespace {

std::vector<ParsedRow> rows(const std::string& text, RowFormat format) {
  std::istringstream in(text);
  RowStream stream(in, format);
  std::vector<ParsedRow> all;
  while (auto row = stream.next()) all.push_back(*std::move(row));
  return all;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

}  // namespace

TEST_CASE("CSV: quotes, commas and line ends inside fields, a mark of byte order", "[train][rows]") {
  const auto all = rows(
      "\xEF\xBB\xBFlabel,text\r\npositive,\"Acme, \"\"the best\"\"\nrises\"\r\n\nneutral,plain\nbad\n"
      "negative,a \"quote\" inside\nneutral,\"open",
      RowFormat::csv);
  REQUIRE(all.size() == 5);
  CHECK(all[0].fields == Fields{{"label", "positive"}, {"text", "Acme, \"the best\"\nrises"}});
  CHECK((all[0].line == 2 && all[1].line == 5));
  CHECK(all[1].fields == Fields{{"label", "neutral"}, {"text", "plain"}});
  CHECK((all[2].line == 6 && all[2].error == "1 fields, expected 2"));
  CHECK(all[3].error == "a quote in the middle of a field");
  CHECK(all[4].error == "a quoted field that does not end");
}

TEST_CASE("a stray quote in a CSV file spoils one row, near or far from the end", "[train][rows]") {
  const std::size_t behind = GENERATE(std::size_t{1}, 3 * kMaxRecordLines);
  std::string text = "label,text\npositive,\"Acme rises\n";
  for (std::size_t i = 0; i < behind; ++i) text += "neutral,row " + std::to_string(i) + "\n";
  const auto all = rows(text, RowFormat::csv);
  REQUIRE(all.size() == 1 + behind);
  CHECK((all[0].line == 2 && all[0].error == "a quoted field that does not end"));
  for (std::size_t i = 0; i < behind; ++i) {
    CHECK(all[i + 1].line == i + 3);
    CHECK(all[i + 1].fields.at(1).second == "row " + std::to_string(i));
  }
}

TEST_CASE("a row that is not UTF-8 is a bad one", "[train][rows]") {
  const TemporaryFolder folder;
  write_text(folder / "s.tsv", "label\ttext\npositive\tCaf\xE9 rises\nneutral\tCaf\xC3\xA9 \xEF\xBF\xBD flat\n");
  BadRows bad;
  CHECK(read_files({.sentiment = {folder / "s.tsv"}}, {}, bad).sentiment.size() == 1);
  REQUIRE(bad.size() == 1);
  CHECK(bad.shown()[0].ends_with("s.tsv:2: `text` is not UTF-8"));
}

TEST_CASE("TSV takes fields literally", "[train][rows]") {
  const auto all = rows("label\ttext\npositive\t\"Acme\", up\r\nneutral\n", RowFormat::tsv);
  REQUIRE(all.size() == 2);
  CHECK(all[0].fields == Fields{{"label", "positive"}, {"text", "\"Acme\", up"}});
  CHECK((all[1].line == 3 && !all[1].error.empty()));
}

TEST_CASE("NDJSON: members by name, numbers as text, non-objects are named", "[train][rows]") {
  const auto all = rows("{\"text\":\"Acme \\u2191\",\"label\":-0.5,\"source\":null}\nnot json\n[1]\n{\"text\":[]}\n",
                        RowFormat::ndjson);
  REQUIRE(all.size() == 4);
  CHECK(all[0].fields == Fields{{"text", "Acme \u2191"}, {"label", "-0.5"}});
  CHECK(all[1].error.starts_with("not JSON"));
  CHECK(all[2].error == "not a JSON object");
  CHECK(all[3].error == "`text` is neither text nor a number");
}

TEST_CASE("scores are labels, too", "[train][rows]") {
  const TemporaryFolder folder;
  write_text(folder / "scores.ndjson",
             "{\"text\":\"a\",\"label\":0.8}\n{\"text\":\"b\",\"label\":\"-0.2\"}\n{\"text\":\"c\",\"label\":-1}\n"
             "{\"text\":\"d\",\"label\":\"positive\"}\n{\"text\":\"e\",\"label\":1.5}\n{\"text\":\"f\"}\n");
  BadRows bad;
  const auto texts = join_texts(read_files({.sentiment = {folder / "scores.ndjson"}}, {}, bad), {}, bad).texts;
  REQUIRE(texts.size() == 4);
  CHECK((texts[0].sentiment == 0 && texts[0].score == 0.8F));
  CHECK((texts[1].sentiment == 1 && texts[1].score == -0.2F));
  CHECK((texts[2].sentiment == 2 && texts[2].score == -1.0F));
  CHECK((texts[3].sentiment == 0 && texts[3].score == 1.0F));
  REQUIRE(bad.size() == 2);
  CHECK(bad.shown()[0].ends_with(":6: no `label`"));
  CHECK(bad.shown()[1].ends_with(":5: label `1.5` is not positive, neutral, negative or a score in [-1, 1]"));
}
