#include "config/toml/load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "config/file.hpp"
#include "config/notation/environment.hpp"
#include "config/notation/hex.hpp"
#include "config/notation/printable.hpp"
#include "config/notation/sha256.hpp"
#include "config/schema/schema.hpp"
#include "config/schema/validate.hpp"
#include "config/toml/same_value.hpp"

namespace tapewatch::config {
namespace {

/// 12 hex digits: enough to tell a thousand versions apart, too few to tell anything about a secret.
std::string digest(const std::string& text) {
  const auto hash = notation::sha256(text);
  return notation::to_hex(std::span(hash).first(6));
}

bool holds_tables(const List& list) {
  return std::any_of(list.begin(), list.end(),
                     [](const Node& item) { return std::holds_alternative<Table>(item.value); });
}

/// `contents`: of the files and variables that values name, by their paths.
struct ValueDigests {
  const std::map<std::string, std::string>& contents;
  std::map<std::string, std::string>& out;

  void add(const Node& node, const std::string& path) const {
    const bool is_read = contents.contains(path);
    const auto* list = std::get_if<List>(&node.value);
    const auto* table = std::get_if<Table>(&node.value);
    if (table && !is_read) {
      for (const Member& member : *table) add(member.node, path.empty() ? member.name : path + "." + member.name);
    } else if (list && holds_tables(*list)) {
      for (std::size_t i = 0; i < list->size(); ++i) add((*list)[i], fmt::format("{}[{}]", path, i + 1));
    } else {
      std::string text = canonical_text(node);
      if (is_read) text += "\n" + contents.at(path);
      for (std::size_t i = 0; list && i < list->size(); ++i) {
        const auto content = contents.find(fmt::format("{}[{}]", path, i + 1));
        if (content != contents.end()) text += "\n" + content->second;
      }
      out[path] = digest(text);
    }
  }
};

/// Certificate authorities count with their content: a bundle that was renewed is a change.
void add_authorities(const Config& config, std::map<std::string, std::string>& contents) {
  constexpr std::size_t kMostBytes = std::size_t{4} << 20;
  const auto add = [&](const std::string& table, std::size_t i, const std::string& path) {
    if (path.empty()) return;
    if (const auto content = read_small_file(path, kMostBytes)) {
      contents[fmt::format("{}[{}].ca_file", table, i + 1)] = *content;
    }
  };
  for (std::size_t i = 0; i < config.ingest.feeds.size(); ++i) add("ingest.feed", i, config.ingest.feeds[i].ca_file);
  for (std::size_t i = 0; i < config.webhooks.size(); ++i) add("alerts.webhook", i, config.webhooks[i].ca_file);
}

void note_places(const Node& node, const std::string& path, std::map<std::string, Position>& places) {
  if (const auto* table = std::get_if<Table>(&node.value)) {
    for (const Member& member : *table) {
      const std::string name = path.empty() ? member.name : path + "." + member.name;
      places.emplace(name, member.at);
      note_places(member.node, name, places);
    }
  } else if (const auto* list = std::get_if<List>(&node.value)) {
    for (std::size_t i = 0; i < list->size(); ++i) {
      const std::string name = fmt::format("{}[{}]", path, i + 1);
      places.emplace(name, (*list)[i].at);
      note_places((*list)[i], name, places);
    }
  }
}

}  // namespace

const Keys<Config>& root_keys() {
  static const Keys<Config> keys = {
      table_key<Config>("daemon", &Config::daemon, daemon_keys),
      table_key<Config>("ingest", &Config::ingest, ingest_keys),
      table_key<Config>("model", &Config::model, model_keys),
      table_key<Config>("storage", &Config::storage, storage_keys),
      table_key<Config>(
          "output", [](Config& config) -> Config& { return config; }, output_keys),
      table_key<Config>(
          "alerts", [](Config& config) -> Config& { return config; }, alerts_keys),
  };
  return keys;
}

std::string to_string(const ConfigError& error) {
  const std::string file = notation::printable(error.file), message = notation::printable(error.message);
  if (error.line == 0) return fmt::format("{}: {}", file, message);
  return fmt::format("{}:{}:{}: {}", file, error.line, error.column, message);
}

ConfigError LoadResult::error_at(std::string path, std::string message) const {
  auto place = places.find(path);
  while (place == places.end() && path.find('.') != std::string::npos) {
    path.resize(path.rfind('.'));
    place = places.find(path);
  }
  if (place == places.end()) return {file, 0, 0, std::move(message)};
  return {file, place->second.line, place->second.column, std::move(message)};
}

LoadResult parse(std::string_view text, const ParseOptions& options) {
  LoadResult result;
  result.file = options.name;
  Node root{{1, 1}, Table{}};
  try {
    root.value = read_toml(text);
  } catch (const SyntaxError& error) {
    result.errors.push_back({options.name, error.at.line, error.at.column, error.message});
    return result;
  }
  Reader reader(options.name, options.folder);
  read_table(reader, std::get<Table>(root.value), "", root_keys(), result.config);
  resolve_paths(result.config, options.folder, options.data_dir);
  join_calendars(reader, root, result.config);
  validate(reader, root, result.config);
  result.config.version = digest(canonical_text(root));
  auto contents = reader.contents();
  add_authorities(result.config, contents);
  ValueDigests{contents, result.config.values}.add(root, "");
  note_places(root, "", result.places);
  result.errors = reader.take_errors();
  result.references = reader.take_references();
  return result;
}

LoadResult load(const std::string& path) {
  const auto text = read_small_file(path);
  if (!text) {
    LoadResult result;
    result.file = path;
    result.errors.push_back({path, 0, 0, fmt::format("cannot be read: {}", text.error().reason)});
    return result;
  }
  const auto folder = std::filesystem::path(path).parent_path();
  LoadResult result = parse(*text, {path, folder.empty() ? "." : folder.string(), ""});
  result.config.path = path;
  return result;
}

std::vector<ConfigError> check_references(std::span<const Reference> references, const KnownIds& known) {
  std::vector<ConfigError> errors;
  for (const Reference& reference : references) {
    const auto [ids, what, where] = [&]() -> std::tuple<const std::vector<std::string>&, const char*, const char*> {
      switch (reference.kind) {
        case Reference::Kind::topic:
          return {known.topics, "topic", "the model"};
        case Reference::Kind::entity:
          return {known.entities, "entity", "the watch list"};
        case Reference::Kind::event:
          return {known.events, "risk event", "the model"};
        case Reference::Kind::tag:
          break;
      }
      return {known.tags, "tag", "the watch list"};
    }();
    if (std::find(ids.begin(), ids.end(), reference.id) != ids.end()) continue;
    if (reference.kind == Reference::Kind::topic && known.former_topics.contains(reference.id)) continue;
    const std::vector<std::string_view> names(ids.begin(), ids.end());
    errors.push_back(
        {reference.file, reference.line, reference.column,
         fmt::format("the {} '{}' is not in {}{}", what, reference.id, where, did_you_mean(reference.id, names))});
  }
  return errors;
}

std::optional<std::string> find_config_file(std::string_view given) {
  if (!given.empty()) return std::string(given);
  if (const auto named = notation::environment("TAPEWATCH_CONFIG").value_or(""); !named.empty()) {
    return std::string(named);
  }
  for (const char* path : {"./tapewatch.toml", "/etc/tapewatch/tapewatch.toml"}) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return std::nullopt;
}

bool same_value(const Config& a, const std::string& path_a, const Config& b, const std::string& path_b) {
  Config copy_a = a, copy_b = b;  // targets of keys may be functions that ask for what can be written
  return same_value(root_keys(), copy_a, path_a, copy_b, path_b);
}

std::vector<KeyDescription> describe_keys() { return describe_table("", root_keys()); }

}  // namespace tapewatch::config
