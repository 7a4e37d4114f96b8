#include "daemon/check_configuration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <ostream>
#include <stdexcept>
#include <tuple>

#include "daemon/client/certificate_check.hpp"
#include "daemon/client/http_target.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/preconditions.hpp"
#include "ingest/kafka/kafka_check.hpp"
#include "ingest/post/post_decoder.hpp"

namespace tapewatch {
namespace {

/// `path` is the key's; `message` begins with it, as in the configuration's own checks.
void add(config::LoadResult& loaded, const std::string& path, const std::string& message) {
  loaded.errors.push_back(loaded.error_at(path, fmt::format("{}: {}", path, message)));
}

constexpr const char* kSourceTables = "ingest.kafka";
constexpr const char* kOutputTables = "output.kafka";

/// Where the key of a source or output stands. A property that is not in the configuration itself comes from the
/// properties file.
std::string place_of(const config::LoadResult& loaded, const std::string& list, std::size_t i, const std::string& key) {
  const std::string table = fmt::format("{}[{}].", list, i + 1);
  const bool from_file = key.starts_with("properties") && !loaded.places.contains(table + key) &&
                         loaded.places.contains(table + "properties_file");
  return table + (from_file ? "properties_file" : key);
}

void check_kafka_sources(config::LoadResult& loaded) {
  const auto& sources = loaded.config.ingest.kafka;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    for (const auto& [key, message] : ingest::check_kafka(sources[i])) {
      loaded.errors.push_back(loaded.error_at(place_of(loaded, kSourceTables, i, key), message));
    }
  }
}

void check_kafka_outputs(config::LoadResult& loaded) {
  const auto& outputs = loaded.config.outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    for (const auto& [key, message] : ingest::check_kafka_output(outputs[i])) {
      loaded.errors.push_back(loaded.error_at(place_of(loaded, kOutputTables, i, key), message));
    }
  }
}

void check_post_sources(config::LoadResult& loaded) {
  const auto& posts = loaded.config.ingest.posts;
  for (std::size_t i = 0; i < posts.size(); ++i) {
    try {
      const ingest::PostDecoder decoder(posts[i], loaded.config.ingest.limits);
    } catch (const std::invalid_argument& error) {
      const std::string table = fmt::format("ingest.post[{}]", i + 1);
      const config::ConfigError found = loaded.error_at(table, error.what());
      if (loaded.ok()) loaded.errors.push_back(found);  // else it is probably among them
    }
  }
}

void add_kafka_warnings(const config::LoadResult& loaded, std::vector<config::ConfigError>& warnings) {
  const auto& sources = loaded.config.ingest.kafka;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto warning = ingest::kafka_warning(sources[i]);
    if (!warning) continue;
    warnings.push_back(
        loaded.error_at(place_of(loaded, kSourceTables, i, warning->key), "warning: " + warning->message));
  }
  const auto& outputs = loaded.config.outputs;
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const auto warning = ingest::kafka_warning(ingest::client_options(outputs[i]));
    if (!warning) continue;
    warnings.push_back(
        loaded.error_at(place_of(loaded, kOutputTables, i, warning->key), "warning: " + warning->message));
  }
}

/// Addresses already refused by the configuration are not checked again.
void check_address(config::LoadResult& loaded, const std::string& path, const std::string& url) {
  if (url.empty()) return;
  const auto target = parse_http_target(url);
  if (target) return;
  const config::ConfigError error = loaded.error_at(path, fmt::format("{}: {}", path, target.error().message));
  const bool told = std::any_of(loaded.errors.begin(), loaded.errors.end(),
                                [&](const auto& earlier) { return earlier.line == error.line; });
  if (!told) loaded.errors.push_back(error);
}

void check_addresses(config::LoadResult& loaded) {
  check_address(loaded, "daemon.external_url", loaded.config.daemon.external_url);
  const auto& feeds = loaded.config.ingest.feeds;
  for (std::size_t i = 0; i < feeds.size(); ++i) {
    check_address(loaded, fmt::format("ingest.feed[{}].url", i + 1), feeds[i].url);
  }
  const auto& webhooks = loaded.config.webhooks;
  for (std::size_t i = 0; i < webhooks.size(); ++i) {
    const std::string url = fmt::format("alerts.webhook[{}].url", i + 1);
    check_address(loaded, loaded.places.contains(url) ? url : url + "_file", webhooks[i].url);
  }
}

