// Tested by tests/config/toml/load_test.cpp
#include "config/schema/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>

#include "config/notation/environment.hpp"
#include "config/schema/matches.hpp"
#include "config/schema/rule.hpp"
#include "config/tokens.hpp"
#include "config/toml/nearest.hpp"
#include "config/toml/units.hpp"

namespace tapewatch::config {
namespace {

/// The node at `path` below `root`, or nullptr.
const Node* at_path(const Node& root, std::initializer_list<std::string_view> path) {
  const Node* node = &root;
  for (const std::string_view name : path) {
    const auto* table = std::get_if<Table>(&node->value);
    node = table == nullptr ? nullptr : find(*table, name);
    if (node == nullptr) return nullptr;
  }
  return node;
}

/// The tables of `[[a.b]]`, without items that are not tables.
std::vector<const Node*> tables_at(const Node& root, std::initializer_list<std::string_view> path) {
  std::vector<const Node*> tables;
  const Node* node = at_path(root, path);
  if (node == nullptr || !std::holds_alternative<List>(node->value)) return tables;
  for (const Node& item : std::get<List>(node->value)) {
    if (std::holds_alternative<Table>(item.value)) tables.push_back(&item);
  }
  return tables;
}

/// Reports a name that an earlier table of the same kind has. `names` runs parallel to the tables.
void check_unique(Reader& reader, std::string_view what, const std::vector<const Node*>& tables,
                  const std::vector<std::string>& names, std::map<std::string, unsigned>& seen) {
  for (std::size_t i = 0; i < std::min(tables.size(), names.size()); ++i) {
    if (names[i].empty()) continue;
    const Node* name = at_path(*tables[i], {"name"});
    const Position at = name != nullptr ? name->at : tables[i]->at;
    const auto [earlier, is_new] = seen.try_emplace(names[i], at.line);
    if (!is_new) {
      reader.error(at, fmt::format("the {} '{}' is already defined in line {}", what, names[i], earlier->second));
    }
  }
}

template <class Options>
std::vector<std::string> names_of(const std::vector<Options>& options) {
  std::vector<std::string> names;
  names.reserve(options.size());
  for (const auto& option : options) names.push_back(option.name);
  return names;
}

/// One database keeps one position per partition, so a topic may be read by one source only.
void check_topics(Reader& reader, const Node& root, const Config& config) {
  const auto tables = tables_at(root, {"ingest", "kafka"});
  std::map<std::pair<std::string, std::string>, std::string> owner;
  for (std::size_t i = 0; i < std::min(tables.size(), config.ingest.kafka.size()); ++i) {
    const auto& kafka = config.ingest.kafka[i];
    const Node* topics = at_path(*tables[i], {"topics"});
    for (const std::string& topic : kafka.topics) {
      const auto [earlier, is_new] = owner.try_emplace({kafka.brokers, topic}, kafka.name);
      if (!is_new && topics != nullptr) {
        reader.error(topics->at,
                     fmt::format("the topic '{}' of these brokers is already read by '{}'", topic, earlier->second));
      }
    }
  }
}

/// Each path has one source, and what others can reach has a token.
void check_posts(Reader& reader, const Node& root, const Config& config) {
  const auto tables = tables_at(root, {"ingest", "post"});
  const auto& listen = config.daemon.listen;
  const auto far = std::find_if(listen.begin(), listen.end(), [](const std::string& text) {
    const auto address = parse_listen_address(text);
    return address && !address->loopback;
  });
  std::map<std::string, std::string> owner;
  for (std::size_t i = 0; i < std::min(tables.size(), config.ingest.posts.size()); ++i) {
    const auto& post = config.ingest.posts[i];
    const Node* path = at_path(*tables[i], {"path"});
    const auto [earlier, is_new] = owner.try_emplace(post.path, post.name);
    if (!is_new && path != nullptr) {
      reader.error(path->at, fmt::format("the path '{}' is already that of '{}'", post.path, earlier->second));
    }
    const bool any = at_path(*tables[i], {"token"}) != nullptr || at_path(*tables[i], {"token_file"}) != nullptr;
    if (far != listen.end() && !any) {
      reader.error(tables[i]->at,
                   fmt::format("ingest.post[{}]: {} can be reached from other machines: the source needs "
                               "token or token_file",
                               i + 1, *far));
    }
  }
}

/// An output publishes under an id of its own, and nothing that a source of these brokers reads again.
void check_outputs(Reader& reader, const Node& root, const Config& config) {
  const auto tables = tables_at(root, {"output", "kafka"});
  std::map<std::pair<std::string, std::string>, std::string> owner;
  for (std::size_t i = 0; i < std::min(tables.size(), config.outputs.size()); ++i) {
    const auto& output = config.outputs[i];
    const auto [earlier, is_new] = owner.try_emplace({output.brokers, output.id()}, output.name);
    if (!is_new && earlier->second != output.name) {
      const Node* id = at_path(*tables[i], {"transactional_id"});
      reader.error(id != nullptr ? id->at : tables[i]->at,
                   fmt::format("the transactional_id '{}' of these brokers is already that of '{}'", output.id(),
                               earlier->second));
    }
    for (const auto& source : config.ingest.kafka) {
      for (const std::string_view key : {"documents", "alerts"}) {
        const Node* topic = at_path(*tables[i], {key});
        const std::string& name = key == "alerts" ? output.alerts : output.documents;
        if (topic == nullptr || source.brokers != output.brokers ||
            std::find(source.topics.begin(), source.topics.end(), name) == source.topics.end()) {
          continue;
        }
        reader.error(topic->at, fmt::format("the topic '{}' is read by the source '{}': what is published would come "
                                            "back as news",
                                            name, source.name));
      }
    }
  }
}

void check_listeners(Reader& reader, const Node& root, const Config& config) {
  const Node* listen = at_path(root, {"daemon", "listen"});
  if (listen == nullptr || !std::holds_alternative<List>(listen->value)) return;
  const auto& items = std::get<List>(listen->value);
  if (items.empty()) reader.error(listen->at, "daemon.listen: needs at least one address");
  std::set<std::string> seen;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const auto* text = std::get_if<std::string>(&items[i].value);
    const auto address = text == nullptr ? std::nullopt : parse_listen_address(*text);
    if (!address) continue;
    if (address->port != 0 && !seen.insert(*text).second) {
      reader.error(items[i].at, fmt::format("daemon.listen[{}]: {} is listed twice", i + 1, *text));
    }
    if (!address->loopback && config.daemon.auth.tokens_file.empty()) {
      reader.error(items[i].at, fmt::format("daemon.listen[{}]: {} can be reached from other machines and needs "
                                            "daemon.auth.tokens_file; without it only loopback listeners are allowed",
                                            i + 1, *text));
    }
  }
}

/// What names a webhook must name one that there is.
void check_named_webhooks(Reader& reader, const Node& root, const Config& config) {
  std::vector<std::string_view> names;
  names.reserve(config.webhooks.size());
  for (const auto& webhook : config.webhooks) names.push_back(webhook.name);
  const auto check = [&](const Node& table, std::string_view key, const std::string& name) {
    const Node* value = at_path(table, {key});
    if (value == nullptr || name.empty() || std::find(names.begin(), names.end(), name) != names.end()) return true;
    reader.error(value->at, fmt::format("{}: there is no webhook '{}'{}", key, name, did_you_mean(name, names)));
    return false;
  };
  const auto webhooks = tables_at(root, {"alerts", "webhook"});
  for (std::size_t i = 0; i < std::min(webhooks.size(), config.webhooks.size()); ++i) {
    check(*webhooks[i], "fallback", config.webhooks[i].fallback);
  }
  const auto heartbeats = tables_at(root, {"alerts", "heartbeat"});
  std::set<std::string> told;
  for (std::size_t i = 0; i < std::min(heartbeats.size(), config.heartbeats.size()); ++i) {
    const std::string& name = config.heartbeats[i].webhook;
    if (!check(*heartbeats[i], "webhook", name)) continue;
    if (!told.insert(name).second) {
      reader.error(heartbeats[i]->at, fmt::format("the webhook '{}' has two heartbeats; leave one out", name));
    }
    for (const auto& webhook : config.webhooks) {
      if (webhook.name != name || alerts::takes_heartbeats(webhook.format)) continue;
      reader.error(heartbeats[i]->at, fmt::format("the format {} of the webhook '{}' has no words for a heartbeat; "
                                                  "name a webhook of the format tapewatch, slack or teams",
                                                  webhook.format, name));
    }
  }
}

void check_tokens(Reader& reader, const Node& root, const Config& config) {
  if (config.daemon.auth.tokens_file.empty()) return;
  const Node* key = at_path(root, {"daemon", "auth", "tokens_file"});
  const Position at = key != nullptr ? key->at : root.at;
  for (const ConfigError& error : load_tokens(config.daemon.auth.tokens_file).errors) {
    reader.error(at, fmt::format("daemon.auth.tokens_file: {}", to_string(error)));
  }
}

void check_tls(Reader& reader, const Node& root) {
  const Node* tls = at_path(root, {"daemon", "tls"});
  if (tls == nullptr || !std::holds_alternative<Table>(tls->value)) return;
  if (at_path(*tls, {"certificate"}) != nullptr) return;
  reader.error(
      tls->at,
      "daemon.tls: needs certificate, a PEM file; without the table [daemon.tls] the listener speaks plain HTTP");
}

std::string inside(const std::string& folder, const std::string& path) {
  namespace fs = std::filesystem;
  if (path.empty() || fs::path(path).is_absolute()) return path;
  return (fs::path(folder) / path).lexically_normal().string();
}

std::string default_data_dir() {
  // systemd's StateDirectory=; several are separated by colons, the first one is ours.
  if (const auto state = notation::environment("STATE_DIRECTORY").value_or(""); !state.empty()) {
    return std::string(state.substr(0, state.find(':')));
  }
  return "/var/lib/tapewatch";
}

}  // namespace

