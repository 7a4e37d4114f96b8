// Tested by tests/daemon/pipeline/writing/holding_test.cpp
#include "daemon/pipeline/held_document.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>

#include "config/notation/json_writer.hpp"
#include "daemon/pipeline/metadata_rows.hpp"
#include "storage/document/metadata_table.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

std::string written(const ingest::Document& document) {
  notation::JsonWriter writer;
  writer.begin_object().field("title", document.title).field("body", document.body);
  writer.field("url", document.url).field("language", document.language);
  writer.field("published_at", document.published_at.time_since_epoch().count());
  writer.field("published_from", static_cast<int>(document.published_from)).key("entities").begin_array();
  for (const auto& entity : document.entities) writer.value(entity);
  writer.end_array();
  storage::append_metadata(writer.key("meta"), to_metadata_rows(document.metadata));
  return writer.end_object().take();
}

std::string text_at(const json::object& members, const char* name) { return std::string(members.at(name).as_string()); }

}  // namespace

storage::HeldRow to_held_row(const ingest::Document& document, const std::string& intake) {
  storage::HeldRow row;
  row.source = document.source;
  row.external_id = document.id;
  row.intake = intake;
  row.revision = document.revision;
  row.embargo_until = document.embargo_until;
  row.held_at = document.received_at;
  row.title = document.title;
  row.url = document.url;
  row.document = written(document);
  return row;
}

ingest::Document released_document(const storage::HeldRow& row, TimePoint now) {
  const json::value value = json::parse(row.document);
  const json::object& members = value.as_object();
  ingest::Document document;
  document.source = row.source;
  document.id = row.external_id;
  document.title = text_at(members, "title");
  document.body = text_at(members, "body");
  document.url = text_at(members, "url");
  document.language = text_at(members, "language");
  for (const auto& entity : members.at("entities").as_array()) document.entities.emplace_back(entity.as_string());
  if (const auto* meta = members.if_contains("meta")) {
    for (const auto& [name, values] : meta->as_object()) {
      for (const auto& one : values.as_array()) {
        document.metadata.push_back({std::string(name), std::string(one.as_string())});
      }
    }
  }
  document.revision = row.revision;
  document.received_at = now;
  const TimePoint published{std::chrono::milliseconds{members.at("published_at").as_int64()}};
  document.published_at = std::min(std::max(published, row.embargo_until.value_or(now)), now);
  document.published_from = static_cast<ingest::PublishedFrom>(members.at("published_from").as_int64());
  document.action = ingest::Action::insert;
  return document;
}

}  // namespace tapewatch
