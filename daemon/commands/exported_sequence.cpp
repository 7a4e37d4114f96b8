// Tested by tests/e2e/daemon/clock_test.py
#include "daemon/commands/exported_sequence.hpp"

#include <boost/json/value.hpp>

#include "config/notation/rfc3339.hpp"
#include "ingest/text/normalise.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

ingest::Result<TimePoint> time_at(const json::value& line, const char* pointer) {
  boost::system::error_code error;
  const json::value* text = line.find_pointer(pointer, error);
  const auto at = text && text->is_string() ? notation::parse_rfc3339(text->get_string()) : std::nullopt;
  if (!at) return ingest::Rejection{pointer, "not a time, as an export writes it (2026-01-05T08:00:00.000Z)"};
  return *at;
}

std::string text_of(const json::object& line, const char* member) {
  const json::value* found = line.if_contains(member);
  return found && found->is_string() ? std::string(found->get_string()) : std::string();
}

bool is_set(const json::object& line, const char* member) {
  const json::value* found = line.if_contains(member);
  return found && found->is_bool() && found->get_bool();
}

ingest::PublishedFrom dated_by(const std::string& name) {
  return name == "source"   ? ingest::PublishedFrom::source
         : name == "record" ? ingest::PublishedFrom::record
                            : ingest::PublishedFrom::received;
}

ingest::Result<ExportedRow> decode_removal(const json::value& line) {
  const json::object* members = line.at("removed").if_object();
  const auto at = time_at(line, "/removed/at");
  if (!at) return at.error();
  Removal removal{.source = text_of(*members, "source"), .id = text_of(*members, "id"), .received_at = *at};
  if (removal.id.empty()) return ingest::Rejection{"/removed/id", "missing"};
  const json::value* revision = members->if_contains("revision");
  if (revision && revision->is_int64()) removal.revision = revision->get_int64();
  return ExportedRow{std::move(removal)};
}

ingest::Result<ExportedRow> decode_document(const json::value& line, const ingest::DocumentLimits& limits) {
  const auto received = time_at(line, "/received_at");
  if (!received) return received.error();
  auto decoded = ingest::decode_document(line, "replay", TimePoint::max(), limits);
  if (!decoded) return decoded.error();
  auto document = ingest::normalise(std::move(*decoded), limits);
  if (!document) return document.error();
  const json::object& members = line.get_object();
  document->received_at = *received;
  document->published_from = dated_by(text_of(members, "dated_by"));
  document->published_clamped = is_set(members, "clamped");
  return ExportedRow{ExportedDocument{std::move(*document), is_set(members, "backfilled")}};
}

}  // namespace

bool is_exported(const json::value& line) { return line.is_object() && line.get_object().contains("seq"); }

ingest::Result<ExportedRow> decode_exported(const json::value& line, const ingest::DocumentLimits& limits) {
  const json::object& members = line.get_object();
  if (members.contains("tick")) {
    const auto at = time_at(line, "/tick");
    if (!at) return at.error();
    return ExportedRow{ExportedTick{*at}};
  }
  if (members.contains("reanchored")) {
    const auto to = time_at(line, "/reanchored/to");
    if (!to) return to.error();
    return ExportedRow{ExportedAnchor{*to}};
  }
  if (members.contains("removed")) return decode_removal(line);
  return decode_document(line, limits);
}

}  // namespace tapewatch
