#include "daemon/api/system_api.hpp"

#include <boost/json.hpp>

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/accept.hpp"
#include "daemon/api/request/json_body.hpp"
#include "daemon/web/assets.hpp"

namespace tapewatch {
namespace {

constexpr const char* kLookedAtAgain = "2";  // seconds: Status looks at the parts that often

/// The refusal of parameters by a route that takes none.
std::optional<ApiResponse> no_parameters(const ApiRequest& request) { return Parameters(request).problem(); }

InlineHandler plain(std::function<ApiResponse(const ApiRequest&)> run) {
  return InlineHandler{[run = std::move(run)](const ApiRequest& request) {
    auto refusal = no_parameters(request);
    return refusal ? std::move(*refusal) : run(request);
  }};
}

/// The description for this daemon: if tokens are required, anonymous access is removed.
std::string describe(bool token_needed) {
  constexpr std::string_view kNobody = ", {}]";  // "security": [{"bearer": []}, {"cookie": []}, {}]
  std::string description(asset("openapi.json"));
  if (token_needed) description.replace(description.find(kNobody), kNobody.size(), "]");
  return description;
}

constexpr std::size_t kSessionDepth = 4;
constexpr std::string_view kSessionMembers[] = {"token"};

/// Without a body the token is in Authorization.
std::string token_of_header(const ApiRequest& request) {
  const std::string_view header = request.header("authorization");
  return header.size() > 7 ? std::string(header.substr(7)) : std::string();
}

/// The token of {"token":"…"}, or the reason for having none.
std::variant<std::string, ApiResponse> read_token(const ApiRequest& request) {
  if (request.body.empty()) return token_of_header(request);
  JsonBody body = read_json_body(request, kSessionDepth);
  if (body.refusal) return std::move(*body.refusal);
  auto error = unknown_member(body.object, kSessionMembers);
  const boost::json::value* token = body.object.if_contains("token");
  if (!error && !(token && token->is_string())) {
    error = FieldError{FieldError::In::pointer, "/token", "must be a string"};
  }
  if (error) return problem(problems::kInvalidBody, error->name + ": " + error->detail, request.request_id, {*error});
  return std::string(token->as_string().data(), token->as_string().size());
}

ApiResponse open_session(const ApiRequest& request, Authenticator& auth, bool secure) {
  auto token = read_token(request);
  if (auto* refusal = std::get_if<ApiResponse>(&token)) return std::move(*refusal);
  if (!auth.required()) return problem(problems::kNotFound, "this daemon needs no token", request.request_id);
  const auto session = auth.open_session(std::get<std::string>(token), request.now, secure);
  if (!session) return problem(problems::kUnauthorized, "this token is unknown", request.request_id);
  ApiResponse response;
  response.status = 204;
  response.headers.emplace_back("Set-Cookie", session->set_cookie);
  return response;
}

ApiResponse show_session(const ApiRequest& request, const Authenticator& auth) {
  const auto caller = auth.identify(request);
  notation::JsonWriter json;
  json.begin_object().field("required", auth.required()).key("caller");
  if (caller) {
    json.begin_object().field("name", caller->name).field("role", access_name(caller->role)).end_object();
  } else {
    json.null();
  }
  json.end_object();
  return json_response(json.take());
}

ApiResponse close_session(const ApiRequest& request, Authenticator& auth) {
  ApiResponse response;
  response.status = 204;
  response.headers.emplace_back("Set-Cookie", auth.close_session(request));
  return response;
}

void add_session_routes(Router& router, Authenticator& auth, bool secure) {
  InlineHandler open =
      plain([&auth, secure](const ApiRequest& request) { return open_session(request, auth, secure); });
  router.add(Route{"POST", "/v1/session", Access::open, std::move(open), 4096});
  router.get("/v1/session", Access::open,
             plain([&auth](const ApiRequest& request) { return show_session(request, auth); }));
  InlineHandler close = plain([&auth](const ApiRequest& request) { return close_session(request, auth); });
  router.add(Route{"DELETE", "/v1/session", Access::open, std::move(close)});
}

/// Requests under a foreign name get only the status, because the checks name sources and webhooks.
ApiResponse probe_answer(const std::vector<ProbeCheck>& checks, const ApiRequest& request) {
  return probe_response(checks, request.foreign_host ? Checks::hidden : Checks::shown);
}

}  // namespace

ApiResponse probe_response(const std::vector<ProbeCheck>& checks, Checks shown) {
  bool degraded = false;
  bool failed = false;
  for (const ProbeCheck& check : checks) {
    degraded = degraded || !check.ok;
    failed = failed || (!check.ok && check.fatal);
  }
  notation::JsonWriter json;
  json.begin_object().field("status", failed ? "failed" : degraded ? "degraded" : "ok").key("checks").begin_array();
  for (const ProbeCheck& check : checks) {
    if (shown == Checks::hidden) break;
    json.begin_object().field("name", check.name).field("ok", check.ok).field("detail", check.detail).end_object();
  }
  json.end_array().end_object();
  ApiResponse response = json_response(json.take());
  response.status = failed ? 503 : 200;
  if (failed) response.headers.emplace_back("Retry-After", kLookedAtAgain);
  return response;
}

void add_system_routes(Router& router, const Probes& probes, const Metrics& metrics, Authenticator& auth, bool https,
                       std::vector<std::string> metrics_hosts) {
  // Supervisors use an address or any name, also HTTP/1.0, and above all when the server is full.
  const Reach supervisors{.when_full = true, .any_host = true};
  router.get("/healthz", Access::open,
             plain([&probes](const ApiRequest& request) { return probe_answer(probes.liveness(), request); }),
             supervisors);
  router.get("/readyz", Access::open,
             plain([&probes](const ApiRequest& request) { return probe_answer(probes.readiness(), request); }),
             supervisors);
  router.get("/metrics", Access::read, plain([&metrics](const ApiRequest& request) {
               const bool open = prefers_openmetrics(request.header("accept"));
               ApiResponse response;
               response.content_type = open ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                            : "text/plain; version=0.0.4; charset=utf-8";
               response.body = metrics.expose(open ? Metrics::Format::openmetrics : Metrics::Format::prometheus);
               response.headers.emplace_back("Vary", "Accept");
               return response;
             }),
             Reach{.when_full = true, .hosts = std::move(metrics_hosts)});
  router.get("/openapi.json", Access::open,
             plain([&auth](const ApiRequest&) { return json_response(describe(auth.required())); }));
  router.get("/v1/stream", Access::read, StreamHandler{[](const ApiRequest& request) {
               Parameters parameters(request);
               parameters.text("last_event_id");
               return parameters.problem();
             }});
  add_session_routes(router, auth, https);
}

}  // namespace tapewatch
