#pragma once
#include <optional>
#include <variant>

#include "daemon/server/message.hpp"

namespace tapewatch {

/// Requests that wait for the model have threads of their own: a flood of them holds up no query.
enum class Threads { queries, scoring };

/// Runs on a thread of `threads` and may block on SQL; must keep to request.deadline.
struct QueryHandler {
  std::function<ApiResponse(const ApiRequest&)> run;
  Threads threads = Threads::queries;
};
/// Runs on the io thread and must not block.
struct InlineHandler {
  std::function<ApiResponse(const ApiRequest&)> run;
};
/// Starts on a query thread and answers through `Reply`; holds its answer before it starts any work. Its return value
/// is held too; null if it has replied, or was too late to do anything.
struct DeferredHandler {
  std::function<std::shared_ptr<DeferredAnswer>(const ApiRequest&, Reply)> run;
};
/// The session becomes a server-sent event stream; the server serves it from its EventLog. `check` refuses bad
/// requests.
struct StreamHandler {
  std::function<std::optional<ApiResponse>(const ApiRequest&)> check;
};
using Handler = std::variant<QueryHandler, InlineHandler, DeferredHandler, StreamHandler>;

/// Exceptions to where a route is answered.
struct Reach {
  bool when_full = false;          // also on a reserved connection when all others are taken: requests of supervisors
  bool any_host = false;           // under any name in Host or none: contains nothing secret if request.foreign_host
  std::vector<std::string> hosts;  // names in Host that are answered besides the server's own
};

struct Route {
  std::string method;
  std::string pattern;  // "/v1/documents/{id}"; a `{name}` matches one non-empty segment
  Access access = Access::read;
  Handler handler;
  std::size_t max_body_bytes = 0;  // 0: the route takes no body
  Reach reach;
  /// Credentials of the route's own, in place of `access`; gives the answer to a caller who has not shown them.
  std::function<std::optional<ApiResponse>(const ApiRequest&)> admit = {};
  bool compressed = false;  // the handler reads a body with Content-Encoding: gzip
  /// For callers without a token: why what the link of the request carries does not show this; nothing: it does. Null:
  /// no link does. Asked only where the query has `signature` or `expires`.
  std::function<std::optional<ApiResponse>(const ApiRequest&)> link_refusal = {};
};

/// Whether the request came by a link that claims to be signed.
bool carries_link(const ApiRequest&);

/// The route table: filled before the server starts, read-only (and so shared by threads) afterwards. HEAD matches GET.
class Router {
 public:
  void add(Route route);
  void get(std::string pattern, Access access, Handler handler, Reach reach = {});

  struct Match {
    const Route* route = nullptr;  // null: no such path, or the method is not allowed
    Fields path_parameters;
    std::string allow;  // for 405 and OPTIONS: the methods of the path; empty: no such path
  };
  /// `path` is percent-encoded as it arrived, so that %2F in a parameter stays in its segment; its segments are
  /// compared decoded: "/v1/%64ocuments" is "/v1/documents".
  Match match(std::string_view method, std::string_view path) const;
  /// The methods of all routes: the answer to OPTIONS *.
  std::string methods() const;

  const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace tapewatch
