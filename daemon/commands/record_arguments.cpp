// Tested by tests/daemon/commands/map_command_test.cpp
#include "daemon/commands/record_arguments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

namespace tapewatch {
namespace {

void add_field(ingest::RecordShape& shape, const std::string& name, std::string place, std::vector<std::string>& seen) {
  const auto* const member =
      std::find_if(std::begin(ingest::kRecordFieldMembers), std::end(ingest::kRecordFieldMembers),
                   [&](const auto& one) { return name == one.name; });
  if (member == std::end(ingest::kRecordFieldMembers)) {
    throw std::runtime_error(fmt::format("there is no field '{}'", name));
  }
  auto& places = shape.fields.*(member->member);
  // The first one replaces what the configuration says, more are added to it.
  if (std::find(seen.begin(), seen.end(), name) == seen.end()) places.emplace();
  seen.push_back(name);
  if (!place.empty()) places->push_back(std::move(place));
}

}  // namespace

std::pair<std::string, std::string> split_pair(const std::string& text, const char* option) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) throw std::runtime_error(fmt::format("{} needs NAME=VALUE, not '{}'", option, text));
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::vector<ingest::RecordSource> record_sources(const config::Config& config) {
  std::vector<ingest::RecordSource> sources(config.ingest.kafka.begin(), config.ingest.kafka.end());
  sources.insert(sources.end(), config.ingest.posts.begin(), config.ingest.posts.end());
  return sources;
}

void apply_arguments(const RecordArguments& arguments, ingest::RecordSource& source) {
  if (!arguments.preset.empty()) source.preset = arguments.preset;
  for (const auto& [name, format] : ingest::kRecordFormats) {
    if (arguments.format == name) source.format = format;
  }
  if (!arguments.items.empty()) source.items = arguments.items;
  if (!arguments.time_zone.empty()) source.time_zone = arguments.time_zone;
  std::vector<std::string> seen;
  for (const std::string& field : arguments.fields) {
    auto [name, place] = split_pair(field, "--fields");
    add_field(source, name, std::move(place), seen);
  }
  for (const std::string& decode : arguments.decode) source.decode.insert(split_pair(decode, "--decode"));
}

}  // namespace tapewatch