void check_authorities(config::LoadResult& loaded) {
  const auto check = [&](const auto& all, std::string_view what) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].ca_file.empty()) continue;
      try {
        const TrustedAuthorities authorities(all[i].ca_file);
      } catch (const std::runtime_error& error) {
        add(loaded, fmt::format("{}[{}].ca_file", what, i + 1), error.what());
      }
    }
  };
  check(loaded.config.ingest.feeds, "ingest.feed");
  check(loaded.config.webhooks, "alerts.webhook");
}

/// An error or a warning of the listener's certificate, at its key.
config::ConfigError certificate_error(const config::LoadResult& loaded, const CertificateProblem& problem,
                                      std::string_view kind = "") {
  const std::string path = "daemon.tls." + problem.key;
  return loaded.error_at(path, fmt::format("{}{}: {}", kind, path, problem.message));
}

void check_folders(config::LoadResult& loaded) {
  const std::string data_dir = loaded.config.daemon.data_dir, database = loaded.config.storage.path;
  if (const auto problem = data_dir_problem(data_dir)) add(loaded, "daemon.data_dir", *problem);
  if (const auto problem = database_problem(database, data_dir)) add(loaded, "storage.path", *problem);
}

}  // namespace

void sort_by_place(config::LoadResult& loaded) {
  std::stable_sort(loaded.errors.begin(), loaded.errors.end(), [&](const auto& a, const auto& b) {
    return std::tuple(a.file != loaded.file, a.line, a.column) < std::tuple(b.file != loaded.file, b.line, b.column);
  });
}

LoadedParts check_configuration(config::LoadResult& loaded, const RunningModel& running) {
  LoadedParts parts = load_parts(loaded, running);
  const bool is_toml = !loaded.config.version.empty();
  if (is_toml) {
    check_kafka_sources(loaded);
    check_kafka_outputs(loaded);
    check_post_sources(loaded);
    check_addresses(loaded);
    check_authorities(loaded);
    check_folders(loaded);
  }
  sort_by_place(loaded);
  return parts;
}

CheckedConfiguration read_and_check(const std::string& path, const RunningModel& running) {
  CheckedConfiguration checked;
  checked.loaded = config::load(path);
  checked.parts = check_configuration(checked.loaded, running);
  checked.warnings = config_warnings(checked.loaded, wall_now());
  add_kafka_warnings(checked.loaded, checked.warnings);
  std::ranges::move(checked.parts.warnings, std::back_inserter(checked.warnings));
  checked.certificate =
      load_certificate(checked.loaded.config.daemon.tls, std::chrono::floor<std::chrono::seconds>(wall_now()));
  for (const auto& warning : checked.certificate.warnings) {
    checked.warnings.push_back(certificate_error(checked.loaded, warning, "warning: "));
  }
  return checked;
}

std::optional<CheckedConfiguration> read_configuration(std::string_view command, const std::string& given,
                                                       std::ostream& err) {
  const auto path = config::find_config_file(given);
  if (!path) {
    err << command
        << ": no configuration: give --config FILE or $TAPEWATCH_CONFIG, or write ./tapewatch.toml or "
           "/etc/tapewatch/tapewatch.toml (start from config/tapewatch.example.toml)\n";
    return std::nullopt;
  }
  CheckedConfiguration checked = read_and_check(*path, {});
  for (const auto& error : checked.certificate.errors) {
    checked.loaded.errors.push_back(certificate_error(checked.loaded, error));
  }
  sort_by_place(checked.loaded);
  if (checked.loaded.ok()) return checked;
  for (const auto& error : checked.loaded.errors) err << config::to_string(error) << "\n";
  for (const auto& warning : checked.warnings) err << config::to_string(warning) << "\n";
  return std::nullopt;
}

}  // namespace tapewatch
