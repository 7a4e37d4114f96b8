#pragma once
#include "config/config.hpp"
#include "config/toml/reader.hpp"

namespace tapewatch::config {

/// Checks that span several keys: names given twice, two sources on one partition, listeners without tokens. `root` is
/// the file's tree, for the places of what is reported.
void validate(Reader& reader, const Node& root, const Config& config);

/// Gives each rule the entries of the calendars that it names; see join_calendars().
void join_calendars(Reader& reader, const Node& root, Config& config);

/// Makes every path of `config` usable from the working directory; see load().
void resolve_paths(Config& config, const std::string& folder, const std::string& data_dir);

}  // namespace tapewatch::config
