#include "daemon/server/dispatch.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include "config/notation/ascii.hpp"
#include "config/notation/mutex.hpp"
#include "config/notation/url.hpp"
#include "daemon/server/gate.hpp"
#include "daemon/server/problem.hpp"
#include "daemon/server/query_string.hpp"
#include "daemon/server/request_checks.hpp"

namespace tapewatch {
namespace {

namespace asio = boost::asio;

/// The route decides which names besides our own are accepted; null if there is no route.
std::optional<ApiResponse> check_host(const ServerCore& core, const Head& head, const Route* route,
                                      ApiRequest& request) {
  if (head.hosts > 1 || (head.version == 11 && head.hosts == 0)) {
    return problem(problems::kBadRequest, "exactly one Host header is needed", request.request_id);
  }
  const std::string_view host = request.header("host");
  const bool by_role = core.auth.required() && !(route && route->admit);
  if (by_role || host_allowed(host, core.loopback_hosts)) return std::nullopt;
  if (route && host_allowed(host, route->reach.hosts)) return std::nullopt;
  request.foreign_host = true;
  if (route && route->reach.any_host) return std::nullopt;
  return problem(problems::kMisdirected,
                 "without tokens only requests to localhost, to a listen address or to [daemon] external_url are "
                 "answered",
                 request.request_id);
}

std::optional<ApiResponse> check_origin(const ServerCore& core, const ApiRequest& request) {
  const bool safe = request.method == "GET" || request.method == "HEAD" || request.method == "OPTIONS";
  if (safe || same_origin(request, notation::url_host(core.options.external_url))) return std::nullopt;
  return problem(problems::kForbidden, "pages of other sites may not do this", request.request_id);
}

/// The answer to OPTIONS: the allowed methods, without CORS headers for pages of other sites.
ApiResponse options_answer(std::string allow) {
  ApiResponse answer;
  answer.status = 204;
  answer.headers.emplace_back("Allow", std::move(allow));
  return answer;
}

/// The answer if no handler matches the path or the method.
std::optional<ApiResponse> answer_without_route(const Router::Match& match, const ApiRequest& request) {
  if (match.route) return std::nullopt;
  if (match.allow.empty()) {
    return problem(problems::kNotFound, fmt::format("no such path: {}", request.path), request.request_id);
  }
  if (request.method == "OPTIONS") return options_answer(match.allow);
  auto refusal =
      problem(problems::kMethodNotAllowed, fmt::format("{} allows {}", request.path, match.allow), request.request_id);
  refusal.headers.emplace_back("Allow", match.allow);
  return refusal;
}

std::optional<ApiResponse> check_caller(const ServerCore& core, const Route& route, ApiRequest& request) {
  if (route.admit) return route.admit(request);
  if (route.access == Access::open) return std::nullopt;
  const auto caller = core.auth.identify(request);
  // Where no token is needed a link is held to what it claims all the same.
  const bool has_token = caller && core.auth.required();
  if (!has_token && route.link_refusal && carries_link(request)) {
    request.by_link = !caller;
    return route.link_refusal(request);
  }
  if (!caller) {
    auto refusal = problem(problems::kUnauthorized, "send Authorization: Bearer with a token of the tokens file",
                           request.request_id);
    refusal.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"tapewatch\"");
    return refusal;
  }
  request.caller = caller->name;
  if (Authenticator::allows(caller->role, route.access)) return std::nullopt;
  return problem(problems::kForbidden,
                 fmt::format("this needs the role {}; the token \"{}\" has {}", access_name(route.access), caller->name,
                             access_name(caller->role)),
                 request.request_id);
}

/// Whom a request counts for: the token, the source whose own token it has shown, else the address that it came from.
std::string counted_for(const Route& route, const ApiRequest& request, bool admitted) {
  if (!request.caller.empty()) return "token " + request.caller;
  if (route.admit && admitted) return "source " + route.pattern;
  return "address " + network_of(request.client);
}

/// Supervisors are always answered, and so are the files of the page, of which a browser fetches dozens at once.
bool is_counted(const Route& route, const ApiRequest& request) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  return !route.reach.when_full && !(reads && route.access == Access::open && !route.admit);
}

/// `admitted`: the caller may do this.
std::optional<ApiResponse> check_rate(const ServerCore& core, const Route& route, const ApiRequest& request,
                                      bool admitted, RateLimiter::Clock::time_point now) {
  const RateLimit limit = core.auth.rates().limit();
  if (limit.per_second == 0 || !is_counted(route, request)) return std::nullopt;
  const std::string caller = counted_for(route, request, admitted);
  const auto wait = core.auth.rates().take(caller, now);
  if (!wait) return std::nullopt;
  core.metrics.count_rate_limited(caller.starts_with("address ") ? "addresses" : std::string_view(caller));
  auto refusal = problem(problems::kTooManyRequests,
                         fmt::format("{} may ask {} times a second, {} at once (daemon.max_requests_per_second, "
                                     "max_request_burst)",
                                     caller, limit.per_second, limit.burst),
                         request.request_id, {}, Limit{"max_requests_per_second", limit.per_second});
  refusal.headers.emplace_back("Retry-After", std::to_string(std::chrono::ceil<std::chrono::seconds>(*wait).count()));
  return refusal;
}

