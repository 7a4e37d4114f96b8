#include "model/train/data/corpus.hpp"

#include <algorithm>

#include "model/train/data/mentions.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/tiny_encoder.hpp"

using namespace tapewatch::model::train;
using Catch::Matchers::Contains;

namespace {

struct Files {
  TemporaryFolder folder;
  std::string write(const std::string& name, const std::string& text) const {
    write_text(folder / name, text);
    return folder / name;
  }
};

}  // namespace

TEST_CASE("rows of one text become one training text with every label", "[train][corpus]") {
  const Files files;
  BadRows bad;
  const auto raw = read_files(
      {.sentiment = {files.write("s.tsv",
                                 "label\tsource\ttext\npositive\ttfn\tAcme up\nnegative\tother\tGlobex down\n"),
                     files.write("w.tsv", "label\ttopic\ttext\nneutral\tfed-central-banks\tRates unchanged\n")},
       .topic = {files.write(
           "t.tsv", "text\tlabel\tsource\nAcme up\tEarnings\ttfn_topic\nHike\tFed | Central Banks\ttfn_topic\n")},
       .entity = {files.write("e.tsv",
                              "label\tsource\tentity\ttext\npositive\tsentfin\tAcme\tAcme up\n"
                              "negative\tsentfin\tGlobex\tAcme up\nneutral\tsentfin\tAcme\tAcme up\n")}},
      std::vector<std::string>{"tfn", "tfn_topic", "sentfin", "written"}, bad);
  const auto topics = topics_in(raw);
  REQUIRE(topics.size() == 2);
  CHECK(topics[0].id == "earnings");
  CHECK(topics[1].name == "Fed | Central Banks");
  const auto corpus = join_texts(raw, {.topics = topics}, bad);
  CHECK(bad.size() == 0);
  CHECK(corpus.contradictions == 1);
  REQUIRE(corpus.texts.size() == 3);
  const auto& acme = corpus.texts[0];
  CHECK(acme.text == "Acme up");
  CHECK((acme.sentiment == 0 && acme.topic == 0));
  CHECK((acme.sentiment_source == "tfn" && acme.topic_source == "tfn_topic" && acme.entity_source == "sentfin"));
  REQUIRE(acme.entities.size() == 2);
  CHECK((acme.entities[1].name == "Globex" && acme.entities[1].label == 2));
  CHECK(acme.conflicting());
  const auto& rates = corpus.texts[1];
  CHECK((rates.text == "Rates unchanged" && rates.topic == 1 && rates.sentiment_source == "written"));
  CHECK_FALSE(rates.conflicting());
}

TEST_CASE("texts without labels come last, and one that has a label elsewhere is a labelled one", "[train][corpus]") {
  const Files files;
  BadRows bad;
  const auto raw =
      read_files({.sentiment = {files.write("s.tsv", "label\ttext\npositive\tAcme up\n")},
                  .entity = {files.write("e.tsv", "label\tentity\ttext\nnegative\tGlobex\tGlobex down\n")},
                  .unlabelled = {files.write("u.ndjson",
                                             "{\"text\":\"Acme up\",\"entity\":\"Acme\"}\n{\"text\":\"Globex down\"}\n"
                                             "{\"text\":\"Initech flat\",\"entity\":\"Initech\",\"source\":\"wire\"}\n"
                                             "{\"text\":\"Initech flat\",\"source\":\"wire\"}\n{\"text\":\"\"}\n")}},
                 {}, bad);
  const auto texts = join_texts(raw, {}, bad).texts;
  REQUIRE(texts.size() == 3);
  CHECK((texts[0].labelled() && texts[1].labelled() && !texts[2].labelled()));
  CHECK(texts[2].unlabelled_source == "wire");
  REQUIRE((texts[0].entities.size() == 1 && texts[2].entities.size() == 1));
  CHECK((texts[0].entities[0].label == kNoLabel && texts[2].entities[0].name == "Initech"));
  REQUIRE(bad.size() == 1);
  CHECK(bad.shown()[0].ends_with("u.ndjson:5: no text"));
}

TEST_CASE("bad rows are named by file and line, counted, and refused above the limit", "[train][corpus]") {
  const Files files;
  std::string text = "label\ttext\n";
  for (int i = 0; i < 97; ++i) text += "positive\tAcme rises " + std::to_string(i) + "\n";
  text += "bullish\tGlobex\nneutral\n\nnegative\t\n";
  const auto path = files.write("s.tsv", text);
  BadRows bad;
  const auto raw = read_files({.sentiment = {path}}, {}, bad);
  CHECK(join_texts(raw, {}, bad).texts.size() == 97);
  REQUIRE(bad.size() == 3);
  CHECK(bad.shown()[0] == path + ":100: 1 fields, expected 2");
  CHECK(bad.shown()[1] == path + ":99: label `bullish` is not positive, neutral, negative or a score in [-1, 1]");
  CHECK(bad.shown()[2] == path + ":102: no text");
  CHECK_NOTHROW(bad.check(0.03));
  CHECK_THROWS_WITH(bad.check(0.02), Contains("3 of 100 rows") && Contains("s.tsv:99"));
  CHECK_THROWS_WITH(read_files({.entity = {path}}, {}, bad), Contains("s.tsv:1") && Contains("`entity`"));
}

TEST_CASE("swapped names keep the text at each place", "[train][corpus]") {
  const std::vector<std::string_view> names{"Globex", "Acme"};
  const auto text = find_mentions("Acme rises while globex falls", names);
  REQUIRE((text.mentions[0] && text.mentions[1]));
  CHECK(*text.mentions[0] == Mention{17, 23});
  const std::vector<std::string> pool{"Initech Holdings", "Umbrella"};
  Random random(4);
  int shuffled = 0, drawn = 0;
  for (int i = 0; i < 200; ++i) {
    const auto swapped = swap_names(text, pool, random);
    REQUIRE(swapped);
    const auto name = [&](int entity) {
      const auto& mention = *swapped->mentions[static_cast<std::size_t>(entity)];
      return swapped->text.substr(mention.start, mention.end - mention.start);
    };
    CHECK(swapped->text == name(1) + " rises while " + name(0) + " falls");
    (std::count(pool.begin(), pool.end(), name(0)) > 0 ? drawn : shuffled) += 1;
  }
  CHECK(shuffled > 60);
  CHECK(drawn > 60);
}

TEST_CASE("names that overlap or are missing are not swapped", "[train][corpus]") {
  Random random(4);
  const std::vector<std::string> pool{"Umbrella"};
  const std::vector<std::string_view> nested{"Acme Bank", "Bank"}, missing{"Acme", "Globex"};
  CHECK_FALSE(swap_names(find_mentions("Acme Bank rises", nested), pool, random));
  CHECK_FALSE(swap_names(find_mentions("Acme Bank rises", missing), pool, random));
}