void validate(Reader& reader, const Node& root, const Config& config) {
  std::map<std::string, unsigned> sources, outputs, rules, webhooks, read;
  check_unique(reader, "source", tables_at(root, {"ingest", "kafka"}), names_of(config.ingest.kafka), sources);
  check_unique(reader, "source", tables_at(root, {"ingest", "feed"}), names_of(config.ingest.feeds), sources);
  check_unique(reader, "source", tables_at(root, {"ingest", "post"}), names_of(config.ingest.posts), sources);
  check_unique(reader, "output", tables_at(root, {"output", "kafka"}), names_of(config.outputs), outputs);
  check_unique(reader, "rule", tables_at(root, {"alerts", "rule"}), names_of(config.rules), rules);
  check_unique(reader, "webhook", tables_at(root, {"alerts", "webhook"}), names_of(config.webhooks), webhooks);
  check_unique(reader, "reading of source", tables_at(root, {"model", "source"}), names_of(config.model.sources), read);
  check_topics(reader, root, config);
  check_posts(reader, root, config);
  check_outputs(reader, root, config);
  check_listeners(reader, root, config);
  check_webhook_matches(reader, tables_at(root, {"alerts", "webhook"}), config);
  check_silence_matches(reader, tables_at(root, {"alerts", "silence"}), config);
  check_named_webhooks(reader, root, config);
  check_tokens(reader, root, config);
  check_tls(reader, root);
}

