// Runs record_cases.ndjson: each sample record becomes the documents, removals, held documents or dead letters that its
// line names, none of them less than it was.
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>

#include "config/notation/rfc3339.hpp"
#include "ingest/kafka/record_decoder.hpp"
#include "ingest/text/normalise.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

constexpr const char* kFile = TAPEWATCH_SOURCE_DIR "/tests/ingest/record/record_cases.ndjson";
const TimePoint kArrival = *notation::parse_rfc3339("2026-11-27T15:00:00Z");

FieldPlaces places_of(const json::value& value) {
  if (value.is_string()) return {std::string(value.get_string())};
  FieldPlaces places;
  for (const auto& place : value.as_array()) places.emplace_back(place.as_string());
  return places;
}

KafkaOptions options_of(const json::object& line) {
  KafkaOptions options;
  options.name = "wire";
  const auto* shape = line.if_contains("shape");
  if (shape == nullptr) return options;
  for (const auto& member : shape->as_object()) {
    if (member.key() == "preset") options.preset = member.value().as_string();
    if (member.key() == "items") options.items = places_of(member.value());
    if (member.key() != "fields") continue;
    for (const auto& field : member.value().as_object()) {
      for (const auto& [name, target] : kRecordFieldMembers) {
        if (field.key() == name) options.fields.*target = places_of(field.value());
      }
    }
  }
  return options;
}

Record record_of(const json::object& line) {
  const json::object& given = line.at("record").as_object();
  Record record;
  record.topic = "news";
  record.offset = 7;
  record.payload =
      given.contains("text") ? std::string(given.at("text").as_string()) : json::serialize(given.at("value"));
  if (const auto* key = given.if_contains("key")) record.key = key->as_string();
  if (const auto* headers = given.if_contains("headers")) {
    for (const auto& header : headers->as_object()) {
      record.headers.push_back({std::string(header.key()), std::string(header.value().as_string())});
    }
  }
  return record;
}

/// As the writer would get it: what is removed or held is not normalised.
Result<Document> finished(Result<Document> document) {
  if (!document || document->action == Action::remove || document->action == Action::hold) return document;
  return normalise(std::move(*document), DocumentLimits{});
}

void check_document(const Document& document, const json::object& expect) {
  const auto text = [&](const char* name, const std::string& found) {
    if (const auto* wanted = expect.if_contains(name)) CHECK(std::string(wanted->as_string()) == found);
  };
  text("id", document.id);
  text("title", document.title);
  text("body", document.body);
  text("source", document.source);
  text("url", document.url);
  text("language", document.language);
  text("published", notation::format_rfc3339(document.published_at));
  if (const auto* wanted = expect.if_contains("revision")) {
    CHECK((wanted->is_null() ? std::nullopt : std::optional(wanted->as_int64())) == document.revision);
  }
  if (const auto* wanted = expect.if_contains("named")) CHECK(places_of(*wanted) == document.entities);
  if (const auto* wanted = expect.if_contains("meta")) {
    json::object found;
    for (const auto& [name, value] : document.metadata) {
      auto& values = found.emplace(name, json::array()).first->value().as_array();
      values.emplace_back(value);
    }
    CHECK(json::serialize(found) == json::serialize(*wanted));
  }
  if (const auto* wanted = expect.if_contains("warnings")) {
    CHECK(static_cast<std::size_t>(wanted->as_int64()) == document.warnings.size());
  }
}

void check(const Result<Document>& document, const json::object& expect) {
  if (const auto* reason = expect.if_contains("dead")) {
    REQUIRE_FALSE(document.has_value());
    CHECK_THAT(document.error().reason, Catch::StartsWith(std::string(reason->as_string())));
    return;
  }
  if (!document) FAIL(document.error().pointer << ": " << document.error().reason);
  const bool held = document->action == Action::hold || document->embargo_until > kArrival;
  CHECK((document->action == Action::remove) == expect.contains("removed"));
  CHECK(held == expect.contains("held"));
  for (const char* id : {"removed", "held"}) {
    if (const auto* wanted = expect.if_contains(id)) CHECK(document->id == std::string(wanted->as_string()));
  }
  check_document(*document, expect);
}

TEST_CASE("every record of the cases becomes what its line says") {
  std::ifstream file(kFile);
  std::size_t cases = 0;
  for (std::string text; std::getline(file, text); ++cases) {
    const json::value line = json::parse(text);
    INFO(text);
    const json::object& object = line.as_object();
    const auto documents = RecordDecoder(options_of(object), DocumentLimits{}).decode(record_of(object), kArrival);
    const json::array& expect = object.at("expect").as_array();
    REQUIRE(documents.size() == expect.size());
    for (std::size_t i = 0; i < expect.size(); ++i) check(finished(documents[i]), expect[i].as_object());
  }
  CHECK(cases > 120);
}

}  // namespace
}  // namespace tapewatch::ingest
