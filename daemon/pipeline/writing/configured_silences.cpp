// Tested by tests/daemon/api/silence_api_test.cpp
#include "daemon/pipeline/writing/configured_silences.hpp"

#include <fmt/format.h>

#include "alerts/notification/silence_text.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "config/notation/rfc3339.hpp"
#include "storage/alert/audit.hpp"
#include "storage/connection/transaction.hpp"

namespace tapewatch {

storage::SilenceRow to_silence_row(const alerts::Silence& silence) {
  storage::SilenceRow row;
  row.id = silence.id;
  row.match = silence.match;
  row.from = silence.from;
  row.to = silence.to;
  row.by = silence.by;
  row.comment = silence.comment;
  return row;
}

std::string silence_in_words(const storage::SilenceRow& row) {
  return fmt::format("silence {} ({}) from {} to {}, by {}{}", row.id, alerts::match_in_words(row.match),
                     notation::format_rfc3339(row.from), notation::format_rfc3339(row.to), row.by,
                     row.comment.empty() ? "" : fmt::format(" (\"{}\")", row.comment));
}

std::string silence_detail(const storage::SilenceRow& row) {
  notation::JsonWriter json;
  json.begin_object().key("match").begin_object();
  for (const auto& [name, values] : row.match) {
    json.key(name).begin_array();
    for (const std::string& value : values) json.value(value);
    json.end_array();
  }
  json.end_object().field("from", row.from).field("to", row.to).field("by", row.by).field("comment", row.comment);
  return json.end_object().take();
}

void apply_silences(storage::Connection& connection, std::span<const alerts::Silence> configured,
                    storage::TimePoint now, spdlog::logger& log) {
  std::vector<storage::SilenceRow> rows;
  rows.reserve(configured.size());
  for (const auto& silence : configured) rows.push_back(to_silence_row(silence));
  storage::Audit audit(connection);
  const auto tell = [&](const storage::SilenceRow& row, const char* action, const char* what) {
    audit.append({0, now, "", "configuration", action, row.id, silence_detail(row)});
    log.info("{} {} the configuration", notation::printable(silence_in_words(row)), what);
  };
  const auto changed = storage::Silences(connection).configure(rows, now);
  for (const auto& row : changed.ended) tell(row, "silence.end", "ends: it is no longer in");
  for (const auto& row : changed.added) tell(row, "silence.add", "is made by");
}

void put_silences_in_force(storage::Connection& connection, std::span<const alerts::Silence> configured,
                           storage::TimePoint now, spdlog::logger& log) {
  storage::Transaction transaction(connection);
  apply_silences(connection, configured, now, log);
  transaction.commit();
}

}  // namespace tapewatch
