#include "daemon/reload/config_difference.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>

namespace tapewatch {
namespace {

using Values = std::map<std::string, std::string>;

/// Single keys that a reload takes over. The path of the watch list is told by what is in it.
constexpr std::array<std::string_view, 3> kSingleKeys = {"daemon.log.level", "daemon.auth.tokens_file",
                                                         "ingest.entities.watchlist"};

/// Tables that a reload takes over: `[[alerts.rule]]` and so on.
constexpr std::array<std::string_view, 5> kReloadedTables = {"rule", "calendar", "silence", "webhook", "heartbeat"};

/// `[[alerts.<kind>]]` tables of one file: the values of each name's keys.
struct Tables {
  std::map<std::string, Values> by_name;
};

std::string table_prefix(std::string_view kind) { return fmt::format("alerts.{}[", kind); }

/// Entries of a calendar share its name: the keys of a later one are those of another entry.
template <class Options>
Tables tables_of(const config::Config& config, std::string_view kind, const std::vector<Options>& options) {
  Tables tables;
  std::map<std::string, std::size_t> entries;
  for (std::size_t i = 0; i < options.size(); ++i) {
    const std::string& name = options[i].name;
    const std::size_t entry = entries[name]++;
    const std::string prefix = fmt::format("{}{}].", table_prefix(kind), i + 1);
    Values& values = tables.by_name[name];
    for (auto value = config.values.lower_bound(prefix);
         value != config.values.end() && value->first.starts_with(prefix); ++value) {
      std::string key = value->first.substr(prefix.size());
      if (entry > 0) key = fmt::format("entry {}: {}", entry + 1, key);
      values.emplace(std::move(key), value->second);
    }
  }
  return tables;
}

std::vector<std::string> changed_keys(const Values& running, const Values& loaded) {
  std::set<std::string> keys;
  for (const auto& [key, value] : running) {
    const auto other = loaded.find(key);
    if (other == loaded.end() || other->second != value) keys.insert(key);
  }
  for (const auto& [key, value] : loaded) {
    if (!running.contains(key)) keys.insert(key);
  }
  return {keys.begin(), keys.end()};
}

struct Names {
  std::vector<std::string> added, changed, removed;
};

/// Says what changed in the tables of a kind.
Names compare(std::string_view kind, const Tables& running, const Tables& loaded, std::vector<std::string>& changes) {
  Names names;
  for (const auto& [name, values] : loaded.by_name) {
    const auto before = running.by_name.find(name);
    if (before == running.by_name.end()) {
      names.added.push_back(name);
      changes.push_back(fmt::format("{} {} added", kind, name));
    } else if (const auto keys = changed_keys(before->second, values); !keys.empty()) {
      names.changed.push_back(name);
      changes.push_back(fmt::format("{} {} changed ({})", kind, name, fmt::join(keys, ", ")));
    }
  }
  for (const auto& [name, values] : running.by_name) {
    if (loaded.by_name.contains(name)) continue;
    names.removed.push_back(name);
    changes.push_back(fmt::format("{} {} removed", kind, name));
  }
  return names;
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

bool is_single(const std::string& path) {
  return std::find(kSingleKeys.begin(), kSingleKeys.end(), path) != kSingleKeys.end();
}

/// The keys outside of the tables that a reload takes over.
Values other_values(const config::Config& config) {
  Values values;
  for (const auto& value : config.values) {
    const bool in_table = std::any_of(kReloadedTables.begin(), kReloadedTables.end(), [&](std::string_view kind) {
      return value.first.starts_with(table_prefix(kind));
    });
    if (!in_table) values.insert(value);
  }
  return values;
}

}  // namespace

ConfigDifference difference(const config::Config& running, const config::Config& loaded) {
  ConfigDifference out;
  for (const auto& path : changed_keys(other_values(running), other_values(loaded))) {
    if (!is_single(path)) {
      out.refused.push_back(path);
    } else if (path == "daemon.log.level") {
      out.changes.push_back(fmt::format("log level {}", loaded.daemon.log.level));
    }
  }
  compare("rule", tables_of(running, "rule", running.rules), tables_of(loaded, "rule", loaded.rules), out.changes);
  compare("calendar", tables_of(running, "calendar", running.calendars),
          tables_of(loaded, "calendar", loaded.calendars), out.changes);
  compare_silences(running, loaded, out.changes);
  compare_heartbeats(running, loaded, out.changes);
  const Names webhooks = compare("webhook", tables_of(running, "webhook", running.webhooks),
                                 tables_of(loaded, "webhook", loaded.webhooks), out.changes);
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
