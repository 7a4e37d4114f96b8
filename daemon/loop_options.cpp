#include "daemon/loop_options.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <thread>

#include "config/notation/environment.hpp"
#include "config/toml/units.hpp"
#include "daemon/client/environment_proxy.hpp"
#include "daemon/descriptor_limit.hpp"
#include "daemon/link_key.hpp"

namespace tapewatch {

namespace {

std::string machine_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 && name[0] != '\0' ? name.data() : "localhost";
}

/// The configured proxy of feeds and webhooks that name none.
ProxyOptions proxy_options(const config::DaemonOptions& daemon) {
  return {daemon.proxy.value_or(""), daemon.no_proxy, daemon.proxy_trusted, std::nullopt};
}

}  // namespace

RateLimit rate_limit(const config::DaemonOptions& daemon) {
  return {daemon.max_requests_per_second, daemon.max_request_burst};
}

std::string link_base(const config::DaemonOptions& daemon, std::uint16_t port) {
  if (!daemon.external_url.empty()) return daemon.external_url;
  const auto address = config::parse_listen_address(daemon.listen.at(0));
  if (!address) return {};  // none that was listened on
  const bool every_address = address->host == "0.0.0.0" || address->host == "::";
  const std::string host = every_address                                  ? machine_name()
                           : address->host.find(':') != std::string::npos ? "[" + address->host + "]"
                                                                          : address->host;
  return fmt::format("{}://{}:{}", daemon.tls.certificate.empty() ? "http" : "https", host, port);
}

alerts::AlertLinks alert_links(const config::DaemonOptions& daemon) {
  return {link_key(daemon.data_dir), std::chrono::floor<std::chrono::seconds>(daemon.link_lifetime)};
}

std::vector<std::string> configured_sources(const config::Config& config) {
  std::vector<std::string> names;
  for (const auto& source : config.ingest.kafka) names.push_back(source.name);
  for (const auto& feed : config.ingest.feeds) names.push_back(feed.name);
  return names;
}

InferenceLoopOptions inference_options(const config::Config& config) {
  InferenceLoopOptions options;
  const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
  options.threads = (config.model.threads == 0 ? cores : config.model.threads) + 1;  // one prepares while others wait
  options.max_batch = config.model.max_batch;
  return options;
}

ApplierOptions applier_options(const config::Config& config, const std::string& model_version,
                               std::shared_ptr<const EventClock> clock) {
  ApplierOptions options;
  options.storage = config.storage;
  options.rules = config.rules;
  options.webhooks = config.webhooks;
  options.external_url = config.daemon.external_url;
  options.config_version = config.version;
  options.detector.model_version = model_version;
  options.clock = std::move(clock);
  return options;
}

AccountOptions account_options(const config::Config& config) { return {config.rules, config.webhooks, config.version}; }

StatusOptions status_options(const LiveConfig& live) {
  const auto first = live.config();
  const config::Config& config = *first;
  StatusOptions options;
  options.database = config.storage.path;
  options.storage = config.storage;
  options.webhooks = [&live] {
    const auto present = live.config();
    std::vector<std::string> names;
    names.reserve(present->webhooks.size());
    for (const auto& webhook : present->webhooks) names.push_back(webhook.name);
    return names;
  };
  for (const auto& rule : config.rules) options.rules.push_back(rule.name);
  options.sources = configured_sources(config);
  options.zones = config::load_zone_data();
  return options;
}

FeedAccess feed_access(const config::DaemonOptions& daemon) {
  FeedAccess access;
  access.proxy = proxy_options(daemon);
  if (!daemon.proxy) {
    EnvironmentProxy environment = environment_proxy(notation::environment);
    auto& except = environment.proxy.except;
    except.insert(except.end(), daemon.no_proxy.begin(), daemon.no_proxy.end());
    environment.proxy.trusted = daemon.proxy_trusted;
    access.proxy = std::move(environment.proxy);
    access.warnings = std::move(environment.warnings);
  }
  access.user_agent = daemon.user_agent;
  if (access.user_agent.empty() && !daemon.contact.empty()) {
    access.user_agent = fmt::format("tapewatch/{} (+{})", TAPEWATCH_VERSION, daemon.contact);
  }
  return access;
}

WebhookLoopOptions webhook_options(const config::Config& config) {
  WebhookLoopOptions options;
  options.proxy = proxy_options(config.daemon);
  options.database = config.storage.path;
  options.storage = config.storage;
  options.context.external_url = config.daemon.external_url;
  options.context.config_version = config.version;
  options.failpoint = Failpoint::from_environment();
  return options;
}

HeartbeatLoop::Settings heartbeat_settings(const config::Config& config) { return {config.heartbeats, config.version}; }

ServerOptions server_options(const config::DaemonOptions& daemon, spdlog::logger& log) {
  ServerOptions options;
  options.listen = daemon.listen;
  options.external_url = daemon.external_url;
  options.max_connections = connections_within_limit(daemon.max_connections);
  if (options.max_connections < daemon.max_connections) {
    log.warn("the limit of open files (ulimit -n, LimitNOFILE=) leaves room for {} HTTP connections instead of {}",
             options.max_connections, daemon.max_connections);
  }
  options.max_in_flight = daemon.max_in_flight;
  options.query_threads = daemon.query_threads;
  options.scoring_threads = daemon.scoring_threads;
  options.max_sse_clients = daemon.max_sse_clients;
  options.request_deadline = daemon.request_deadline;
  return options;
}

void tell_listeners(const config::DaemonOptions& daemon, const std::vector<std::uint16_t>& ports, spdlog::logger& log) {
  const std::string_view how = daemon.tls.certificate.empty() ? "" : " with TLS";
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string& configured = daemon.listen[i];
    log.info("listening on {}:{}{}", configured.substr(0, configured.rfind(':')), ports[i], how);
  }
}

HistoryRescoringOptions rescoring_options(const config::Config& config) {
  return {.database = config.storage.path, .storage = config.storage};
}

RefitOptions refit_options(const config::Config& config, const std::string& model_version) {
  return {.rescoring = rescoring_options(config), .detector = applier_options(config, model_version).detector};
}

std::pair<std::vector<alerts::RuleOptions>, EntityTags> live_rules(const LiveConfig& live) {
  const auto present = live.get();
  return {present.config->rules, tags_by_entity(*present.finder)};
}

}  // namespace tapewatch
