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

/// libcurl's transfers on an Asio executor, through libcurl's multi-socket interface: libcurl names the sockets and the
/// time-out, Asio waits, libcurl continues. Names are resolved on libcurl's threads.
///
/// Thread: the executor's, which must be single-threaded or a strand. Nothing blocks, not even the destructor: a
/// hanging name look-up is left to its thread.
class CurlMulti {
 public:
  explicit CurlMulti(boost::asio::any_io_executor executor);
  /// No transfer may be running: stop() and let the coroutines return.
  ~CurlMulti();
  CurlMulti(const CurlMulti&) = delete;
  CurlMulti& operator=(const CurlMulti&) = delete;

  /// Runs one transfer to its end. CURLE_ABORTED_BY_CALLBACK when it was stopped. The handle can be reused afterwards.
  boost::asio::awaitable<CURLcode> perform(CURL* transfer);
  /// Ends all transfers; later ones end at once.
  void stop();

 private:
  struct Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tapewatch
