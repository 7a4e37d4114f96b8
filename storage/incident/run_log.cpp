#include "storage/incident/run_log.hpp"

#include "config/notation/json_writer.hpp"

namespace tapewatch::storage {
namespace {

constexpr const char* kLastRun = "(SELECT max(number) FROM run)";

std::string rules_json(const std::map<std::string, std::string>& rules) {
  notation::JsonWriter json;
  json.begin_object();
  for (const auto& [name, fingerprint] : rules) json.field(name, fingerprint);
  return json.end_object().take();
}

}  // namespace

std::optional<Run> RunLog::last() const {
  auto read =
      connection_.prepare(std::string("SELECT started_at, alive_at, model FROM run WHERE number = ") + kLastRun);
  if (!read.step()) return std::nullopt;
  Run run{read.time(0), read.time(1), read.text(2), {}};
  auto rules = connection_.prepare(
      std::string("SELECT j.key, j.value FROM run, json_each(run.rules) j WHERE number = ") + kLastRun);
  while (rules.step()) run.rules.emplace(rules.text(0), rules.text(1));
  return run;
}

void RunLog::begin(const Run& run) {
  const std::string rules = rules_json(run.rules);
  connection_
      .prepare(std::string("INSERT INTO run (down_since, started_at, alive_at, model, rules) VALUES ((SELECT alive_at "
                           "FROM run WHERE number = ") +
               kLastRun + "), ?1, ?1, ?2, ?3)")
      .bind_all(run.started_at, run.model, rules)
      .run();
}

void RunLog::alive(TimePoint at) {
  connection_.prepare(std::string("UPDATE run SET alive_at = ? WHERE number = ") + kLastRun).bind(1, at).run();
}

void RunLog::set_rules(const std::map<std::string, std::string>& rules) {
  const std::string json = rules_json(rules);
  connection_.prepare(std::string("UPDATE run SET rules = ? WHERE number = ") + kLastRun).bind(1, json).run();
}

}  // namespace tapewatch::storage
