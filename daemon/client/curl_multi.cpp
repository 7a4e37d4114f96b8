// Tested by tests/daemon/client/http_client_test.cpp
#include "daemon/client/curl_multi.hpp"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <map>
#include <new>
#include <stdexcept>
#include <string>
#include <utility>

namespace tapewatch {

namespace asio = boost::asio;
using asio::posix::stream_descriptor;

namespace {

constexpr long kIdleConnections = 64;  // kept over all hosts; the one that has been idle longest goes first

void initialise_curl() {
  static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);  // once per process; thread-safe since 7.84
  if (ready != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(ready));
}

}  // namespace

CurlHandle make_curl_handle() {
  initialise_curl();
  CurlHandle handle(curl_easy_init(), curl_easy_cleanup);
  if (!handle) throw std::bad_alloc();
  curl_easy_setopt(handle.get(), CURLOPT_COOKIEFILE, "");
  return handle;
}

/// Shared with the handlers held by Asio, for which `multi` is null once the owner is destroyed.
struct CurlMulti::Impl : std::enable_shared_from_this<Impl> {
  using Done = std::function<void(CURLcode)>;

  /// A socket that libcurl waits for. libcurl opens and closes it; the descriptor only borrows it.
  struct Socket {
    Socket(const asio::any_io_executor& executor, int number) : descriptor(executor, number) {}
    ~Socket() { release(); }
    Socket(const Socket&) = delete;
    Socket& operator=(const Socket&) = delete;
    void release() {
      if (descriptor.is_open()) descriptor.release();
    }

    stream_descriptor descriptor;
    int wanted = CURL_POLL_NONE;
    bool reading = false, writing = false;  // an Asio wait is pending
  };
  using SocketPointer = std::shared_ptr<Socket>;

  explicit Impl(asio::any_io_executor executor_) : executor(std::move(executor_)), timer(executor) {
    initialise_curl();
    multi = curl_multi_init();
    if (multi == nullptr) throw std::bad_alloc();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, &Impl::on_socket);
    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, &Impl::on_timer);
    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, kIdleConnections);
  }

  static int on_socket(CURL*, curl_socket_t number, int what, void* self, void*) {
    static_cast<Impl*>(self)->watch(number, what);
    return 0;
  }
  static int on_timer(CURLM*, long milliseconds, void* self) {
    static_cast<Impl*>(self)->set_timer(milliseconds);
    return 0;
  }

  void watch(curl_socket_t number, int what) {
    const auto found = sockets.find(number);
    if (what == CURL_POLL_REMOVE) {
      if (found == sockets.end()) return;
      found->second->release();  // before libcurl closes it and the number is reused
      sockets.erase(found);
      return;
    }
    auto& socket = found == sockets.end() ? sockets[number] : found->second;
    if (!socket) socket = std::make_shared<Socket>(executor, number);
    socket->wanted = what;
    wait(number, socket);
  }

  void wait(curl_socket_t number, const SocketPointer& socket) {
    const auto arm = [&](int direction, bool Socket::*waiting, stream_descriptor::wait_type type, int event) {
      if ((socket->wanted & direction) == 0 || socket.get()->*waiting) return;
      socket.get()->*waiting = true;
      socket->descriptor.async_wait(type, [self = shared_from_this(), socket, number, waiting, event,
                                           direction](boost::system::error_code error) {
        socket.get()->*waiting = false;
        if (self->multi == nullptr || !socket->descriptor.is_open() || error == asio::error::operation_aborted) return;
        if ((socket->wanted & direction) != 0) self->act(number, error ? CURL_CSELECT_ERR : event);
        if (self->multi != nullptr && socket->descriptor.is_open()) self->wait(number, socket);
      });
    };
    arm(CURL_POLL_IN, &Socket::reading, stream_descriptor::wait_read, CURL_CSELECT_IN);
    arm(CURL_POLL_OUT, &Socket::writing, stream_descriptor::wait_write, CURL_CSELECT_OUT);
  }

  void set_timer(long milliseconds) {
    timer.cancel();
    if (milliseconds < 0) return;
    timer.expires_after(std::chrono::milliseconds(milliseconds));
    timer.async_wait([self = shared_from_this()](boost::system::error_code error) {
      if (!error && self->multi != nullptr) self->act(CURL_SOCKET_TIMEOUT, 0);
    });
  }

  void act(curl_socket_t number, int events) {
    int running = 0;
    curl_multi_socket_action(multi, number, events, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg == CURLMSG_DONE) end(message->easy_handle, message->data.result);
    }
  }

  void end(CURL* transfer, CURLcode result) {
    curl_multi_remove_handle(multi, transfer);
    if (auto node = transfers.extract(transfer)) node.mapped()(result);
  }

  void start(CURL* transfer, Done done) {
    if (stopped) return done(CURLE_ABORTED_BY_CALLBACK);
    if (curl_multi_add_handle(multi, transfer) != CURLM_OK) return done(CURLE_FAILED_INIT);
    transfers.emplace(transfer, std::move(done));
  }

  void stop() {
    stopped = true;
    while (!transfers.empty()) end(transfers.begin()->first, CURLE_ABORTED_BY_CALLBACK);
  }

  void close() {
    for (const auto& [transfer, done] : transfers) curl_multi_remove_handle(multi, transfer);
    transfers.clear();
    timer.cancel();
    curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, nullptr);
    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, nullptr);
    for (const auto& [number, socket] : sockets) socket->release();
    sockets.clear();
    curl_multi_cleanup(std::exchange(multi, nullptr));
  }

  const asio::any_io_executor executor;
  asio::steady_timer timer;
  CURLM* multi = nullptr;
  std::map<curl_socket_t, SocketPointer> sockets;
  std::map<CURL*, Done> transfers;
  bool stopped = false;
};

CurlMulti::CurlMulti(asio::any_io_executor executor) : impl_(std::make_shared<Impl>(std::move(executor))) {}

CurlMulti::~CurlMulti() { impl_->close(); }

void CurlMulti::stop() { impl_->stop(); }

asio::awaitable<CURLcode> CurlMulti::perform(CURL* transfer) {
  auto start = [impl = impl_.get()](auto handler, CURL* begun) {
    auto executor = asio::get_associated_executor(handler);
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    // Posted: the coroutine must not resume inside libcurl's callbacks or stop().
    impl->start(begun, [kept, executor](CURLcode result) {
      asio::post(executor, [kept, result] { (*kept)(std::exception_ptr(), result); });
    });
  };
  co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, CURLcode)>(
      std::move(start), asio::use_awaitable, transfer);
}

}  // namespace tapewatch
