#include "daemon/api/alert_chart_api.hpp"

#include "daemon/api/alert_link.hpp"
#include "daemon/api/alert_series.hpp"
#include "daemon/api/format/alert_chart.hpp"
#include "storage/alert/alert_reader.hpp"

namespace tapewatch {
namespace {

enum class ChartFormat { svg, png };

ApiResponse chart_response(const AlertChart& chart, ChartFormat as) {
  ApiResponse response;
  response.content_type = as == ChartFormat::svg ? "image/svg+xml" : "image/png";
  response.body = as == ChartFormat::svg ? alert_chart_svg(chart) : alert_chart_png(chart);
  // As a page of its own it may use nothing but its own style.
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  response.headers.emplace_back("Cache-Control", "private, no-cache");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

ApiResponse get_alert_chart(ReaderPool& readers, const AlertChartParts& parts, ChartFormat as, const ApiRequest& http) {
  Parameters parameters(http);
  accept_link(parameters);
  const auto zone = parameters.zone("tz");
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  const std::string id(http.path_parameter("id"));
  return readers.answer(http, [&](storage::Connection& connection) {
    const auto detail = storage::AlertReader(connection).get(id);
    if (!detail) return problem(problems::kNotFound, "no alert has the id " + id, http.request_id);
    const storage::AlertRow& alert = detail->alert.row;
    const auto rule = parts.rule(alert.rule);
    const auto watched = parts.finder();
    const auto series = series_of(alert, rule ? &*rule : nullptr, watched.get());
    AlertChart chart = read_alert_chart(connection, alert, series);
    if (zone) {
      chart.zone = notation::TimeZone::find(*zone);
      chart.caption += " Times of " + *zone + ".";
    }
    return chart_response(chart, as);
  });
}

}  // namespace

void add_alert_chart_routes(Router& router, ReaderPool& readers, const AlertChartParts& parts) {
  for (const ChartFormat as : {ChartFormat::svg, ChartFormat::png}) {
    const std::string pattern = std::string("/v1/alerts/{id}/chart.") + (as == ChartFormat::svg ? "svg" : "png");
    QueryHandler handler{
        [&readers, parts, as](const ApiRequest& http) { return get_alert_chart(readers, parts, as, http); }};
    Route route{"GET", pattern, Access::read, std::move(handler)};
    route.link_refusal = alert_link_refusal(parts.links);
    router.add(std::move(route));
  }
}

}  // namespace tapewatch