std::optional<ApiResponse> check_encoding(const Route& route, const ApiRequest& request) {
  const std::string encoding = notation::ascii_lower(request.header("content-encoding"));
  if (encoding.empty() || encoding == "identity") return std::nullopt;
  if (!route.compressed) {
    return problem(problems::kMediaType, "compressed bodies are not accepted; send the body uncompressed",
                   request.request_id);
  }
  if (encoding == "gzip" || encoding == "x-gzip") return std::nullopt;
  return problem(problems::kMediaType, "of content encodings only gzip is accepted", request.request_id);
}

ApiResponse guarded(const ServerCore& core, const ApiRequest& request, const std::function<ApiResponse()>& run) {
  try {
    return run();
  } catch (const std::exception& error) {
    if (const auto missing = missing_resource(error)) {
      core.shortages->report(*missing, "answering a request");
      return problem(problems::kUnavailable, "this machine is short of memory, threads or descriptors; try again later",
                     request.request_id);
    }
    core.log->error("{} {} id={}: {}", request.method, request.path, request.request_id, error.what());
  } catch (...) {
    core.log->error("{} {} id={}: unknown exception", request.method, request.path, request.request_id);
  }
  return problem(problems::kInternal, "the log explains it under this request_id", request.request_id);
}

ApiResponse too_busy(const ApiRequest& request) {
  return problem(problems::kBusy, "too many requests are in progress; try again in a moment", request.request_id);
}

ApiResponse too_late(const ServerCore& core, const ApiRequest& request) {
  return problem(
      problems::kDeadline,
      fmt::format("no answer within {} ms; ask for less, or try again later", core.options.request_deadline.count()),
      request.request_id);
}

/// Nothing was held when a deferred request ended, so nothing will happen.
ApiResponse nothing_taken(const ServerCore& core, const ApiRequest& request) {
  if (core.stopping) {
    return problem(problems::kBusy, "the server is stopping; nothing was accepted, and sending it again is safe",
                   request.request_id);
  }
  return problem(problems::kDeadline,
                 fmt::format("not begun within {} ms; nothing was accepted, and sending it again is safe",
                             core.options.request_deadline.count()),
                 request.request_id);
}

/// Shared by a thread of a pool and the waiting session; it outlives whichever ends first.
struct Work {
  std::shared_ptr<ServerCore> core;
  std::shared_ptr<const ApiRequest> request;
  TicketCounter::Ticket ticket;
  ApiResponse response;
};

asio::awaitable<ApiResponse> run_query(std::shared_ptr<ServerCore> core, const QueryHandler& handler,
                                       std::shared_ptr<const ApiRequest> request) {
  auto work = std::make_shared<Work>();
  const bool scores = handler.threads == Threads::scoring;
  work->ticket = (scores ? core->scorings : core->queries)->take();
  if (!work->ticket) co_return too_busy(*request);
  work->core = core;
  work->request = request;
  std::function<void()> task = [work, &handler] {
    if (!work->core->stopping && std::chrono::steady_clock::now() < work->request->deadline) {
      work->response = guarded(*work->core, *work->request, [&] { return handler.run(*work->request); });
    }
    work->ticket.reset();  // the place becomes free when the thread is, not when the client leaves
  };
  WorkerPool& threads = scores ? core->scoring_threads : core->query_threads;
  const bool finished = co_await run_on(threads.executor(), std::move(task), request->deadline);
  if (!finished || work->response.status == 0) co_return too_late(*core, *request);
  co_return std::move(work->response);
}

/// Owned by the waiting session. A Reply has only a weak reference: the pipeline must not hold timers of an io_context
/// that may be destroyed first.
struct DeferredWork {
  std::shared_ptr<ServerCore> core;
  std::shared_ptr<const ApiRequest> request;
  std::shared_ptr<Gate> gate;
  ApiResponse response;  // set on the strand, before the gate opens
  Mutex mutex;
  std::shared_ptr<DeferredAnswer> answer GUARDED_BY(mutex);  // set by the query thread
  bool over GUARDED_BY(mutex) = false;                       // the client was told that nothing was accepted

