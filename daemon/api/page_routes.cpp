// Tested by tests/e2e/dashboard/dashboard_test.py
// The dashboard's files, the description of the database's views, and the endpoints that are refused by name.
#include <fmt/format.h>

#include "daemon/api/alert_link.hpp"
#include "daemon/api/system_api.hpp"
#include "daemon/server/problem.hpp"
#include "daemon/web/assets.hpp"

namespace tapewatch {
namespace {

/// Scripts and styles come only from this server, nothing is framed, nothing is evaluated: a headline that escapes
/// escaping still cannot run.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// FNV-1a of the content: changes with the binary's files.
std::string entity_tag(std::string_view content) {
  std::uint64_t hash = 14695981039346656037ull;
  for (const char c : content) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return fmt::format("\"{:016x}\"", hash);
}

std::function<ApiResponse(const ApiRequest&)> file(const std::string& name, const std::string& type) {
  const std::string_view content = asset(name);
  return [content, tag = entity_tag(content), type](const ApiRequest& request) {
    ApiResponse response;
    response.content_type = type;
    response.headers.emplace_back("Cache-Control", "no-cache");
    response.headers.emplace_back("ETag", tag);
    response.headers.emplace_back("Content-Security-Policy", kPolicy);
    response.headers.emplace_back("X-Frame-Options", "DENY");
    response.headers.emplace_back("Referrer-Policy", "no-referrer");  // a signed address is nobody else's business
    if (request.header("if-none-match") == tag) {
      response.status = 304;
    } else {
      response.body = content;
    }
    return response;
  };
}

void add_file(Router& router, const std::string& path, const std::string& name, const std::string& type) {
  router.get(path, Access::open, InlineHandler{file(name, type)});
}

/// The page of one alert holds nothing of it: what it shows it asks for, with what its own address carries. A link that
/// opens nothing is refused here too, for those who look at the status alone; the page says why.
void add_alert_page(Router& router, const Authenticator& auth, const alerts::AlertLinks& links) {
  const LinkRefusal refusal = alert_link_refusal(links);
  const auto page = file("alert.html", "text/html; charset=utf-8");
  router.get("/alerts/{id}", Access::open, InlineHandler{[&auth, refusal, page](const ApiRequest& request) {
               ApiResponse response = page(request);
               const bool has_token = auth.required() && auth.identify(request);
               if (has_token || !carries_link(request)) return response;
               if (const auto refused = refusal(request)) response.status = refused->status;
               return response;
             }});
}

}  // namespace

void add_page_routes(Router& router, const Authenticator& auth, const alerts::AlertLinks& links) {
  add_alert_page(router, auth, links);
  add_file(router, "/", "index.html", "text/html; charset=utf-8");
  for (const char* script :
       {"actions.js",       "address.js",      "alert.js",       "alert_chart.js", "alert_difference.js",
        "alert_history.js", "alerts.js",       "app.js",         "breakdown.js",   "catalogue.js",
        "chart.js",         "chart_lanes.js",  "chart_panel.js", "companies.js",   "deliveries.js",
        "documents.js",     "dom.js",          "evidence.js",    "explain.js",     "filters.js",
        "headline.js",      "headlines.js",    "heatmap.js",     "incidents.js",   "notify.js",
        "rule_form.js",     "rule_text.js",    "selection.js",   "series.js",      "silences.js",
        "sources.js",       "span.js",         "status.js",      "time.js",        "topics.js",
        "trial.js",         "trial_result.js", "webhooks.js",    "why_not.js",     "zoom.js"}) {
    add_file(router, std::string("/") + script, script, "text/javascript; charset=utf-8");
  }
  add_file(router, "/style.css", "style.css", "text/css; charset=utf-8");
  add_file(router, "/icon.svg", "icon.svg", "image/svg+xml");
  add_file(router, "/views.md", "views.md", "text/markdown; charset=utf-8");
}

}  // namespace tapewatch
