#include "ingest/document/canonical_document.hpp"

#include <boost/json/parse.hpp>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using namespace std::chrono_literals;

const TimePoint kNow{1'772'000'000'000ms};

Result<Document> decode(const char* json) {
  return decode_document(boost::json::parse(json), "post", kNow, DocumentLimits{});
}

TEST_CASE("a canonical document is read completely") {
  const auto document = decode(R"({"id":"a-1","source":"wire","title":"Shares fall","body":"By 5%","url":"https://x/1",
    "published_at":"2026-02-25T06:00:00.250+01:00","language":"en-US","entities":["ACME","XNYS:FOO"],"revision":7,
    "action":"upsert","unknown":{"is":"ignored"}})");
  REQUIRE(document.has_value());
  CHECK(document->id == "a-1");
  CHECK(document->source == "wire");
  CHECK(document->title == "Shares fall");
  CHECK(document->body == "By 5%");
  CHECK(document->url == "https://x/1");
  CHECK(document->published_at == TimePoint{1'771'995'600'250ms});
  CHECK(document->published_from == PublishedFrom::source);
  CHECK(document->received_at == kNow);
  CHECK(document->language == "en");
  CHECK(document->entities == std::vector<std::string>{"ACME", "XNYS:FOO"});
  CHECK(document->revision == 7);
  CHECK(scoring_text(*document) == "Shares fall\nBy 5%");
}

TEST_CASE("a document needs only a title, which may be called text") {
  const auto document = decode(R"({"text":"Shares fall","body":null})");
  REQUIRE(document.has_value());
  CHECK(document->source == "post");
  CHECK(document->id.size() == 32);
  CHECK(document->published_at == kNow);
  CHECK(document->published_from == PublishedFrom::received);
  CHECK(scoring_text(*document) == "Shares fall");
}

