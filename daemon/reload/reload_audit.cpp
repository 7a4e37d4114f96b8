// Tested by tests/daemon/reload/reloader_test.cpp
#include "daemon/reload/reload_audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "config/notation/json_writer.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kMostListed = 100;

std::string_view outcome_name(ReloadResult::Outcome outcome) {
  switch (outcome) {
    case ReloadResult::Outcome::changed:
      return "changed";
    case ReloadResult::Outcome::unchanged:
      return "unchanged";
    case ReloadResult::Outcome::refused:
      return "refused";
    case ReloadResult::Outcome::failed:
    case ReloadResult::Outcome::stopping:
      break;
  }
  return "failed";
}

void write_list(notation::JsonWriter& json, std::string_view name, const std::vector<std::string>& texts) {
  json.key(name).begin_array();
  for (std::size_t i = 0; i < std::min(texts.size(), kMostListed); ++i) json.value(texts[i]);
  json.end_array();
}

}  // namespace

std::string caller_in_words(const ReloadCaller& caller) {
  if (caller.role == kSignalRole) return "SIGHUP";
  return caller.token.empty() ? "POST /v1/reload" : "token " + caller.token;
}

std::string error_place(const config::ConfigError& error) {
  return error.line == 0 ? error.file : fmt::format("{}:{}:{}", error.file, error.line, error.column);
}

storage::AuditEntry reload_entry(const ReloadResult& result, const ReloadCaller& caller, storage::TimePoint now) {
  storage::AuditEntry entry;
  entry.at = now;
  entry.who = caller.token;
  entry.role = caller.role;
  entry.action = "configuration.reload";
  entry.target = result.version;
  notation::JsonWriter json;
  json.begin_object().field("result", outcome_name(result.outcome));
  if (result.outcome == ReloadResult::Outcome::changed) {
    json.field("previous_version", result.previous);
    write_list(json, "changes", result.changes);
  } else if (result.outcome == ReloadResult::Outcome::refused) {
    std::vector<std::string> places;  // what stands there may be anything
    places.reserve(result.errors.size());
    for (const auto& error : result.errors) places.push_back(error_place(error));
    json.field("errors", places.size());
    write_list(json, "places", places);
    write_list(json, "keys", result.fixed_keys);
  } else if (result.outcome == ReloadResult::Outcome::failed) {
    json.field("failure", result.failure);
  }
  entry.detail_json = json.end_object().take();
  return entry;
}

}  // namespace tapewatch
