#include "daemon/commands/check.hpp"

#include <fmt/format.h>

#include <iostream>
#include <set>

#include "config/file.hpp"
#include "config/load.hpp"
#include "ingest/watchlist.hpp"
#include "model/classifier.hpp"

namespace tapewatch {
namespace {

using config::ConfigError;

constexpr std::size_t kMaxWatchlistBytes = std::size_t{64} << 20;

/// Ids of the watch list; what is wrong with it goes to `errors` with its own file and line.
void read_watchlist(const std::string& path, config::KnownIds& known, std::vector<ConfigError>& errors) {
  if (path.empty()) return;
  const auto text = config::read_small_file(path, kMaxWatchlistBytes);
  if (!text) {
    errors.push_back({path, 0, 0, fmt::format("the watch list cannot be read: {}", text.error().reason)});
    return;
  }
  const auto entities = ingest::parse_watchlist(*text);
  if (!entities) {
    errors.push_back({path, static_cast<unsigned>(entities.error().line), 1, entities.error().message});
    return;
  }
  std::set<std::string> tags;
  for (const auto& entity : *entities) {
    known.entities.push_back(entity.id);
    tags.insert(entity.tags.begin(), entity.tags.end());
  }
  known.tags.assign(tags.begin(), tags.end());
}

std::string read_model(const std::string& path, config::KnownIds& known, std::vector<ConfigError>& errors) {
  try {
    const auto model = model::load_model(path);
    for (const auto& topic : model->topics()) known.topics.push_back(topic.id);
    return std::string(model->version());
  } catch (const std::exception& error) {
    errors.push_back({path, 0, 0, error.what()});
    return {};
  }
}

}  // namespace

int run_check(const CheckOptions& options, std::ostream& out, std::ostream& err) {
  const auto path = config::find_config_file(options.config);
  if (!path) {
    err << "check: no configuration: give --config FILE or $TAPEWATCH_CONFIG, or write ./tapewatch.toml or "
           "/etc/tapewatch/tapewatch.toml\n";
    return 2;
  }
  auto loaded = config::load(*path);
  auto& errors = loaded.errors;
  const bool is_toml = loaded.config.version.size() > 0;
  if (is_toml) {
    config::KnownIds known;
    const std::size_t before = errors.size();
    read_watchlist(loaded.config.ingest.entities.watchlist, known, errors);
    const std::string model = read_model(loaded.config.model.path, known, errors);
    // With a watch list or a model that cannot be read, every id would be unknown: say the cause alone.
    if (errors.size() == before) {
      for (auto& error : config::check_references(loaded.references, known)) errors.push_back(std::move(error));
    }
    if (errors.empty()) {
      const auto& config = loaded.config;
      out << fmt::format(
          "{}: fine. configuration {}, model {}, {} Kafka source(s), {} feed(s), {} watched entities, "
          "{} rule(s), {} webhook(s), database {}\n",
          *path, config.version, model, config.ingest.kafka.size(), config.ingest.feeds.size(), known.entities.size(),
          config.rules.size(), config.webhooks.size(), config.storage.path);
      return 0;
    }
  }
  for (const auto& error : errors) err << config::to_string(error) << "\n";
  return 2;
}

int run_check(const CheckOptions& options) { return run_check(options, std::cout, std::cerr); }

}  // namespace tapewatch
