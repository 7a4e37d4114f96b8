#include "daemon/server/stream/event_stream.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <charconv>

#include "config/notation/json_writer.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/server/as_tuple.hpp"
#include "daemon/server/gate.hpp"
#include "daemon/server/problem.hpp"
#include "daemon/server/wire.hpp"

namespace tapewatch {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kWriteBytes = 64 * 1024;
constexpr std::string_view kHello = "retry: 2000\n\n";
constexpr std::string_view kHeartbeat = ": still here\n\n";

/// The id to resume from: `Last-Event-ID`, which browsers send automatically, or `last_event_id` for other clients.
std::string_view resume_text(const ApiRequest& request) {
  if (const auto header = request.header("last-event-id"); !header.empty()) return header;
  for (const auto& [name, value] : request.query) {
    if (name == "last_event_id") return value;
  }
  return {};
}

std::optional<std::int64_t> parse_id(std::string_view text) {
  std::int64_t id = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (code != std::errc() || end != text.data() + text.size() || id < 0) return std::nullopt;
  return id;
}

/// Says that events are missing, and which ones there are.
std::string gap_frame(std::int64_t wanted, const EventLog::Range& range) {
  notation::JsonWriter json;
  json.begin_object().field("requested", wanted);
  json.field("oldest", range.oldest).field("newest", range.newest).end_object();
  return fmt::format("event: gap\ndata: {}\n\n", json.text());
}

/// One client: a cursor into the event table, woken by the hub. Lives on the session's strand.
class EventClient : public std::enable_shared_from_this<EventClient> {
 public:
  EventClient(std::shared_ptr<ServerCore> core, ByteStream& stream, const ApiRequest& request)
      : core_(std::move(core)), stream_(stream), request_(request), timer_(stream.socket().get_executor()) {}

  asio::awaitable<void> run() {
    const auto self = shared_from_this();
    const std::uint64_t key = core_->hub->join([weak = weak_from_this(), executor = stream_.socket().get_executor()] {
      asio::post(executor, [weak] {
        if (const auto client = weak.lock()) client->wake();
      });
    });
    const Membership membership(*core_, key);
    watch_for_close();
    co_await serve();
  }

 private:
  /// Leaves the hub whichever way the coroutine ends.
  class Membership {
   public:
    Membership(ServerCore& core, std::uint64_t key) : core_(core), key_(key) { core_.report_load(); }
    ~Membership() {
      core_.hub->leave(key_);
      core_.report_load();
    }
    Membership(const Membership&) = delete;
    Membership& operator=(const Membership&) = delete;

   private:
    ServerCore& core_;
    const std::uint64_t key_;
  };

  asio::awaitable<void> serve() {
    std::string opening = event_stream_head(request_.request_id);
    opening += kHello;
    if (!co_await write(std::move(opening))) co_return;
    if (!co_await find_start()) co_return;
    while (!gone_ && !core_->stopping) {
      auto portion = core_->hub->take(cursor_, kWriteBytes);
      if (portion.behind) {
        if (!co_await catch_up()) co_return;
      } else if (!portion.frames.empty()) {
        live_ = true;
        cursor_ = portion.cursor;
        if (!co_await write(std::move(portion.frames))) co_return;
      } else if (!co_await rest()) {
        co_return;
      }
    }
  }

  /// Where to begin: after the client's last event, or with the next one to come. An id that is no longer (or not yet)
  /// in the table gets a `gap` event that names the available range.
  asio::awaitable<bool> find_start() {
    const auto range = std::make_shared<EventLog::Range>();
    std::function<void()> look = [core = core_, range] { *range = core->hub->log().range(); };
    const bool read = co_await read_log(std::move(look));
    if (!read) co_return false;
    const std::string_view asked = resume_text(request_);
    if (asked.empty()) {
      cursor_ = range->newest;
      co_return true;
    }
    const std::int64_t wanted = parse_id(asked).value_or(0);
    cursor_ = wanted;
    const bool expired = range->oldest > 0 && wanted + 1 < range->oldest;
    if (!expired && wanted <= range->newest) co_return true;
    cursor_ = range->oldest > 0 ? range->oldest - 1 : range->newest;
    const bool sent = co_await write(gap_frame(wanted, *range));
    co_return sent;
  }

