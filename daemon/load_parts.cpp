// Tested by tests/e2e/daemon/withstand_test.py
#include "daemon/load_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <new>
#include <sstream>
#include <stdexcept>

#include "alerts/notification/silence_text.hpp"
#include "config/file.hpp"
#include "config/former_topics.hpp"
#include "config/notation/rfc3339.hpp"
#include "config/schema/rule.hpp"
#include "daemon/known_ids.hpp"
#include "ingest/entity/watchlist.hpp"
#include "model/classifier.hpp"
#include "model/engine.hpp"
#include "model/package/model_error.hpp"

namespace tapewatch {

namespace {

constexpr std::size_t kMaxWatchlistBytes = std::size_t{64} << 20;

std::shared_ptr<const ingest::EntityFinder> read_watchlist(config::LoadResult& loaded) {
  const std::string& path = loaded.config.ingest.entities.watchlist;
  if (path.empty()) return std::make_shared<const ingest::EntityFinder>();
  const auto text = config::read_small_file(path, kMaxWatchlistBytes);
  if (!text) {
    loaded.errors.push_back(
        loaded.error_at("ingest.entities.watchlist",
                        fmt::format("ingest.entities.watchlist: cannot read '{}': {}", path, text.error().reason)));
    return nullptr;
  }
  auto entities = ingest::parse_watchlist(*text);
  if (!entities) {
    loaded.errors.push_back({path, static_cast<unsigned>(entities.error().line), 1, entities.error().message});
    return nullptr;
  }
  return std::make_shared<const ingest::EntityFinder>(std::move(*entities));
}

std::optional<model::Engine> read_engine(config::LoadResult& loaded) {
  const auto& options = loaded.config.model;
  if (!model::precision_named(options.precision)) return std::nullopt;  // the schema has refused it
  try {
    return model::engine_named(options.precision, options.kernels);
  } catch (const model::ModelError& error) {  // its message begins with the key
    loaded.errors.push_back(loaded.error_at("model.kernels", fmt::format("model.{}", error.what())));
    return std::nullopt;
  }
}

std::shared_ptr<const model::ModelPackage> read_model(config::LoadResult& loaded) {
  const auto engine = read_engine(loaded);
  if (!engine) return nullptr;
  try {
    return model::load_model(loaded.config.model.path, *engine);
  } catch (const std::bad_alloc&) {
    throw;                                 // not an error of the configuration
  } catch (const std::exception& error) {  // its message begins with the file
    loaded.errors.push_back(loaded.error_at("model.path", fmt::format("model.path: {}", error.what())));
    return nullptr;
  }
}

/// The rules name the model's classes: without the model they cannot be checked.
model::Prior read_prior(config::LoadResult& loaded, const model::ModelPackage* model) {
  try {
    return model ? load_prior(loaded.config.model, *model) : model::Prior{};
  } catch (const model::RulesError& error) {  // its message begins with file and line
    loaded.errors.push_back(loaded.error_at("model.rules.file", fmt::format("model.rules.file: {}", error.what())));
    return {};
  }
}

/// A rule by what the model does not tell would watch nothing, and nobody would notice until an alert was missing.
void fit_rules(config::LoadResult& loaded, const model::ModelPackage& model) {
  const bool tells_events = !model.config().events.empty();
  for (std::size_t i = 0; i < loaded.config.rules.size(); ++i) {
    auto& rule = loaded.config.rules[i];
    const auto add = [&](const char* key, const std::optional<std::string>& problem) {
      if (!problem) return;
      loaded.errors.push_back(loaded.error_at(fmt::format("alerts.rule[{}].{}", i + 1, key), *problem));
    };
    add("group_by", config::topic_problem(rule, !model.topics().empty()));
    add("min_gravity", config::gravity_problem(rule, tells_events));
    if (!tells_events) alerts::without_risk_events(rule);
  }
}

}  // namespace

LoadedParts load_parts(config::LoadResult& loaded, const RunningModel& running) {
  const bool is_toml = !loaded.config.version.empty();
  if (!is_toml) return {};
  LoadedParts parts;
  parts.finder = read_watchlist(loaded);
  const bool is_running = running.model && running.path == loaded.config.model.path;
  parts.model = is_running ? running.model : read_model(loaded);
  parts.prior = read_prior(loaded, parts.model.get());
  // If the watch list or the model cannot be read, every id would be unknown: report only the cause.
  if (parts.finder && parts.model) {
    const auto known = known_ids(*parts.model, *parts.finder);
    for (auto& error : config::check_references(loaded.references, known)) loaded.errors.push_back(std::move(error));
    parts.warnings = config::former_topic_warnings(loaded.references, known.former_topics);
    config::rename_topics(loaded.config, known.former_topics);
  }
  if (parts.model) fit_rules(loaded, *parts.model);
  return parts;
}

std::vector<config::ConfigError> config_warnings(const config::LoadResult& loaded, alerts::TimePoint now) {
  std::vector<config::ConfigError> warnings;
  const auto& webhooks = loaded.config.webhooks;
  for (std::size_t i = 0; i < webhooks.size(); ++i) {
    const std::string table = fmt::format("alerts.webhook[{}]", i + 1);
    if (webhooks[i].format != "tapewatch") continue;  // these receivers check no signature
    if (loaded.places.contains(table + ".secret") || loaded.places.contains(table + ".secret_file")) continue;
    warnings.push_back(
        loaded.error_at(table, fmt::format("warning: the webhook '{}' has no secret: its messages are sent "
                                           "unsigned, and the receiver cannot tell them from forged ones",
                                           webhooks[i].name)));
  }
  const auto& silences = loaded.config.silences;
  for (std::size_t i = 0; i < silences.size(); ++i) {
    if (silences[i].to > now) continue;
    warnings.push_back(loaded.error_at(
        fmt::format("alerts.silence[{}].to", i + 1),
        fmt::format(
            "warning: the silence of {} by {} ended at {} and silences nothing; take it out, or let it end later",
            alerts::match_in_words(silences[i].match), silences[i].by, notation::format_rfc3339(silences[i].to))));
  }
  return warnings;
}

std::shared_ptr<const ingest::EntityFinder> parse_watchlist_text(std::string_view csv, const std::string& name) {
  auto entities = ingest::parse_watchlist(csv);
  if (!entities) {
    throw std::runtime_error(fmt::format("{}:{}: {}", name, entities.error().line, entities.error().message));
  }
  return std::make_shared<const ingest::EntityFinder>(std::move(*entities));
}

std::shared_ptr<const ingest::EntityFinder> load_watchlist(const std::string& path) {
  if (path.empty()) return std::make_shared<const ingest::EntityFinder>();
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": the watch list cannot be read (ingest.entities.watchlist)");
  std::ostringstream text;
  text << file.rdbuf();
  return parse_watchlist_text(text.str(), path);
}

std::optional<config::TokenTable> load_tokens(const config::DaemonOptions& daemon) {
  if (daemon.auth.tokens_file.empty()) return std::nullopt;
  auto loaded = config::load_tokens(daemon.auth.tokens_file);
  if (!loaded.errors.empty()) throw std::runtime_error(config::to_string(loaded.errors.front()));
  return std::move(loaded.tokens);
}

model::Prior load_prior(const model::ClassifierOptions& options, const model::ModelPackage& model) {
  model::Prior prior = rules_prior(options.rules, model);
  prior.neutral_bias = static_cast<float>(options.neutral_bias);
  for (const auto& source : options.sources) {
    prior.neutral_of_sources.emplace_back(source.name, static_cast<float>(source.neutral_bias));
  }
  std::ranges::sort(prior.neutral_of_sources);
  return prior;
}

model::Prior rules_prior(const model::RulesOptions& options, const model::ModelPackage& model) {
  if (options.file.empty() || options.mixing_weight == 0) return {};
  return {.rules = model::load_rules(options.file, model.config()),
          .mixing_weight = static_cast<float>(options.mixing_weight)};
}

}  // namespace tapewatch
