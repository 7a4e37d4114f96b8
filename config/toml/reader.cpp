// Tested by tests/config/toml/load_test.cpp
#include "config/toml/reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <utility>

#include "config/file.hpp"
#include "config/notation/ascii.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/environment.hpp"
#include "config/toml/units.hpp"

namespace tapewatch::config {

Reader::Reader(std::string file, std::string folder, Indirect indirect)
    : file_(std::move(file)), folder_(std::move(folder)), indirect_(indirect) {}

std::optional<Text> Reader::text(const Place& place) {
  if (const auto* text = std::get_if<std::string>(&place.node.value)) return Text{*text, true};
  const auto* table = std::get_if<Table>(&place.node.value);
  if (table != nullptr && indirect_ == Indirect::allowed) return indirect_text(place, *table);
  wrong_type(place, "text");
  return std::nullopt;
}

std::optional<Text> Reader::scalar(const Place& place) {
  if (const auto* number = std::get_if<std::int64_t>(&place.node.value)) return Text{fmt::format("{}", *number), true};
  if (const auto* yes = std::get_if<bool>(&place.node.value)) return Text{*yes ? "true" : "false", true};
  return text(place);
}

std::optional<Text> Reader::indirect_text(const Place& place, const Table& table) {
  const Node* file = find(table, "file");
  const Node* env = find(table, "env");
  const Node* source = file != nullptr ? file : env;
  const auto* name = source == nullptr ? nullptr : std::get_if<std::string>(&source->value);
  if (table.size() != 1 || name == nullptr) {
    error(place, "expected text, { file = \"…\" } or { env = \"…\" }");
    return std::nullopt;
  }
  if (file != nullptr) {
    auto content = secret_file(place, *name);
    if (!content) return std::nullopt;
    return Text{std::move(*content), false};
  }
  const auto value = notation::environment(name->c_str());
  if (!value) {
    error(place, fmt::format("the environment variable '{}' is not set", *name));
    return std::nullopt;
  }
  note_content(place, std::string(*value));
  return Text{std::string(*value), false};
}

std::optional<std::string> Reader::secret_file(const Place& place, const std::string& name) {
  const std::string path = resolve_secret_path(name);
  auto content = read_small_file(path);
  if (!content) {
    error(place, fmt::format("cannot read '{}': {}", path, content.error().reason));
    return std::nullopt;
  }
  content->erase(content->find_last_not_of(notation::kWhiteSpace) + 1);
  if (content->empty()) {
    error(place, fmt::format("'{}' is empty", path));
    return std::nullopt;
  }
  note_content(place, *content);
  return std::move(*content);
}

std::string Reader::resolve_secret_path(const std::string& name) const {
  namespace fs = std::filesystem;
  if (fs::path(name).is_absolute()) return name;
  if (const auto credentials = notation::environment("CREDENTIALS_DIRECTORY").value_or(""); !credentials.empty()) {
    const fs::path path = fs::path(credentials) / name;
    std::error_code ignored;
    if (fs::exists(path, ignored)) return path.string();
  }
  return (fs::path(folder_) / name).lexically_normal().string();
}

std::optional<std::int64_t> Reader::whole(const Place& place, std::int64_t least, std::int64_t most) {
  const auto* number = std::get_if<std::int64_t>(&place.node.value);
  if (number == nullptr) {
    wrong_type(place, "a whole number");
    return std::nullopt;
  }
  if (*number < least || *number > most) {
    error(place, fmt::format("{} is outside {} to {}", *number, least, most));
    return std::nullopt;
  }
  return *number;
}

std::optional<double> Reader::number(const Place& place, double least, double most) {
  double number = 0;
  if (const auto* real = std::get_if<double>(&place.node.value)) {
    number = *real;
  } else if (const auto* whole = std::get_if<std::int64_t>(&place.node.value)) {
    number = static_cast<double>(*whole);
  } else {
    wrong_type(place, "a number");
    return std::nullopt;
  }
  if (!(number >= least && number <= most)) {
    error(place, fmt::format("{} is outside {} to {}", number, least, most));
    return std::nullopt;
  }
  return number;
}

std::optional<std::chrono::milliseconds> Reader::duration(const Place& place, std::chrono::milliseconds least,
                                                          std::chrono::milliseconds most) {
  const auto* text = std::get_if<std::string>(&place.node.value);
  if (text == nullptr) {
    wrong_type(place, "a duration such as \"30s\"");
    return std::nullopt;
  }
  const auto duration = notation::parse_duration(*text);
  if (!duration) {
    error(place, fmt::format("'{}' is not a duration; write one number and one unit: 500ms 30s 5m 2h 7d 5y", *text));
    return std::nullopt;
  }
  if (*duration < least || *duration > most) {
    error(place, fmt::format("{} is outside {} to {}", *text, notation::format_duration(least),
                             notation::format_duration(most)));
    return std::nullopt;
  }
  return duration;
}

std::optional<std::uint64_t> Reader::size(const Place& place, std::uint64_t least, std::uint64_t most) {
  std::optional<std::uint64_t> bytes;
  if (const auto* whole = std::get_if<std::int64_t>(&place.node.value); whole != nullptr && *whole >= 0) {
    bytes = static_cast<std::uint64_t>(*whole);
  } else if (const auto* text = std::get_if<std::string>(&place.node.value)) {
    bytes = parse_size(*text);
    if (!bytes) {
      error(place, fmt::format("'{}' is not a size; write it as 64KiB, 2GiB, 10MB or a number of bytes", *text));
      return std::nullopt;
    }
  } else {
    wrong_type(place, "a size such as \"2GiB\"");
    return std::nullopt;
  }
  if (*bytes < least || *bytes > most) {
    error(place, fmt::format("{} bytes is outside {} to {}", *bytes, least, most));
    return std::nullopt;
  }
  return bytes;
}

const List* Reader::list(const Place& place) {
  const auto* list = std::get_if<List>(&place.node.value);
  if (list == nullptr) wrong_type(place, "a list");
  return list;
}

const Table* Reader::table(const Place& place) {
  const auto* table = std::get_if<Table>(&place.node.value);
  if (table == nullptr) wrong_type(place, "a table");
  return table;
}

void Reader::error(const Position& at, std::string message) {
  errors_.push_back({file_, at.line, at.column, std::move(message)});
}

void Reader::error(const Place& place, std::string_view message) {
  error(place.node.at, fmt::format("{}: {}", place.path, message));
}

void Reader::not_built(const Position& at, std::string message) {
  not_built_.push_back({file_, at.line, at.column, std::move(message)});
}

void Reader::wrong_type(const Place& place, std::string_view expected) {
  error(place, fmt::format("expected {}, found {}", expected, place.node.type_name()));
}

void Reader::refer(Reference::Kind kind, std::string id, const Position& at) {
  references_.push_back({kind, std::move(id), file_, at.line, at.column});
}

std::vector<ConfigError> Reader::take_not_built() { return std::exchange(not_built_, {}); }

std::vector<ConfigError> Reader::take_errors() {
  for (ConfigError& error : take_not_built()) errors_.push_back(std::move(error));
  std::stable_sort(errors_.begin(), errors_.end(), [](const ConfigError& a, const ConfigError& b) {
    return std::pair(a.line, a.column) < std::pair(b.line, b.column);
  });
  return std::move(errors_);
}

}  // namespace tapewatch::config
