// Tested by tests/daemon/api/description_test.cpp
#include "daemon/routes.hpp"

#include <algorithm>

#include "config/former_topics.hpp"
#include "config/schema/matches.hpp"
#include "daemon/api/acknowledgement_api.hpp"
#include "daemon/api/advice_api.hpp"
#include "daemon/api/alert_api.hpp"
#include "daemon/api/alert_chart_api.hpp"
#include "daemon/api/audit_api.hpp"
#include "daemon/api/backtest_api.hpp"
#include "daemon/api/catalogue_api.hpp"
#include "daemon/api/delivery_api.hpp"
#include "daemon/api/document_api.hpp"
#include "daemon/api/held_api.hpp"
#include "daemon/api/incident_api.hpp"
#include "daemon/api/output_api.hpp"
#include "daemon/api/post_source_api.hpp"
#include "daemon/api/push_api.hpp"
#include "daemon/api/reload_api.hpp"
#include "daemon/api/removal_api.hpp"
#include "daemon/api/rescore_api.hpp"
#include "daemon/api/rule_api.hpp"
#include "daemon/api/score_api.hpp"
#include "daemon/api/sentiment_api.hpp"
#include "daemon/api/silence_api.hpp"
#include "daemon/api/system_api.hpp"
#include "daemon/api/webhook_api.hpp"
#include "daemon/api/why_not_api.hpp"
#include "daemon/known_ids.hpp"
#include "daemon/loop_options.hpp"
#include "daemon/observe/log.hpp"

namespace tapewatch {

void add_routes(Router& router, const RouteParts& parts) {
  const auto& config = parts.config;
  ScoreApiOptions score;
  score.limits = config.ingest.limits;
  score.max_body_bytes = config.daemon.max_request_bytes;
  PushOptions push;
  push.limits = config.ingest.limits;
  push.max_body_bytes = config.daemon.max_request_bytes;
  push.paused = parts.paused;
  add_page_routes(router, parts.auth, parts.signed_links);
  const bool https = !config.daemon.tls.certificate.empty() || config.daemon.external_url.starts_with("https://");
  add_system_routes(router, parts.probes, parts.metrics, parts.auth, https, config.daemon.metrics_hosts);
  const ModelNames& names = parts.scorers->names();
  const auto finder = [&live = parts.live] { return live.finder(); };
  const PresentNames known_names{finder, parts.sources};
  add_sentiment_routes(router, parts.readers, names, known_names);
  add_document_routes(router, parts.readers, names, known_names, parts.scorers);
  const auto rule_names = [&live = parts.live] {
    std::vector<std::string> known;
    for (const auto& rule : live.config()->rules) known.push_back(rule.name);
    return known;
  };
  add_alert_routes(router, parts.readers, {parts.signed_links, names, known_names, rule_names});
  add_incident_routes(router, parts.readers, known_names);
  const auto rule_named = [&live = parts.live](std::string_view name) -> std::optional<alerts::RuleOptions> {
    const auto present = live.config();
    const auto& rules = present->rules;
    const auto found = std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.name == name; });
    return found == rules.end() ? std::nullopt : std::optional(*found);
  };
  add_alert_chart_routes(router, parts.readers, {rule_named, finder, parts.signed_links});
  add_rule_routes(router, parts.readers, parts.live, parts.rules);
  add_output_routes(router, parts.outputs);
  const OperatorDesk desk{parts.writer, &parts.auth, parts.log};
  add_webhook_routes(router, parts.readers, parts.live, desk);
  add_delivery_routes(router, parts.readers);
  add_retry_route(router, desk);
  add_reload_route(router, parts.reload, desk);
  add_silence_routes(router, parts.readers, desk, [&live = parts.live, model = parts.model](alerts::Silence& silence) {
    const auto present = live.get();
    const auto known = known_ids(*model, *present.finder);
    auto doubts = config::silence_doubts(silence, present.config->rules, known);
    config::rename_topics(silence, known.former_topics);
    return doubts;
  });
  add_audit_routes(router, parts.readers);
  add_acknowledgement_routes(router, {desk, [&live = parts.live] { return live.config()->webhooks; },
                                      [&config, &live = parts.live, links = parts.links, pass = parts.signed_links] {
                                        alerts::MessageContext context;
                                        context.external_url = links ? links() : config.daemon.external_url;
                                        context.config_version = live.config()->version;
                                        context.links = pass;
                                        return context;
                                      }});
  add_catalogue_routes(router, parts.readers, {parts.model->topics(), known_names});
  add_score_routes(router, parts.scorers, names, score);
  BacktestApiOptions backtest;
  backtest.detector = applier_options(config, names.version).detector;
  backtest.calendars = [&live = parts.live] { return live.config()->calendars; };
  add_backtest_routes(
      router, parts.readers, [model = parts.model, finder] { return known_ids(*model, *finder()); }, finder,
      std::move(backtest));
  const auto rules = [&live = parts.live] { return live.config()->rules; };
  const auto detector = applier_options(config, names.version).detector;
  add_why_not_route(router,
                    {parts.readers, rules, finder, detector, parts.log ? component(parts.log, "query") : nullptr},
                    names, known_names);
  add_advice_route(router, {parts.readers, rules, finder, detector});
  add_held_routes(router, parts.readers, desk);
  add_rescore_routes(router, parts.rescoring, desk, {names.version, parts.model->config().entity_heads > 0});
  add_removal_routes(router, parts.intake, desk);
  add_push_routes(router, push, parts.intake, parts.clock, parts.metrics);
  add_post_source_routes(router, parts.posts, {push.max_body_bytes, parts.paused});
}

}  // namespace tapewatch