  bool hold(std::shared_ptr<DeferredAnswer> waiting) {
    const MutexLock lock(mutex);
    if (!over) answer = std::move(waiting);
    return !over;
  }
  /// The holder of the answer; null if nothing was or will be held.
  std::shared_ptr<DeferredAnswer> end() {
    const MutexLock lock(mutex);
    over = !answer;
    return answer;
  }
};

Reply make_reply(const std::shared_ptr<DeferredWork>& work) {
  const std::weak_ptr<DeferredWork> weak = work;
  Reply::Answer answer = [weak](ApiResponse response) {
    const auto waiting = weak.lock();
    if (!waiting) return;
    waiting->gate->open(
        [waiting, response = std::move(response)]() mutable { waiting->response = std::move(response); });
  };
  Reply::Hold hold = [weak](std::shared_ptr<DeferredAnswer> held) {
    const auto waiting = weak.lock();
    return waiting && waiting->hold(std::move(held));
  };
  return Reply(std::move(answer), std::move(hold));
}

asio::awaitable<ApiResponse> run_deferred(std::shared_ptr<ServerCore> core, const DeferredHandler& handler,
                                          std::shared_ptr<const ApiRequest> request) {
  const TicketCounter::Ticket ticket = core->deferred->take();  // back at the deadline, whatever the pipeline does
  if (!ticket) co_return too_busy(*request);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto work = std::make_shared<DeferredWork>();
  work->core = core;
  work->request = request;
  work->gate = std::make_shared<Gate>(executor);
  asio::post(core->query_threads.executor(), [work, &handler] {
    if (work->core->stopping) return;
    const Reply reply = make_reply(work);
    ApiResponse failure = guarded(*work->core, *work->request, [&] {
      if (auto answer = handler.run(*work->request, reply)) work->hold(std::move(answer));
      return ApiResponse{0};
    });
    if (failure.status != 0) reply(std::move(failure));
  });
  core->add_waiting(work->gate);
  const bool answered = co_await work->gate->wait_until(request->deadline);
  core->remove_waiting(work->gate.get());
  if (answered) co_return std::move(work->response);
  const std::shared_ptr<DeferredAnswer> answer = work->end();
  if (!answer) co_return nothing_taken(*core, *request);
  co_return answer->at_deadline();
}

}  // namespace

Checked check_request(const ServerCore& core, const Head& head, ApiRequest& request,
                      RateLimiter::Clock::time_point now) {
  Checked checked;
  const auto refuse = [&](std::optional<ApiResponse> refusal) {
    checked.refusal = std::move(refusal);
    return checked.refusal.has_value();
  };
  if (request.method == "OPTIONS" && head.target == "*") {
    if (!refuse(check_host(core, head, nullptr, request))) refuse(options_answer(core.router.methods()));
    return checked;
  }
  const auto target = parse_target(head.target);
  auto path = target ? percent_decode(target->path, PlusIs::plus) : std::nullopt;
  auto query = target ? parse_query(target->query) : std::nullopt;
  if (!path || !query) {
    refuse(problem(problems::kBadRequest, "the request target is not valid: a broken escape, or not UTF-8",
                   request.request_id));
    return checked;
  }
  request.path = std::move(*path);
  request.query = std::move(*query);
  auto match = core.router.match(request.method, target->path);
  if (refuse(check_host(core, head, match.route, request)) || refuse(check_origin(core, request)) ||
      refuse(answer_without_route(match, request))) {
    return checked;
  }
  checked.route = match.route;
  request.path_parameters = std::move(match.path_parameters);
  auto stranger = check_caller(core, *checked.route, request);
  if (refuse(check_rate(core, *checked.route, request, !stranger, now)) || refuse(std::move(stranger))) return checked;
  if (head.has_body && refuse(check_encoding(*checked.route, request))) return checked;
  if (head.content_length > checked.route->max_body_bytes || (head.has_body && checked.route->max_body_bytes == 0)) {
    refuse(body_too_large(checked.route->max_body_bytes, request.request_id));
  }
  return checked;
}

asio::awaitable<ApiResponse> dispatch(std::shared_ptr<ServerCore> core, const Route& route,
                                      std::shared_ptr<const ApiRequest> request) {
  if (const auto* now = std::get_if<InlineHandler>(&route.handler)) {
    co_return guarded(*core, *request, [&] { return now->run(*request); });
  }
  if (const auto* query = std::get_if<QueryHandler>(&route.handler)) {
    ApiResponse response = co_await run_query(core, *query, request);
    co_return response;
  }
  if (const auto* later = std::get_if<DeferredHandler>(&route.handler)) {
    ApiResponse response = co_await run_deferred(core, *later, request);
    co_return response;
  }
  co_return problem(problems::kInternal, "this route has no handler", request->request_id);
}

}  // namespace tapewatch
