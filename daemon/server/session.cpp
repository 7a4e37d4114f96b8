// Tested by tests/daemon/server/http_server_test.cpp
#include "daemon/server/session.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "daemon/server/as_tuple.hpp"
#include "daemon/server/departure.hpp"
#include "daemon/server/dispatch.hpp"
#include "daemon/server/framing.hpp"
#include "daemon/server/problem.hpp"
#include "daemon/server/refusals.hpp"
#include "daemon/server/response_sender.hpp"
#include "daemon/server/stream/event_stream.hpp"
#include "daemon/server/wire.hpp"

namespace tapewatch {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Parser = http::request_parser<http::string_body>;

class HttpSession final : public Session {
 public:
  HttpSession(std::shared_ptr<ServerCore> core, std::unique_ptr<ByteStream> stream, Connections::Place place)
      : core_(std::move(core)), place_(place), stream_(std::move(stream)), sender_(core_, *stream_) {
    error_code ignored;
    const auto remote = stream_->socket().remote_endpoint(ignored);
    if (!ignored) client_ = remote.address().to_string();
  }

  /// If memory is missing when a wait begins, Asio silently drops the coroutine.
  ~HttpSession() override {
    if (!ended_) ++core_->lost;
    core_->connections.leave(this);
  }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void start() override {
    const auto self = std::static_pointer_cast<HttpSession>(shared_from_this());
    core_->connections.enter(self, place_);
    core_->report_load();
    try {
      asio::co_spawn(executor(), run(), [self](const std::exception_ptr& failure) {
        self->ended_ = true;
        if (failure) self->tell(failure);
        self->close();
        self->core_->connections.leave(self.get());
        self->core_->report_load();
      });
    } catch (...) {  // no memory for the coroutine: the caller is told
      ended_ = true;
      throw;
    }
  }

  void close_gently() override {
    asio::post(executor(), [self = shared_from_this(), this] {
      last_ = true;
      if (idle_ || streaming_) close();
    });
  }

  void cut() override {
    asio::post(executor(), [self = shared_from_this(), this] { close(); });
  }

 private:
  asio::awaitable<void> run() {
    const bool ready = co_await open();
    while (ready && !last_ && !core_->stopping) {
      const bool goes_on = co_await serve_one();
      if (!goes_on) break;
    }
  }

  /// The handshake, with the time of a head; until it is over the connection counts as idle.
  asio::awaitable<bool> open() {
    idle_ = true;
    stream_->expires_after(is_reserved() ? core_->options.reserved_timeout : core_->options.header_timeout);
    const ByteStream::Opened opened = co_await stream_->open();
    idle_ = false;
    if (opened == ByteStream::Opened::failed && !last_) core_->report_handshake(client_, stream_->failure());
    if (opened == ByteStream::Opened::plain_http) {
      core_->report_handshake(client_, "HTTP without TLS");
      request_id_ = core_->next_request_id();
      sender_.begin(request_id_);
      ApiResponse refusal = needs_tls(request_id_);
      co_await sender_.send_and_close(std::move(refusal));
    }
    co_return opened == ByteStream::Opened::ready && !last_;
  }

  /// One request and its answer; false when the connection is over.
  asio::awaitable<bool> serve_one() {
    if (!co_await await_first_byte()) co_return false;
    const std::size_t head_size = co_await read_head_bytes();
    if (head_size == 0) co_return false;
    if (is_reserved()) {
      core_->connections.set_idle(this, false);  // until now it could be closed for another one
      last_ = true;
    }
    Parser parser;
    parser.header_limit(core_->options.max_header_bytes);
    parser.body_limit(boost::none);  // set once the route is known
    const std::string raw_head(static_cast<const char*>(buffer_.data().data()), head_size);
    error_code error;
    buffer_.consume(parser.put(buffer_.data(), error));
    if (error) {
      if (auto refusal = read_problem(error, core_->options, nullptr, request_id_)) {
        co_await sender_.send_and_close(std::move(*refusal));
      }
      co_return false;
    }
    try {
      const bool served = co_await serve(parser, raw_head);
      co_return served;
    } catch (const std::bad_alloc&) {
      core_->shortages->report(Resource::memory, "serving a request");
    }
    if (!sender_.has_begun()) {
      ApiResponse refusal = problem(problems::kUnavailable, "no memory is left for this request", request_id_);
      co_await sender_.send_and_close(std::move(refusal));
    }
    co_return false;
  }