  /// Reads the next page from the table. A live client that has fallen behind is too slow: it is closed and may resume.
  asio::awaitable<bool> catch_up() {
    if (live_) {
      core_->log->info("event stream of {} fell behind and is closed; it may resume", request_.client);
      co_return false;
    }
    const auto events = std::make_shared<std::vector<StreamEvent>>();
    std::function<void()> look = [core = core_, events, from = cursor_] {
      *events = core->hub->log().after(from, core->hub->page());
    };
    const bool read = co_await read_log(std::move(look));
    if (!read) co_return false;
    std::string frames;
    for (const StreamEvent& event : *events) frames += event_frame(event);
    if (events->empty()) {
      live_ = true;  // nothing between the cursor and what the hub holds
      cursor_ = core_->hub->start().value_or(cursor_);
      co_return true;
    }
    cursor_ = events->back().id;
    const bool sent = co_await write(std::move(frames));
    co_return sent;
  }

  asio::awaitable<bool> read_log(std::function<void()> work) {
    const auto failed = std::make_shared<bool>(false);
    const auto log = core_->log;
    std::function<void()> guarded = [work = std::move(work), failed, log] {
      try {
        work();
      } catch (const std::exception& error) {
        *failed = true;
        log->warn("event stream: {}", explained(error));
      }
    };
    const auto deadline = Clock::now() + core_->options.request_deadline;
    const bool finished = co_await run_on(core_->query_threads.executor(), std::move(guarded), deadline);
    co_return finished && !*failed;
  }

  /// Waits for the hub or the heartbeat; false when the stream is over.
  asio::awaitable<bool> rest() {
    if (!woken_) {
      timer_.expires_after(core_->options.event_heartbeat);
      const auto [error] = co_await timer_.async_wait(kTuple);
      if (!error && !woken_) {
        if (!allowed()) co_return false;
        const bool sent = co_await write(std::string(kHeartbeat));
        co_return sent;
      }
    }
    woken_ = false;
    co_return !gone_;
  }

  bool allowed() const {
    const auto caller = core_->auth.identify(request_);
    return caller && Authenticator::allows(caller->role, Access::read);
  }

  asio::awaitable<bool> write(std::string bytes) {
    stream_.expires_after(core_->options.write_timeout);
    const error_code error = co_await stream_.write(asio::buffer(bytes));
    co_return !error;
  }

  /// A client sends nothing after its request: readable means closed.
  void watch_for_close() {
    stream_.socket().async_wait(tcp::socket::wait_read, [weak = weak_from_this()](const error_code&) {
      if (const auto client = weak.lock()) {
        client->gone_ = true;
        client->wake();
      }
    });
  }

  void wake() {
    woken_ = true;
    timer_.cancel();
  }

  const std::shared_ptr<ServerCore> core_;
  ByteStream& stream_;
  ApiRequest request_;
  asio::steady_timer timer_;
  std::int64_t cursor_ = 0;
  bool live_ = false, woken_ = false, gone_ = false;
};

}  // namespace

asio::awaitable<std::optional<ApiResponse>> prepare_stream(std::shared_ptr<ServerCore> core, const Route& route,
                                                           const ApiRequest& request) {
  if (const auto& check = std::get<StreamHandler>(route.handler).check) {
    if (auto refusal = check(request)) co_return refusal;
  }
  if (!core->hub) co_return problem(problems::kUnavailable, "there is no event log", request.request_id);
  if (const auto text = resume_text(request); !text.empty() && !parse_id(text)) {
    std::vector<FieldError> errors;
    errors.push_back(FieldError{FieldError::In::parameter, "last_event_id", "must be the id of an event"});
    co_return problem(problems::kInvalidParameter, "Last-Event-ID is not an event id", request.request_id, errors);
  }
  if (core->hub->clients() >= core->options.max_sse_clients) {
    co_return problem(problems::kBusy, "too many event streams are open", request.request_id);
  }
  co_return std::nullopt;
}

asio::awaitable<void> serve_events(std::shared_ptr<ServerCore> core, ByteStream& stream, const ApiRequest& request) {
  const auto client = std::make_shared<EventClient>(std::move(core), stream, request);
  co_await client->run();
}

}  // namespace tapewatch
