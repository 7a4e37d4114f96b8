#pragma once
// What an endpoint receives and returns: plain data, no Asio, no Beast.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace tapewatch {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// What a caller may do. `read`: every GET and scoring. `ingest`: pushing documents. `operate`: read, and
/// acknowledging, silencing, retrying. `admin`: everything. `open` marks routes that need no token.
enum class Access { open, read, ingest, operate, admin };

using Fields = std::vector<std::pair<std::string, std::string>>;

struct ApiRequest {
  std::string method;
  std::string path;        // percent-decoded, without the query
  Fields query;            // decoded, in order, repeats kept
  Fields headers;          // names in lower case
  Fields path_parameters;  // of the matched pattern, by name
  std::string body;
  std::string request_id;     // ours: sent back as X-Request-Id, in problems and in the log
  std::string client;         // remote address, for the log
  std::string caller;         // token name; empty without authentication
  bool by_link = false;       // without a token: a signed link shows that one thing
  bool foreign_host = false;  // the name in Host is not ours: a page of another site may read the answer
  WallTime now{};             // wall clock on arrival; what `-24h` is relative to
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();

  const std::atomic<bool>* stopping = nullptr;  // set while the server stops; may be null
  std::shared_ptr<std::atomic<bool>> left;      // set once the client has closed the connection; may be null

  /// Whether further work is useless: the deadline has passed, nobody waits any more, or the server is stopping.
  bool is_over() const {
    return (stopping && *stopping) || (left && *left) || std::chrono::steady_clock::now() >= deadline;
  }

  /// Value of a header (name in lower case); empty when absent.
  std::string_view header(std::string_view name) const;
  /// Value of `{name}` in the matched pattern; empty when there is none.
  std::string_view path_parameter(std::string_view name) const;
};

/// The next part of a long body, or nothing at its end. Runs on a query thread and keeps to the deadline; an exception
/// cuts the response off.
using NextPart = std::function<std::optional<std::string>(std::chrono::steady_clock::time_point deadline)>;

struct ApiResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  Fields headers;
  NextPart more;  // if set, `body` is only the beginning and the response is sent in chunks
};

/// A request whose answer waits for another event (a commit).
class DeferredAnswer {
 public:
  virtual ~DeferredAnswer() = default;
  /// The answer as far as it is known; called once when the request's deadline passes or the server stops. Any
  /// thread.
  virtual ApiResponse at_deadline() = 0;
};

/// Answers a deferred request. Any thread.
class Reply {
 public:
  using Answer = std::function<void(ApiResponse)>;
  using Hold = std::function<bool(std::shared_ptr<DeferredAnswer>)>;

  Reply(Answer answer, Hold hold) : answer_(std::move(answer)), hold_(std::move(hold)) {}
  /// Implicit, as std::function is: a callback stands where a reply is expected.
  template <class F>
  requires(!std::is_same_v<std::decay_t<F>, Reply> && std::is_invocable_v<F&, ApiResponse>)
      Reply(F answer)  // NOLINT(google-explicit-constructor)
      : answer_(std::move(answer)) {}

  /// Once; later calls do nothing.
  void operator()(ApiResponse response) const { answer_(std::move(response)); }

  /// Called before anything is done that a commit will make durable: from now on `waiting` knows the answer at the
  /// deadline. False if it is too late and the client was told that nothing was accepted: then nothing may be.
  bool hold(std::shared_ptr<DeferredAnswer> waiting) const { return !hold_ || hold_(std::move(waiting)); }

 private:
  Answer answer_;
  Hold hold_;
};

}  // namespace tapewatch
