#pragma once

#include <curl/curl.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>

namespace tapewatch {

/// A transfer's options and state in libcurl, and the cookies of the transfers made with it. Never curl_easy_reset():
/// in 7.88 it leaks.
using CurlHandle = std::unique_ptr<CURL, void (*)(CURL*)>;
CurlHandle make_curl_handle();

/// libcurl's transfers on an Asio executor, by libcurl's multi-socket interface: libcurl says which sockets and which
/// time-out it waits for, Asio waits, libcurl goes on. Names are looked up on libcurl's threads.
///
/// Thread: the executor's, which must be single-threaded or a strand. Nothing blocks, the destructor neither: a name
/// look-up that hangs is left to its thread.
class CurlMulti {
 public:
  explicit CurlMulti(boost::asio::any_io_executor executor);
  /// No transfer may be running: stop() and let the coroutines return.
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  /// Runs one transfer to its end. CURLE_ABORTED_BY_CALLBACK when it was stopped. The handle is free again after it.
  boost::asio::awaitable<CURLcode> perform(CURL* transfer);
  /// Ends all transfers; those begun later end at once.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tapewatch