void join_calendars(Reader& reader, const Node& root, Config& config) {
  const auto tables = tables_at(root, {"alerts", "rule"});
  for (std::size_t i = 0; i < std::min(tables.size(), config.rules.size()); ++i) {
    join_calendars(reader, {*tables[i], fmt::format("alerts.rule[{}]", i + 1)}, config.calendars, config.rules[i]);
  }
}

void resolve_paths(Config& config, const std::string& folder, const std::string& data_dir) {
  auto& daemon = config.daemon;
  if (!data_dir.empty()) {
    daemon.data_dir = data_dir;
  } else {
    daemon.data_dir = daemon.data_dir.empty() ? default_data_dir() : inside(folder, daemon.data_dir);
  }
  daemon.auth.tokens_file = inside(daemon.data_dir, daemon.auth.tokens_file);
  daemon.tls.certificate = inside(daemon.data_dir, daemon.tls.certificate);
  daemon.tls.key = daemon.tls.key.empty() ? daemon.tls.certificate : inside(daemon.data_dir, daemon.tls.key);
  config.storage.path = inside(daemon.data_dir, config.storage.path);
  config.ingest.entities.watchlist = inside(daemon.data_dir, config.ingest.entities.watchlist);
  config.model.rules.file = inside(daemon.data_dir, config.model.rules.file);
  for (auto& feed : config.ingest.feeds) feed.ca_file = inside(daemon.data_dir, feed.ca_file);
  for (auto& webhook : config.webhooks) webhook.ca_file = inside(daemon.data_dir, webhook.ca_file);
  if (config.model.path != "builtin") config.model.path = inside(daemon.data_dir, config.model.path);
  while (daemon.external_url.ends_with('/')) daemon.external_url.pop_back();
}

}  // namespace tapewatch::config
