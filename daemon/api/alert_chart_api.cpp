#include "daemon/api/alert_chart_api.hpp"

#include "config/notation/duration.hpp"
#include "config/notation/json_writer.hpp"
#include "daemon/api/alert_link.hpp"
#include "daemon/api/alert_series.hpp"
#include "daemon/api/format/alert_chart.hpp"
#include "daemon/api/format/export_format.hpp"
#include "storage/alert/alert_reader.hpp"

namespace tapewatch {
namespace {

enum class ChartFormat { svg, png, json };

/// For whoever draws it: the page, at the width that there is.
std::string chart_json(const AlertChart& chart) {
  notation::JsonWriter json;
  json.begin_object().field("caption", chart.caption).field("mean", chart.mean);
  json.field("started_at", chart.alert_from).key("ended_at");
  chart.open ? json.null() : json.value(chart.alert_to);
  const auto start_of = [&](std::size_t i) { return AlertChart::TimePoint{chart.from + chart.bucket * i}; };
  json.field("from", chart.from).field("to", start_of(chart.buckets.size()));
  json.field("bucket", notation::format_duration(chart.bucket)).key("points").begin_array();
  for (std::size_t i = 0; i < chart.buckets.size(); ++i) {
    const AlertChart::Bucket& bucket = chart.buckets[i];
    json.begin_object().field("t", start_of(i)).field("value", bucket.value);
    json.field("expected", bucket.expected).field("low", bucket.low).field("high", bucket.high).end_object();
  }
  return json.end_array().end_object().take();
}

ApiResponse chart_response(const AlertChart& chart, ChartFormat as) {
  if (as == ChartFormat::json) return json_response(chart_json(chart));
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
  static constexpr std::pair<ChartFormat, const char*> kFormats[] = {
      {ChartFormat::svg, "svg"}, {ChartFormat::png, "png"}, {ChartFormat::json, "json"}};
  for (const auto& [as, ending] : kFormats) {
    const std::string pattern = std::string("/v1/alerts/{id}/chart.") + ending;
    QueryHandler handler{
        [&readers, parts, as = as](const ApiRequest& http) { return get_alert_chart(readers, parts, as, http); }};
    Route route{"GET", pattern, Access::read, std::move(handler)};
    route.link_refusal = alert_link_refusal(parts.links);
    router.add(std::move(route));
  }
}

}  // namespace tapewatch
