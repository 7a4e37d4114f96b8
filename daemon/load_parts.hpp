#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "config/tokens.hpp"
#include "config/toml/load.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "model/classifier_options.hpp"
#include "model/package/model_package.hpp"
#include "model/rules.hpp"

namespace tapewatch {

/// The parts that a configuration names but does not contain. A part that cannot be loaded is null.
struct LoadedParts {
  std::shared_ptr<const model::ModelPackage> model;
  std::shared_ptr<const ingest::EntityFinder> finder;
  model::Prior prior;                              // no rules where they cannot be loaded
  std::vector<config::ConfigError> warnings = {};  // about ids, with their places
};

/// The model that is in use, and where it was read.
struct RunningModel {
  std::string path;
  std::shared_ptr<const model::ModelPackage> model;
};

/// Loads the model, its rules and the watch list, and checks the ids in rules, which only they know; former ids of
/// topics become those of today. Errors are added
/// to `loaded.errors` with the place of the key; errors in the watch list with its own line. A
/// model that is `running` is not read again.
LoadedParts load_parts(config::LoadResult& loaded, const RunningModel& running = {});

/// Settings that are allowed but probably not intended, with their place. `now`: wall time.
std::vector<config::ConfigError> config_warnings(const config::LoadResult& loaded, alerts::TimePoint now);

/// The watch list at `path` as a finder; an empty path watches nothing. Throws std::runtime_error naming file and line.
std::shared_ptr<const ingest::EntityFinder> load_watchlist(const std::string& path);

/// The same for a text in memory; `name` stands for the file in messages.
std::shared_ptr<const ingest::EntityFinder> parse_watchlist_text(std::string_view csv, const std::string& name);

/// The tokens that callers may show; nothing where none is needed. Throws std::runtime_error naming file and line.
std::optional<config::TokenTable> load_tokens(const config::DaemonOptions& daemon);

/// The rules that `[model.rules]` names, for this model; none if it names no file or their weight is 0. Throws
/// model::RulesError naming file and line.
model::Prior rules_prior(const model::RulesOptions& options, const model::ModelPackage& model);
/// All that a daemon knows beside the network: the rules, and where neutral begins.
model::Prior load_prior(const model::ClassifierOptions& options, const model::ModelPackage& model);

}  // namespace tapewatch
