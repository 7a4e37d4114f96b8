#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include "alerts/formats/signed_links.hpp"
#include "alerts/rules/rule_options.hpp"
#include "daemon/api/reader_pool.hpp"
#include "daemon/server/router.hpp"
#include "ingest/entity/entity_finder.hpp"

namespace tapewatch {

/// What charts need beside the database, as it is when one is drawn.
struct AlertChartParts {
  std::function<std::optional<alerts::RuleOptions>(std::string_view)> rule;  ///< of that name; nothing: it is gone
  std::function<std::shared_ptr<const ingest::EntityFinder>()> finder;       ///< whose tags rules select
  alerts::AlertLinks links;
};

/// GET /v1/alerts/{id}/chart.svg and chart.png. `readers` must outlive the router.
void add_alert_chart_routes(Router& router, ReaderPool& readers, const AlertChartParts& parts);

}  // namespace tapewatch
