#include "daemon/reload/config_difference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "config/toml/same_value.hpp"

namespace tapewatch {
namespace {

/// Single keys that a reload takes over. What files hold (tokens, certificate, watch list) is compared by those who
/// read them.
constexpr std::array<std::string_view, 7> kSingleKeys = {
    "daemon.log.level",         "daemon.auth.tokens_file",        "daemon.tls.certificate",
    "daemon.tls.key",           "daemon.max_requests_per_second", "daemon.max_request_burst",
    "ingest.entities.watchlist"};

/// A list of tables that a reload takes over, and what one of them is called.
struct TableKind {
  std::string_view path, what;
  std::string prefix() const { return fmt::format("{}[", path); }
};
constexpr TableKind kFeeds{"ingest.feed", "feed"};
constexpr TableKind kKafka{"ingest.kafka", "Kafka source"};
constexpr TableKind kOutputs{"output.kafka", "output"};
constexpr TableKind kRules{"alerts.rule", "rule"};
constexpr TableKind kCalendars{"alerts.calendar", "calendar"};
constexpr TableKind kWebhooks{"alerts.webhook", "webhook"};
constexpr std::array<TableKind, 8> kReloadedTables = {kFeeds,     kKafka,
                                                      kOutputs,   kRules,
                                                      kCalendars, {"alerts.silence", "silence"},
                                                      kWebhooks,  {"alerts.heartbeat", "heartbeat"}};

/// One key of a table: its path in the file, and the digest of its value.
struct TableValue {
  std::string path, digest;
};
using TableValues = std::map<std::string, TableValue>;
using Tables = std::map<std::string, TableValues>;  // by name

/// Entries of a calendar share its name: the keys of a later one are those of another entry.
template <class Options>
Tables tables_of(const config::Config& config, const TableKind& kind, const std::vector<Options>& options) {
  Tables tables;
  std::map<std::string, std::size_t> entries;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string& name = options[i].name;
    const std::size_t entry = entries[name]++;
    const std::string prefix = fmt::format("{}{}].", kind.prefix(), i + 1);
    TableValues& values = tables[name];
    for (auto value = config.values.lower_bound(prefix);
         value != config.values.end() && value->first.starts_with(prefix); ++value) {
      std::string key = value->first.substr(prefix.size());
      if (entry > 0) key = fmt::format("entry {}: {}", entry + 1, key);
      values.emplace(std::move(key), TableValue{value->first, value->second});
    }
  }
  return tables;
}

/// Two configurations, of which one is in force.
struct Both {
  const config::Config& running;
  const config::Config& loaded;

  /// A key that only one of the files has: whether it says what holds without it.
  bool is_default(const std::string& path_running, const std::string& path_loaded) const {
    return config::same_value(running, path_running, loaded, path_loaded);
  }
};

/// The keys whose values differ. `tables`: what both paths begin with; a path beyond it, such as that of a calendar's
/// second entry, has no counterpart.
std::vector<std::string> changed_keys(const Both& both, const TableValues& running, const TableValues& loaded,
                                      const std::pair<std::string, std::string>& tables) {
  std::set<std::string> keys;
  const auto& [of_running, of_loaded] = tables;
  for (const auto& [key, value] : running) {
    const auto other = loaded.find(key);
    if (other != loaded.end() ? other->second.digest == value.digest
                              : value.path.starts_with(of_running) &&
                                    both.is_default(value.path, of_loaded + value.path.substr(of_running.size()))) {
      continue;
    }
    keys.insert(key);
  }
  for (const auto& [key, value] : loaded) {
    if (running.contains(key) || (value.path.starts_with(of_loaded) &&
                                  both.is_default(of_running + value.path.substr(of_loaded.size()), value.path))) {
      continue;
    }
    keys.insert(key);
  }
  return {keys.begin(), keys.end()};
}

/// "alerts.rule[2]" of its first key.
std::string table_of(const TableKind& kind, const TableValues& values) {
  if (values.empty()) return kind.prefix();
  const std::string& path = values.begin()->second.path;
  return path.substr(0, path.find(']', kind.prefix().size()) + 1);
}

struct Names {
  std::vector<std::string> added, changed, removed;
};

Names compare(const Both& both, const TableKind& kind, const Tables& running, const Tables& loaded,
              std::vector<std::string>& changes) {
  Names names;
  for (const auto& [name, values] : loaded) {
    const auto before = running.find(name);
    if (before == running.end()) {
      names.added.push_back(name);
      changes.push_back(fmt::format("{} {} added", kind.what, name));
      continue;
    }
    const auto keys =
        changed_keys(both, before->second, values, {table_of(kind, before->second), table_of(kind, values)});
    if (keys.empty()) continue;
    names.changed.push_back(name);
    changes.push_back(fmt::format("{} {} changed ({})", kind.what, name, fmt::join(keys, ", ")));
  }
  for (const auto& [name, values] : running) {
    if (loaded.contains(name)) continue;
    names.removed.push_back(name);
    changes.push_back(fmt::format("{} {} removed", kind.what, name));
  }
  return names;
}

/// Says what changed in the tables of a kind.
template <class Options>
Names compare(const Both& both, const TableKind& kind, std::vector<Options> config::Config::*options,
              std::vector<std::string>& changes) {
  return compare(both, kind, tables_of(both.running, kind, both.running.*options),
                 tables_of(both.loaded, kind, both.loaded.*options), changes);
}

/// A silence has no name; its id follows from its content.
void compare_silences(const config::Config& running, const config::Config& loaded, std::vector<std::string>& changes) {
  const auto holds = [](const config::Config& config, const std::string& id) {
    return std::any_of(config.silences.begin(), config.silences.end(), [&](const auto& one) { return one.id == id; });
  };
  for (const auto& silence : loaded.silences) {
    if (!holds(running, silence.id)) changes.push_back(fmt::format("silence {} added", silence.id));
  }
  for (const auto& silence : running.silences) {
    if (!holds(loaded, silence.id)) changes.push_back(fmt::format("silence {} ended", silence.id));
  }
}

/// A heartbeat has the name of its webhook.
void compare_heartbeats(const config::Config& running, const config::Config& loaded,
                        std::vector<std::string>& changes) {
  const auto find = [](const config::Config& config, const std::string& webhook) {
    const auto& all = config.heartbeats;
    return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.webhook == webhook; });
  };
  for (const auto& heartbeat : loaded.heartbeats) {
    const auto before = find(running, heartbeat.webhook);
    if (before != running.heartbeats.end() && *before == heartbeat) continue;
    const bool is_new = before == running.heartbeats.end();
    changes.push_back(fmt::format("heartbeat of {} {}", heartbeat.webhook, is_new ? "added" : "changed"));
  }
  for (const auto& heartbeat : running.heartbeats) {
    if (find(loaded, heartbeat.webhook) != loaded.heartbeats.end()) continue;
    changes.push_back(fmt::format("heartbeat of {} removed", heartbeat.webhook));
  }
}