  asio::awaitable<bool> await_first_byte() {
    if (buffer_.size() > 0) co_return true;
    idle_ = true;
    core_->connections.set_idle(this, true);
    stream_->expires_after(is_reserved() ? core_->options.reserved_timeout : core_->options.idle_timeout);
    const ByteStream::Read read = co_await stream_->read_some(buffer_.prepare(kReadSize));
    idle_ = false;
    if (!is_reserved()) core_->connections.set_idle(this, false);
    if (read.error || last_) co_return false;
    buffer_.commit(read.bytes);
    co_return true;
  }

  /// The size of the head once it is complete in the buffer, before Beast consumes it; 0: the connection is over.
  asio::awaitable<std::size_t> read_head_bytes() {
    request_id_ = core_->next_request_id();
    sender_.begin(request_id_);
    stream_->expires_after(is_reserved() ? core_->options.reserved_timeout : core_->options.header_timeout);
    for (std::size_t searched = 0;;) {
      while (buffered().starts_with("\r\n")) buffer_.consume(2);  // RFC 9112, 2.2: left over from the previous body
      const std::size_t end = head_end(buffered(), searched);
      if (end != std::string_view::npos && end <= core_->options.max_header_bytes) co_return end;
      searched = buffer_.size();
      if (searched >= core_->options.max_header_bytes) {
        ApiResponse refusal = head_too_long(core_->options, request_id_);
        co_await sender_.send_and_close(std::move(refusal));
        co_return 0;
      }
      const ByteStream::Read read = co_await stream_->read_some(buffer_.prepare(kReadSize));
      if (read.error) co_return 0;
      buffer_.commit(read.bytes);
    }
  }

  std::string_view buffered() const { return {static_cast<const char*>(buffer_.data().data()), buffer_.size()}; }

  asio::awaitable<bool> serve(Parser& parser, const std::string& raw_head) {
    const auto began = std::chrono::steady_clock::now();
    if (parser.get().method() == http::verb::head) sender_.without_body();
    const auto shared = std::make_shared<ApiRequest>();  // a handler may outlive this session
    ApiRequest& request = *shared;
    const Head head = read_head(parser, request);
    if (auto refusal = framing_problem(raw_head, head.version, request)) {
      record(request, Checked{}, refusal->status, began);
      co_await sender_.send_and_close(std::move(*refusal));
      co_return false;
    }
    Checked checked = check_request(*core_, head, request, began);
    if (is_reserved() && !(checked.route && checked.route->reach.when_full)) checked.refusal = no_place(request_id_);
    if (checked.refusal) {
      record(request, checked, checked.refusal->status, began);
      const bool more = co_await answer_early(parser, std::move(*checked.refusal));
      co_return more;
    }
    const auto unread = co_await read_body(parser, *checked.route);
    if (unread) {
      record(request, checked, unread->status, began);
      ApiResponse refusal = *unread;
      co_await sender_.send_and_close(std::move(refusal));
      co_return false;
    }
    request.body = std::move(parser.get().body());
    request.deadline = std::chrono::steady_clock::now() + core_->options.request_deadline;
    request.stopping = &core_->stopping;
    if (std::holds_alternative<StreamHandler>(checked.route->handler)) {
      co_await stream(request, checked, began);
      co_return false;
    }
    ApiResponse response = co_await answer(*checked.route, shared);
    record(request, checked, response.status, began);
    const bool keep = parser.get().keep_alive() && !last_ && !core_->stopping;
    if (response.more) {
      const bool whole = co_await sender_.send_parts(std::move(response), keep, parser.get().version() == 11);
      co_return whole&& keep&& parser.get().version() == 11;
    }
    const bool sent = co_await sender_.send(std::move(response), keep);
    co_return sent&& keep;
  }

  /// A query is told when nobody waits for it any more.
  asio::awaitable<ApiResponse> answer(const Route& route, std::shared_ptr<ApiRequest> request) {
    std::optional<Departure> departure;
    if (std::holds_alternative<QueryHandler>(route.handler)) {
      request->left = std::make_shared<std::atomic<bool>>(false);
      departure.emplace(stream_->socket(), shared_from_this(), request->left);
    }
    ApiResponse response = co_await dispatch(core_, route, request);
    co_return response;
  }

