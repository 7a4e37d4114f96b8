#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "ingest/record/record_options.hpp"

namespace tapewatch {

/// How `map` and `import` are told to read records: over the shape of a configured source.
struct RecordArguments {
  std::string source;                     // a source's name
  std::string preset, format, time_zone;  // over the configuration's, as are the rest
  std::vector<std::string> fields;        // NAME=PLACE; the same name again adds a place
  std::vector<std::string> items;         // places
  std::vector<std::string> decode;        // POINTER=STEPS
};

/// "NAME=VALUE" in two; throws std::runtime_error naming the option.
std::pair<std::string, std::string> split_pair(const std::string& text, const char* option);

/// The sources of a configuration that read records: Kafka's, then those that receive by HTTP.
std::vector<ingest::RecordSource> record_sources(const config::Config& config);

/// Puts the arguments over `source`. Throws std::runtime_error for one that cannot be read.
void apply_arguments(const RecordArguments& arguments, ingest::RecordSource& source);

}  // namespace tapewatch