TEST_CASE("a missing id is a hash of the content, not of the arrival") {
  const boost::json::value value = boost::json::parse(R"({"title":"Shares fall","url":"https://x/1"})");
  const auto first = decode_document(value, "post", kNow, DocumentLimits{});
  const auto again = decode_document(value, "post", kNow + 1h, DocumentLimits{});
  REQUIRE(first.has_value());
  REQUIRE(again.has_value());
  CHECK(first->id == again->id);
  CHECK(decode(R"({"title":"Shares fall","url":"https://x/2"})")->id != first->id);
  CHECK(decode(R"({"title":"Shares fall","body":"https://x/1"})")->id != first->id);
}

TEST_CASE("errors are named with their pointer") {
  CHECK(decode(R"([])").error() == Rejection{"", "expected a JSON object, found array"});
  CHECK(decode(R"({"url":"https://x/1"})").error() == Rejection{"/title", "missing"});
  CHECK(decode(R"({"title":null})").error() == Rejection{"/title", "missing"});
  CHECK(decode(R"({"title":"x","action":"delete"})").error() ==
        Rejection{"/id", "missing: without an id nothing can be removed"});
}

TEST_CASE("an optional field that cannot be read is left out with a warning") {
  const auto warning = [](const char* json) {
    const auto document = decode(json);
    REQUIRE(document.has_value());
    REQUIRE(document->warnings.size() == 1);
    return document->warnings[0];
  };
  CHECK(warning(R"({"title":"x","published_at":true})") ==
        FieldWarning{"/published_at", "expected a time, found bool"});
  CHECK(warning(R"({"title":"x","published_at":"yesterday-ish"})").pointer == "/published_at");
  CHECK(warning(R"({"title":"x","published_at":-1})").pointer == "/published_at");
  CHECK(warning(R"({"title":"x","revision":1.5})").pointer == "/revision");
  CHECK(warning(R"({"title":"x","revision":-2})").pointer == "/revision");
  CHECK(warning(R"({"title":"x","revision":true})").pointer == "/revision");
  CHECK(warning(R"({"title":"x","url":{"a":{}}})").pointer == "/url");
  CHECK(warning(R"({"title":"x","id":true})").pointer == "/id");
  CHECK(warning(R"({"title":"x","language":"klingonish"})").pointer == "/language");
  CHECK(warning(R"({"title":"x","published_at":"2026-02-25"})").detail == "no time of day");
}

TEST_CASE("what means that nothing is said is no warning") {
  const auto document = decode(R"({"title":"x","id":"","published_at":0,"language":"und","url":"","revision":null,
    "entities":[],"action":"","body":false})");
  REQUIRE(document.has_value());
  CHECK(document->warnings.empty());
  CHECK(document->published_from == PublishedFrom::received);
  CHECK(document->id.size() == 32);
  for (const char* none : {"null", "\"\"", "false", "\"0\"", "\" \""}) {
    INFO(none);
    CHECK(decode((R"({"title":"x","published_at":)" + std::string(none) + "}").c_str())->warnings.empty());
  }
}

TEST_CASE("texts are read from numbers, lists and objects") {
  const auto document = decode(R"({"id":{"$oid":"65"},"title":5,"body":["One.","Two."],"source":{"id":null,"name":"PR"},
    "language":{"code":"en","name":"English"},"url":{"href":"https://x/1"},"revision":"2026-11-27T14:05:06Z"})");
  REQUIRE(document.has_value());
  CHECK(document->id == "65");
  CHECK(document->title == "5");
  CHECK(document->body == "One.\nTwo.");
  CHECK(document->source == "PR");
  CHECK(document->language == "en");
  CHECK(document->url == "https://x/1");
  CHECK(document->revision == 1'795'788'306'000);
  CHECK(decode(R"({"id":1e3,"title":"x"})")->id == "1000");
}

TEST_CASE("companies are read from whatever lists them") {
  const auto entities = [](const std::string& json) {
    return decode(("{\"title\":\"x\",\"entities\":" + json + "}").c_str())->entities;
  };
  using Names = std::vector<std::string>;
  CHECK(entities(R"({"KSMR":0.9})") == Names{"KSMR"});
  CHECK(entities(R"({"ticker":"KSMR"})") == Names{"KSMR"});
  CHECK(entities(R"([{"symbol":"KSMR","exchange":"XNAS"}])") == Names{"XNAS:KSMR", "KSMR"});
  CHECK(entities(R"([9999])") == Names{"9999"});
  CHECK(entities(R"("ORLO,KSMR")") == Names{"ORLO", "KSMR"});
  CHECK(entities(R"(",US48267K1017,")") == Names{"US48267K1017"});
  CHECK(entities(R"("Orlo Holdings, Inc.")") == Names{"Orlo Holdings, Inc."});
  CHECK(entities(R"([{"name":"Kesmar Bancorp","isin":"US48267K1017"}])") == Names{"US48267K1017", "Kesmar Bancorp"});
}

TEST_CASE("a day is placed in the hour of its arrival, if that is on the day") {
  const auto document = decode(R"({"title":"x","published_at":"2026-02-25"})");
  CHECK(document->published_at == kNow);
  CHECK(document->published_from == PublishedFrom::source);
  CHECK(decode(R"({"title":"x","published_at":"2026-01-25"})")->published_at == TimePoint{1'769'299'200'000ms});
}

TEST_CASE("an action and an embargo are read, and a removal needs no text") {
  const auto removal = decode(R"({"id":"a-1","action":"stat:canceled","revision":3})");
  REQUIRE(removal.has_value());
  CHECK(removal->action == Action::remove);
  CHECK(removal->revision == 3);
  CHECK(decode(R"({"id":"a-1","action":true})")->action == Action::remove);
  CHECK(decode(R"({"id":"a-1","title":"x","action":"usable"})")->action == Action::insert);
  CHECK(decode(R"({"id":"a-1","title":"x"})")->action == Action::none);

  const auto unknown = decode(R"({"id":"a-1","title":"x","action":"Spiked"})");
  CHECK(unknown->action == Action::none);
  CHECK(unknown->unknown_action == "spiked");

  const auto held = decode(R"({"id":"a-1","title":"x","embargo_until":"2026-03-01T00:00:00Z"})");
  CHECK(held->embargo_until == TimePoint{1'772'323'200'000ms});
  CHECK(held->action == Action::none);
  CHECK(decode(R"({"id":"a-1","title":"x","action":"withheld"})")->action == Action::hold);
  CHECK(decode(R"({"id":"a-1","action":"withheld"})")->action == Action::remove);
}

TEST_CASE("an embargo whose time cannot be read holds the document until somebody lifts it") {
  const auto held = decode(R"({"id":"a-1","title":"x","embargo_until":"after lunch"})");
  REQUIRE(held.has_value());
  CHECK(held->action == Action::hold);
  CHECK_FALSE(held->embargo_until.has_value());
}

TEST_CASE("texts over their limit are rejected with their size, entities over theirs are dropped") {
  DocumentLimits limits;
  limits.max_title_bytes = 4;
  limits.max_entities = 2;
  const auto long_title = decode_document(boost::json::parse(R"({"title":"12345"})"), "post", kNow, limits);
  CHECK(long_title.error() == Rejection{"/title", "5 bytes, at most 4"});
  const auto many = decode_document(boost::json::parse(R"({"title":"x","entities":["a","b","c"]})"), "p", kNow, limits);
  CHECK(many->entities == std::vector<std::string>{"a", "b"});
}

TEST_CASE("metadata: an object of names with a value or several, each pair once") {
  const auto document =
      decode(R"({"title":"x","meta":{"Form":"8-K","items":["4.02",9.01,"4.02",null],"Filed by":" A\n B ",
    "final":true,"nothing":null,"empty":[]}})");
  REQUIRE(document.has_value());
  CHECK(document->metadata ==
        Metadata{{"form", "8-K"}, {"items", "4.02"}, {"items", "9.01"}, {"filed_by", "A B"}, {"final", "true"}});
  CHECK(document->warnings.empty());
  CHECK(decode(R"({"title":"x","meta":null})")->metadata.empty());
}

TEST_CASE("metadata beyond its limits is left out with a warning, the document stays") {
  DocumentLimits limits;
  limits.max_metadata = 2;
  limits.max_metadata_name_bytes = 4;
  limits.max_metadata_value_bytes = 3;
  const auto document = decode_document(
      boost::json::parse(R"({"title":"x","meta":{"a":"four","longer":"1","b/c":"1","d":"1","e":"2","f":"3"}})"), "post",
      kNow, limits);
  REQUIRE(document.has_value());
  CHECK(document->metadata == Metadata{{"d", "1"}, {"e", "2"}});
  std::vector<std::string> details;
  for (const auto& warning : document->warnings) details.push_back(warning.pointer + " " + warning.detail);
  const std::string name = "/meta a name of letters, digits, '_', '-' and '.', at most 4 bytes, is expected: left out";
  CHECK(details == std::vector<std::string>{"/meta a: 4 bytes, at most 3: left out", name, name,
                                            "/meta more than 2 pairs, left out"});
}

TEST_CASE("numbers serve as ids and revisions") {
  const auto document = decode(R"({"id":18446744073709551615,"title":"x","revision":"12"})");
  REQUIRE(document.has_value());
  CHECK(document->id == "18446744073709551615");
  CHECK(document->revision == 12);
}

}  // namespace
}  // namespace tapewatch::ingest
