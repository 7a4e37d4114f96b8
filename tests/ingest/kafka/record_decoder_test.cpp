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
  options.fields = {.id = "/id",
                    .source = "/publisher",
                    .title = "/headline",
                    .body = "/content/body",
                    .url = "/url",
                    .published_at = "/time",
                    .language = "/lang",
                    .entities = "/tickers",
                    .revision = "/rev",
                    .action = "/action"};
  return options;
}

Record record(std::string payload) {
  return {.payload = std::move(payload), .key = "k", .topic = "news.raw", .partition = 3, .offset = 1042};
}

Result<Document> decode(std::string payload, const KafkaOptions& options = wire()) {
  return RecordDecoder(options, DocumentLimits{}).decode(record(std::move(payload)), kNow);
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
  const RecordDecoder decoder(wire(), DocumentLimits{});
  auto document = decoder.decode(plain, kNow);
  REQUIRE(document.has_value());
  CHECK(document->id == "news.raw/3/1042");
  CHECK(document->source == "wire");
  CHECK(document->published_at == kNow);
  CHECK(document->published_from == PublishedFrom::received);
  plain.timestamp = TimePoint{1'771'000'000'000ms};
  document = decoder.decode(plain, kNow);
  CHECK(document->published_at == *plain.timestamp);
  CHECK(document->published_from == PublishedFrom::record);
}

TEST_CASE("rejections name the configured pointer") {
  CHECK(decode(R"({"title":"x"})").error() == Rejection{"/headline", "missing"});
  CHECK(decode(R"({"headline":["x"]})").error() == Rejection{"/headline", "expected a string, found array"});
  CHECK(decode(R"({"headline":"x","time":"noon"})").error().pointer == "/time");
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

TEST_CASE("tombstones and records over the limit are rejected") {
  Record tombstone = record("");
  tombstone.tombstone = true;
  const RecordDecoder decoder(wire(), DocumentLimits{});
  CHECK(decoder.decode(tombstone, kNow).error().reason == "a tombstone (no value): deleting is not in this version");
  KafkaOptions narrow = wire();
  narrow.max_record_bytes = 10;
  CHECK(decode("12345678901", narrow).error() == Rejection{"", "11 bytes, at most 10"});
}

TEST_CASE("invalid UTF-8 inside JSON costs the bytes, not the news") {
  CHECK(decode("{\"headline\":\"Caf\xE9 falls\"}")->title == "Caf\uFFFD falls");
}

TEST_CASE("text records: the first line is the title") {
  KafkaOptions text = wire();
  text.format = KafkaFormat::text;
  text.language = "en";
  const auto document = decode("\n Acme falls\nhard\nand long", text);
  REQUIRE(document.has_value());
  CHECK(document->title == "Acme falls");
  CHECK(document->body == "\nhard\nand long");
  CHECK(document->language == "en");
  CHECK(document->id == "news.raw/3/1042");
  CHECK(decode("  \n ", text).error() == Rejection{"", "an empty value"});
}

TEST_CASE("a field may be left out of the mapping, and a bad pointer is named") {
  KafkaOptions options = wire();
  options.fields.id = "";
  CHECK(decode(R"({"id":"a","headline":"x"})", options)->id == "news.raw/3/1042");
  options.fields.url = "url";
  CHECK_THROWS_WITH(RecordDecoder(options, DocumentLimits{}), Catch::Contains("fields.url = \"url\""));
  options.fields.url = "/a~2";
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
    auto document = decoder.decode(damaged, kNow);
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
