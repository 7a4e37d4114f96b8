#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "daemon/pipeline/delivery/heartbeat_loop.hpp"
#include "daemon/pipeline/delivery/webhook_loop.hpp"
#include "daemon/pipeline/intake/feed_fetch.hpp"
#include "daemon/pipeline/rescoring/baseline_refit.hpp"
#include "daemon/pipeline/scoring/inference_loop.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "daemon/pipeline/writing/weekly_account.hpp"
#include "daemon/reload/live_config.hpp"
#include "daemon/server/rate_limiter.hpp"
#include "daemon/server/server.hpp"
#include "daemon/status.hpp"

namespace tapewatch {

/// How often a token, or an address without one, may ask.
RateLimit rate_limit(const config::DaemonOptions& daemon);

/// The start of links in messages: `daemon.external_url`, else the first listener with the port `port` ("…:0" gets one
/// when it is opened). For a listener on every address (0.0.0.0, [::]) it has this machine's name.
std::string link_base(const config::DaemonOptions& daemon, std::uint16_t port);

/// What the links of messages carry: signed with the key in data_dir, which is made where it is missing. Throws
/// std::runtime_error where it can be neither read nor made.
alerts::AlertLinks alert_links(const config::DaemonOptions& daemon);

/// The names of the Kafka sources and the feeds, in that order.
std::vector<std::string> configured_sources(const config::Config& config);

/// The options of each loop, from the configuration.
InferenceLoopOptions inference_options(const config::Config& config);
/// `model_version`: of the model that scores, with the rules beside it.
ApplierOptions applier_options(const config::Config& config, const std::string& model_version,
                               std::shared_ptr<const EventClock> clock = nullptr);
AccountOptions account_options(const config::Config& config);
/// `live` outlives the status.
StatusOptions status_options(const LiveConfig& live);
/// How feeds are fetched that say nothing else: through `daemon.proxy`, without that key through the proxy of the
/// environment.
FeedAccess feed_access(const config::DaemonOptions& daemon);
WebhookLoopOptions webhook_options(const config::Config& config);
HeartbeatLoop::Settings heartbeat_settings(const config::Config& config);
/// With as many connections as the limit of open files leaves room for; `log` hears where those are fewer.
ServerOptions server_options(const config::DaemonOptions& daemon, spdlog::logger& log);
/// A line of the log for each address of `daemon.listen`, with the ports that they have.
void tell_listeners(const config::DaemonOptions& daemon, const std::vector<std::uint16_t>& ports, spdlog::logger& log);
HistoryRescoringOptions rescoring_options(const config::Config& config);
/// `model_version`: of the model that scores, with the rules beside it.
RefitOptions refit_options(const config::Config& config, const std::string& model_version);
/// The rules, and the tags of the watch list.
std::pair<std::vector<alerts::RuleOptions>, EntityTags> live_rules(const LiveConfig& live);

}  // namespace tapewatch