/// A listener that speaks TLS goes on to do so, and one that does not likewise.
bool is_taken_over(const Both& both, const std::string& path) {
  const bool switches = both.running.daemon.tls.certificate.empty() != both.loaded.daemon.tls.certificate.empty();
  if (switches && path.starts_with("daemon.tls.")) return false;
  return std::find(kSingleKeys.begin(), kSingleKeys.end(), path) != kSingleKeys.end();
}

/// The keys outside of the tables that a reload takes over.
TableValues other_values(const config::Config& config) {
  TableValues values;
  for (const auto& [path, digest] : config.values) {
    const bool in_table =
        std::any_of(kReloadedTables.begin(), kReloadedTables.end(),
                    [&path = path](const TableKind& kind) { return path.starts_with(kind.prefix()); });
    if (!in_table) values.emplace(path, TableValue{path, digest});
  }
  return values;
}

}  // namespace

ConfigDifference difference(const config::Config& running, const config::Config& loaded) {
  const Both both{running, loaded};
  ConfigDifference out;
  for (const auto& path : changed_keys(both, other_values(running), other_values(loaded), {})) {
    if (!is_taken_over(both, path)) {
      out.refused.push_back(path);
    } else if (path == "daemon.log.level") {
      out.changes.push_back(fmt::format("log level {}", loaded.daemon.log.level));
    } else if (path == "daemon.max_requests_per_second") {
      out.changes.push_back(fmt::format("max_requests_per_second {}", loaded.daemon.max_requests_per_second));
    } else if (path == "daemon.max_request_burst") {
      out.changes.push_back(fmt::format("max_request_burst {}", loaded.daemon.max_request_burst));
    }
  }
  const Names feeds = compare(both, kFeeds, tables_of(running, kFeeds, running.ingest.feeds),
                              tables_of(loaded, kFeeds, loaded.ingest.feeds), out.changes);
  out.added_feeds = feeds.added;
  out.changed_feeds = feeds.changed;
  out.removed_feeds = feeds.removed;
  const Names kafka = compare(both, kKafka, tables_of(running, kKafka, running.ingest.kafka),
                              tables_of(loaded, kKafka, loaded.ingest.kafka), out.changes);
  out.added_kafka = kafka.added;
  out.changed_kafka = kafka.changed;
  out.removed_kafka = kafka.removed;
  const Names outputs = compare(both, kOutputs, &config::Config::outputs, out.changes);
  out.added_outputs = outputs.added;
  out.changed_outputs = outputs.changed;
  out.removed_outputs = outputs.removed;
  compare(both, kRules, &config::Config::rules, out.changes);
  compare(both, kCalendars, &config::Config::calendars, out.changes);
  compare_silences(running, loaded, out.changes);
  compare_heartbeats(running, loaded, out.changes);
  const Names webhooks = compare(both, kWebhooks, &config::Config::webhooks, out.changes);
  out.added_webhooks = webhooks.added;
  out.changed_webhooks = webhooks.changed;
  out.removed_webhooks = webhooks.removed;
  return out;
}

std::string watchlist_difference(const std::vector<ingest::WatchedEntity>& running,
                                 const std::vector<ingest::WatchedEntity>& loaded) {
  if (running == loaded) return {};
  std::map<std::string_view, const ingest::WatchedEntity*> before;
  for (const auto& entity : running) before.emplace(entity.id, &entity);
  std::size_t added = 0, changed = 0;
  for (const auto& entity : loaded) {
    const auto known = before.find(entity.id);
    if (known == before.end()) {
      ++added;
      continue;
    }
    if (*known->second != entity) ++changed;
    before.erase(known);
  }
  std::vector<std::string> parts;
  if (added > 0) parts.push_back(fmt::format("{} added", added));
  if (changed > 0) parts.push_back(fmt::format("{} changed", changed));
  if (!before.empty()) parts.push_back(fmt::format("{} removed", before.size()));
  if (parts.empty()) parts.emplace_back("in another order");
  return fmt::format("watch list: {}", fmt::join(parts, ", "));
}

}  // namespace tapewatch
