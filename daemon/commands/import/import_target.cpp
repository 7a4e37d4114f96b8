// Tested by tests/daemon/commands/import/import_database_test.cpp
#include "daemon/commands/import/import_target.hpp"

#include <boost/json.hpp>

#include "config/notation/json_writer.hpp"

namespace tapewatch {

void ImportCounts::count(std::string_view status) {
  if (status == "stored" || status == "inserted") ++stored;
  if (status == "revised") ++revised;
  if (status == "repeated") ++repeated;
  if (status == "removed") ++removed;
  if (status == "held") ++held;
  if (status == "blocked") ++blocked;
  if (status == "rejected") ++rejected;
}

void ImportCounts::add(const ImportCounts& more) {
  stored += more.stored;
  revised += more.revised;
  repeated += more.repeated;
  removed += more.removed;
  held += more.held;
  blocked += more.blocked;
  rejected += more.rejected;
}

std::string position_json(const ImportPosition& position) {
  notation::JsonWriter json;
  json.begin_object().field("lines", position.lines).field("digest", position.digest);
  return json.end_object().take();
}

std::optional<ImportPosition> read_position(std::string_view text) {
  boost::system::error_code error;
  const auto value = boost::json::parse({text.data(), text.size()}, error);
  const auto* const object = error ? nullptr : value.if_object();
  const auto* const lines = object ? object->if_contains("lines") : nullptr;
  const auto* const digest = object ? object->if_contains("digest") : nullptr;
  if (!lines || !lines->is_int64() || !digest || !digest->is_string()) return std::nullopt;
  return ImportPosition{static_cast<std::uint64_t>(lines->get_int64()), std::string(digest->get_string())};
}

std::string reason_of(const ingest::Rejection& rejection) {
  return rejection.pointer.empty() ? rejection.reason : rejection.pointer + ": " + rejection.reason;
}

}  // namespace tapewatch
