#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "daemon/client/address_guard.hpp"

namespace tapewatch {

/// Options shared by all requests of one client.
struct ClientOptions {
  std::string ca_file;  ///< PEM bundle that replaces the system's certificate authorities; empty: the system's
  std::chrono::milliseconds connect_timeout = std::chrono::seconds(10);  ///< name look-up, TCP and TLS together
  std::string user_agent;                                                ///< empty: "tapewatch/<version>"
  std::size_t max_header_bytes = 64 * 1024;
  bool keep_connections = false;  ///< between requests to one host; else each has its own
};

using HeaderList = std::vector<std::pair<std::string, std::string>>;

/// The first value of a header, its name compared without case; empty when absent.
std::string_view find_header(const HeaderList& headers, std::string_view name);

/// How requests leave the local network.
struct ProxyOptions {
  std::string url;  ///< http, https, socks5 or socks5h, possibly with `user:password@`; empty: no proxy
  /// Hosts reached directly, without the proxy: "example.com" (and what ends in ".example.com"), an address, a network
  /// ("10.0.0.0/8"), or "*" for all of them.
  std::vector<std::string> except;
  /// The proxy itself keeps redirects away from private addresses. A proxy hides the address of a name from the client,
  /// so without this option redirects to other hosts are refused behind it.
  bool trusted = false;
  std::optional<std::string> https_url;  ///< for requests over TLS, where theirs is another one; empty: none
};

/// One request. Deliberately has a constructor: GCC 12 miscompiles aggregate temporaries in co_await expressions.
struct ClientRequest {
  ClientRequest() = default;
  ClientRequest(std::string method_, std::string url_) : method(std::move(method_)), url(std::move(url_)) {}

  std::string method = "GET";
  std::string url;     ///< http or https; `user:password@` becomes basic authorisation
  HeaderList headers;  ///< the client sets Host, Content-Length and Connection itself
  std::string body;
  std::chrono::milliseconds deadline = std::chrono::seconds(30);  ///< the whole exchange, including redirects
  std::size_t max_response_bytes = 1024 * 1024;  ///< of the body on the wire, and again after decompression
  /// Only the status counts: once it has arrived, nothing that happens to the body is an error. A body that is too
  /// large, incomplete, damaged or late is truncated.
  bool status_only = false;
  unsigned follow_redirects = 0;  ///< for GET and HEAD only; 0: a 3xx is an ordinary response
  bool accept_encodings = true;   ///< offer gzip, deflate, br and zstd
  ProxyOptions proxy;
  NetworkReach reach =
      NetworkReach::any;  ///< of the address that the host's name leads to; without a meaning behind a proxy
};

struct ClientResponse {
  ClientResponse() = default;

  unsigned status = 0;
  HeaderList headers;     ///< in the order received
  std::string body;       ///< decompressed
  std::string final_url;  ///< where the body came from, without credentials
  /// The end of an unbroken chain of 301 and 308 from the requested URL; empty when there was none.
  std::string permanent_redirect;
  std::size_t wire_bytes = 0;  ///< size of the body as transferred
};

enum class ClientErrorKind {
  url,        ///< not an http(s) URL
  resolve,    ///< the host's name has no address
  connect,    ///< refused, unreachable, reset before an answer
  tls,        ///< handshake or certificate; the message names the reason
  timeout,    ///< connect time-out or deadline; a trickling or endless body ends here or in too_large
  too_large,  ///< body over max_response_bytes, or header over max_header_bytes
  protocol,   ///< not HTTP, or cut off
  redirect,   ///< too many, a loop, no Location, https to http, or to a private address
  proxy,      ///< the proxy has no address, does not answer or refuses
  encoding,   ///< damaged or unknown Content-Encoding
  cancelled,  ///< the client was stopped
};

std::string_view to_string(ClientErrorKind kind);

struct ClientError {
  ClientError() = default;
  ClientError(ClientErrorKind kind_, std::string message_) : kind(kind_), message(std::move(message_)) {}

  ClientErrorKind kind = ClientErrorKind::protocol;
  std::string message;  ///< for a log: names the host, never credentials or the query
};

using ClientResult = boost::system::result<ClientResponse, ClientError>;

/// An HTTP client (libcurl): HTTP/2 where the server offers it over TLS, else HTTP/1.1. Any status is a response; only
/// the lack of a status is an error. A kept connection that has died is replaced, not an error.
///
/// TLS 1.2 or newer with SNI; certificate chain and host name are checked. Redirects go from http to https, never back,
/// and never from a public address to a private one; another origin gets neither credentials nor any header outside a
/// short harmless list. Cookies last for the request and its redirects.
///
/// Thread: everything runs on the executor, which must be single-threaded or a strand, and never blocks. The client
/// must outlive its requests: stop() and let them return before it is destroyed.
class HttpClient {
 public:
  /// Throws std::runtime_error naming the file when `ca_file` cannot be used.
  HttpClient(boost::asio::any_io_executor executor, ClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  boost::asio::awaitable<ClientResult> send(ClientRequest request);

  /// Aborts all requests in flight (they return `cancelled`) and refuses new ones.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapewatch
