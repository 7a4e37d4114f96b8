#include "ingest/kafka/record_decoder.hpp"

#include <random>

#include "config/notation/utf8.hpp"
#include "ingest/story/story_key.hpp"
#include "ingest/text/normalise.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow{1'772'000'000'000ms};

KafkaOptions wire() {
  KafkaOptions options;
  options.name = "wire";
  options.fields = {.id = FieldPlaces{"/id"},
                    .source = FieldPlaces{"/publisher"},
                    .title = FieldPlaces{"/headline"},
                    .body = FieldPlaces{"/content/body"},
                    .url = FieldPlaces{"/url"},
                    .published_at = FieldPlaces{"/time"},
                    .language = FieldPlaces{"/lang"},
                    .entities = FieldPlaces{"/tickers"},
                    .revision = FieldPlaces{"/rev"},
                    .action = FieldPlaces{"/action"},
                    .embargo_until = FieldPlaces{"/embargo"}};
  return options;
}

Record record(std::string payload) {
  return {.payload = std::move(payload), .key = "k", .topic = "news.raw", .partition = 3, .offset = 1042};
}

std::vector<Result<Document>> decode_all(const Record& one, const KafkaOptions& options = wire()) {
  return RecordDecoder(options, DocumentLimits{}).decode(one, kNow);
}

Result<Document> decode(std::string payload, const KafkaOptions& options = wire()) {
  auto documents = decode_all(record(std::move(payload)), options);
  REQUIRE(documents.size() == 1);
  return documents[0];
}

TEST_CASE("fields are found by their pointers") {
  const auto document = decode(R"({"id":7,"publisher":"PR","headline":"Acme falls","content":{"body":"hard"},
    "time":1771999999,"lang":"eng","tickers":"ACME","rev":3,"action":"update"})");
  REQUIRE(document.has_value());
  CHECK(document->id == "7");
  CHECK(document->source == "PR");
  CHECK(document->title == "Acme falls");
  CHECK(document->body == "hard");
  CHECK(document->published_at == TimePoint{1'771'999'999'000ms});
  CHECK(document->language == "en");
  CHECK(document->entities == std::vector<std::string>{"ACME"});
  CHECK(document->revision == 3);
}

TEST_CASE("a record without id, source and time has those of its place") {
  Record plain = record(R"({"headline":"Acme falls"})");
  auto document = decode_all(plain).at(0);
  REQUIRE(document.has_value());
  CHECK(document->id == "news.raw/3/1042");
  CHECK(document->source == "wire");
  CHECK(document->published_at == kNow);
  CHECK(document->published_from == PublishedFrom::received);
  plain.timestamp = TimePoint{1'771'000'000'000ms};
  document = decode_all(plain).at(0);
  CHECK(document->published_at == *plain.timestamp);
  CHECK(document->published_from == PublishedFrom::record);
}

TEST_CASE("rejections name the configured pointer") {
  CHECK(decode(R"({"title":"x"})").error() == Rejection{"/headline", "missing"});
  CHECK(decode(R"({"headline":"x","action":"delete"})").error() ==
        Rejection{"/id", "missing: without an id nothing can be removed"});
  CHECK(decode(R"({"headline":)").error().reason.starts_with("not JSON"));
  CHECK(decode("").error() == Rejection{"", "an empty value"});
  CHECK(decode(std::string(40, '[')).error().reason.starts_with("not JSON"));
  CHECK(decode(R"("text")").error() == Rejection{"", "expected a JSON object, found string"});
}

TEST_CASE("a source's own words for actions come before the vocabulary") {
  KafkaOptions options = wire();
  options.actions = {{"spiked", Action::remove}, {"x", Action::insert}};
  CHECK(decode(R"({"id":"1","action":"SPIKED"})", options)->action == Action::remove);
  CHECK(decode(R"({"id":"1","headline":"y","action":"x"})", options)->action == Action::insert);
}

TEST_CASE("a tombstone removes what its key names, a record over the limit is rejected") {
  Record tombstone = record("");
  tombstone.tombstone = true;
  CHECK_THAT(decode_all(tombstone).at(0).error().reason, Catch::StartsWith("a tombstone (no value), and its key"));
  KafkaOptions keyed = wire();
  keyed.fields.id = FieldPlaces{"/id", "@key"};
  const auto removal = decode_all(tombstone, keyed).at(0);
  REQUIRE(removal.has_value());
  CHECK(removal->action == Action::remove);
  CHECK(removal->id == "k");
  CHECK(removal->source == "wire");
  tombstone.key = R"({"payload":{"id":43}})";
  keyed.fields.id = FieldPlaces{"@key:/payload/id"};
  CHECK(decode_all(tombstone, keyed).at(0)->id == "43");
  KafkaOptions narrow = wire();
  narrow.max_record_bytes = 10;
  CHECK(decode("12345678901", narrow).error() == Rejection{"", "11 bytes, at most 10"});
}

TEST_CASE("bytes that are not UTF-8 are decoded and told") {
  const auto document = decode("{\"headline\":\"Soci\xE9t\xE9 G\xE9n\xE9rale baisse ses pr\xE9visions\"}");
  CHECK(document->title == "Société Générale baisse ses prévisions");
  REQUIRE(document->warnings.size() == 1);
  CHECK(document->warnings[0].detail.starts_with("not UTF-8: read as "));
}

TEST_CASE("an optional field that cannot be read costs itself alone") {
  const auto document =
      decode(R"({"id":7.0,"headline":"Acme falls","time":"noon","lang":["en"],"rev":"1.2","url":{}})");
  REQUIRE(document.has_value());
  CHECK(document->id == "7");
  CHECK(document->title == "Acme falls");
  CHECK(document->language == "en");
  CHECK_FALSE(document->revision.has_value());
  CHECK(document->url.empty());
  CHECK(document->published_from == PublishedFrom::received);
  CHECK(document->warnings == std::vector<FieldWarning>{{"/time", "expected a time, found \"noon\""},
                                                        {"/rev", "expected a whole number or a time, found \"1.2\""}});
}

TEST_CASE("a time without a zone is the configured one's") {
  KafkaOptions tokyo = wire();
  tokyo.time_zone = "Asia/Tokyo";
  const auto document = decode(R"({"headline":"Acme falls","time":"2026-02-25 15:00:06"})", tokyo);
  CHECK(document->published_at == TimePoint{1'771'999'206'000ms});
  CHECK(document->warnings.empty());
  CHECK(decode(R"({"headline":"Acme falls","time":"2026-02-25T06:00:06Z"})", tokyo)->published_at ==
        TimePoint{1'771'999'206'000ms});
  CHECK(decode(R"({"headline":"Acme falls","time":"2026-02-25 06:00:06"})")->warnings.size() == 1);
  tokyo.time_zone = "Tokyo";
  CHECK_THROWS_WITH(RecordDecoder(tokyo, DocumentLimits{}), Catch::Contains("time_zone = \"Tokyo\""));
}

TEST_CASE("a list in one record is many documents, each with an id of its own") {
  const auto lines = decode_all(record("{\"headline\":\"one\"}\n{\"headline\":\"two\",\"id\":\"b\"}\n\n{\"body\":1"));
  REQUIRE(lines.size() == 3);
  CHECK(lines[0]->id == "news.raw/3/1042#0");
  CHECK(lines[1]->id == "b");
  CHECK(lines[2].error().reason.starts_with("not JSON"));
  CHECK(decode_all(record("[]")).empty());
}

TEST_CASE("text records: the first line is the title") {
  KafkaOptions text = wire();
  text.format = RecordFormat::text;
  text.language = "en";
  const auto document = decode("\n Acme falls\nhard\nand long", text);
  REQUIRE(document.has_value());
  CHECK(document->title == "Acme falls");
  CHECK(document->body == "\nhard\nand long");
  CHECK(document->language == "en");
  CHECK(document->id == "news.raw/3/1042");
  CHECK(decode("  \n ", text).error() == Rejection{"", "an empty value"});
}

TEST_CASE("a field may be left out of the mapping, and a bad place is named") {
  KafkaOptions options = wire();
  options.fields.id = FieldPlaces{};
  CHECK(decode(R"({"id":"a","headline":"x"})", options)->id == "news.raw/3/1042");
  options.fields.url = FieldPlaces{"url"};
  CHECK_THROWS_WITH(RecordDecoder(options, DocumentLimits{}), Catch::Contains("fields.url = \"url\""));
  options.fields.url = FieldPlaces{"/a~2"};
  CHECK_THROWS_AS(RecordDecoder(options, DocumentLimits{}), std::invalid_argument);
}

TEST_CASE("damaged records become documents with valid text or rejections with a reason") {
  const std::string good =
      R"({"id":7,"publisher":"PR","headline":"Acme &amp; Co <b>falls</b> 5\u20ac","content":{"body":"x"},
    "time":"2026-02-25T06:00:00Z","lang":"en","tickers":["ACME"],"rev":3,"action":"update"})";
  const RecordDecoder decoder(wire(), DocumentLimits{});
  std::mt19937 random(11);
  int decoded = 0;
  for (int round = 0; round < 5000; ++round) {
    Record damaged = record(good);
    for (unsigned hits = random() % 4; hits > 0; --hits) {
      damaged.payload[random() % damaged.payload.size()] = static_cast<char>(random() % 256);
    }
    damaged.payload.resize(random() % 8 == 0 ? random() % damaged.payload.size() : damaged.payload.size());
    auto documents = decoder.decode(damaged, kNow);
    if (documents.empty()) continue;
    auto document = documents[0];
    if (document) {
      document = normalise(*document, DocumentLimits{});
    }
    if (document) {
      ++decoded;
      REQUIRE(notation::is_utf8(document->title + document->body + document->id + document->source + document->url));
      REQUIRE(story_key(document->title).size() == 32);
      REQUIRE_FALSE(document->published_at > kNow);
    } else {
      REQUIRE_FALSE(document.error().reason.empty());
    }
  }
  CHECK(decoded > 1000);
}

}  // namespace
}  // namespace tapewatch::ingest