  Head read_head(Parser& parser, ApiRequest& request) {
    const auto& message = parser.get();
    request.method = std::string(message.method_string());
    request.request_id = request_id_;
    request.client = client_;
    request.now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    for (const auto& field : message) {
      std::string name(field.name_string());
      for (char& c : name) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
      request.headers.emplace_back(std::move(name), std::string(field.value()));
    }
    Head head;
    head.target = std::string(message.target());
    head.version = message.version();
    head.hosts = static_cast<unsigned>(message.count(http::field::host));
    head.has_body = parser.chunked() || parser.content_length().value_or(0) > 0;
    head.content_length = parser.content_length() ? *parser.content_length() : 0;
    return head;
  }

  /// Reads the rest of the body, up to the route's limit; returns an answer if that fails, with status 0 if nobody
  /// waits for one.
  asio::awaitable<std::optional<ApiResponse>> read_body(Parser& parser, const Route& route) {
    if (parser.is_done()) co_return std::nullopt;
    ApiResponse gone;
    gone.status = 0;
    parser.body_limit(route.max_body_bytes);
    parser.eager(true);
    parser.get().body().reserve(parser.content_length().value_or(0));
    stream_->expires_after(core_->options.body_timeout);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      static constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
      const error_code unsent = co_await stream_->write(asio::buffer(kGoOn));
      if (unsent) co_return gone;
    }
    for (;;) {
      error_code error;
      if (buffer_.size() > 0) buffer_.consume(parser.put(buffer_.data(), error));
      if (error && error != http::error::need_more) {
        auto refusal = read_problem(error, core_->options, &route, request_id_);
        if (!refusal) co_return gone;
        co_return refusal;
      }
      if (parser.is_done()) co_return std::nullopt;
      const ByteStream::Read read = co_await stream_->read_some(buffer_.prepare(kReadSize));
      if (read.error) co_return gone;
      buffer_.commit(read.bytes);
    }
  }

  /// Answers before the body is read: the connection can continue only if there is no body.
  asio::awaitable<bool> answer_early(Parser& parser, ApiResponse response) {
    const bool keep = parser.is_done() && parser.get().keep_alive() && !last_ && !core_->stopping;
    if (!keep) {
      co_await sender_.send_and_close(std::move(response));
      co_return false;
    }
    const bool sent = co_await sender_.send(std::move(response), true);
    co_return sent;
  }

  asio::awaitable<void> stream(const ApiRequest& request, const Checked& checked,
                               std::chrono::steady_clock::time_point began) {
    auto refusal = co_await prepare_stream(core_, *checked.route, request);
    if (refusal) {
      record(request, checked, refusal->status, began);
      ApiResponse response = *refusal;
      co_await sender_.send_and_close(std::move(response));
      co_return;
    }
    record(request, checked, 200, began);
    streaming_ = true;
    if (request.method == "HEAD") {
      co_await sender_.write(event_stream_head(request_id_));
      co_return;
    }
    co_await serve_events(core_, *stream_, request);
  }

  void record(const ApiRequest& request, const Checked& checked, unsigned status,
              std::chrono::steady_clock::time_point began) {
    if (status == 0) return;  // nobody waited for an answer
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - began;
    const std::string_view route = checked.route ? std::string_view(checked.route->pattern) : "none";
    const bool known = checked.route || request.method == "GET" || request.method == "POST";
    core_->metrics.count_request(route, known ? std::string_view(request.method) : "other", status, took);
    core_->log->debug("{} {} {} {} {:.1f} ms id={} from={}", request.method, request.path, status, route,
                      took.count() * 1e3, request.request_id, request.client);
  }

  void tell(const std::exception_ptr& failure) const {
    try {
      std::rethrow_exception(failure);
    } catch (const std::exception& error) {
      if (const auto missing = missing_resource(error)) {
        core_->shortages->report(*missing, "serving a connection");
      } else {
        core_->log->error("the session of {} ended: {}", client_, error.what());
      }
    }
  }

  void close() { stream_->close(); }
  asio::any_io_executor executor() { return stream_->socket().get_executor(); }
  bool is_reserved() const { return place_ == Connections::Place::reserved; }

  const std::shared_ptr<ServerCore> core_;
  const Connections::Place place_;
  const std::unique_ptr<ByteStream> stream_;
  beast::flat_buffer buffer_;
  ResponseSender sender_;
  std::string client_, request_id_;
  bool ended_ = false, idle_ = false, streaming_ = false, last_ = false;
};

}  // namespace

std::shared_ptr<Session> Session::create(std::shared_ptr<ServerCore> core, std::unique_ptr<ByteStream> stream,
                                         Connections::Place place) {
  return std::make_shared<HttpSession>(std::move(core), std::move(stream), place);
}

}  // namespace tapewatch
