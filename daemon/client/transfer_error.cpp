// Tested by tests/daemon/client/http_client_tls_test.cpp
#include <fmt/format.h>

#include <system_error>

#include "daemon/client/transfer.hpp"

// Translates a failure of libcurl into the client's terms. libcurl's own texts are used only if they name neither
// address nor header.

namespace tapewatch {
namespace {

curl_off_t time_of(CURL* handle, CURLINFO which) {
  curl_off_t microseconds = 0;
  curl_easy_getinfo(handle, which, &microseconds);
  return microseconds;
}

long number_of(CURL* handle, CURLINFO which) {
  long number = 0;
  curl_easy_getinfo(handle, which, &number);
  return number;
}

}  // namespace

ClientError Transfer::explain_timeout() const {
  if (answered_) {
    return about(ClientErrorKind::timeout,
                 fmt::format("the answer did not end in time ({} bytes received)", response_.wire_bytes));
  }
  const bool direct = exchange_.proxy.empty();
  if (direct && time_of(handle_, CURLINFO_NAMELOOKUP_TIME_T) == 0) {
    return about(ClientErrorKind::timeout, "no address within the time allowed");
  }
  if (time_of(handle_, CURLINFO_CONNECT_TIME_T) == 0) {
    return about(ClientErrorKind::timeout, fmt::format("no connection{} within {} ms", direct ? "" : " to the proxy",
                                                       exchange_.connect_timeout.count()));
  }
  if (exchange_.target.tls && time_of(handle_, CURLINFO_APPCONNECT_TIME_T) == 0) {
    return about(ClientErrorKind::timeout, "the TLS handshake did not end in time");
  }
  return about(ClientErrorKind::timeout, "no answer in time");
}

ClientError Transfer::explain_tls() const {
  if (!certificate_.refusal().empty()) return about(ClientErrorKind::tls, "TLS: " + certificate_.refusal());
  const bool another_name = std::string_view(message_.data()).find("subject name") != std::string_view::npos;
  if (another_name && !certificate_.names().empty()) {
    return about(ClientErrorKind::tls, "TLS: the certificate is for " + certificate_.names() + ", not for this host");
  }
  return about(ClientErrorKind::tls, std::string("TLS: ") + message_.data());
}

ClientError Transfer::explain(CURLcode code) const {
  const bool proxied = !exchange_.proxy.empty();
  const long connect_answer = number_of(handle_, CURLINFO_HTTP_CONNECTCODE);
  if (proxied && !answered_ && connect_answer >= 300) {
    return about(ClientErrorKind::proxy, fmt::format("the proxy answered {} to CONNECT", connect_answer));
  }
  switch (code) {
    case CURLE_ABORTED_BY_CALLBACK:
      return {ClientErrorKind::cancelled, "stopped"};
    case CURLE_URL_MALFORMAT:
      return about(ClientErrorKind::url, "not a URL that libcurl accepts");
    case CURLE_COULDNT_RESOLVE_HOST:
      return about(ClientErrorKind::resolve, "the name has no address");
    case CURLE_COULDNT_RESOLVE_PROXY:
      return about(ClientErrorKind::proxy, "the proxy's name has no address");
    case CURLE_PROXY:
      return about(ClientErrorKind::proxy, "the proxy refused the connection");
    case CURLE_COULDNT_CONNECT: {
      if (!refused_address_.empty() && !exchange_.redirected) {
        return about(ClientErrorKind::connect, "its name leads to " + refused_address_ +
                                                   ", which is not an address that may be connected to (reach)");
      }
      if (!refused_address_.empty()) {
        return about(ClientErrorKind::redirect,
                     "redirect to " + refused_address_ + " refused: a public host leads to a private address");
      }
      const std::string why = std::generic_category().message(static_cast<int>(number_of(handle_, CURLINFO_OS_ERRNO)));
      if (proxied) return about(ClientErrorKind::proxy, "the proxy: " + why);
      return {ClientErrorKind::connect,
              fmt::format("{} port {}: {}", exchange_.target.host, exchange_.target.port, why)};
    }
    case CURLE_OPERATION_TIMEDOUT:
      return explain_timeout();
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_USE_SSL_FAILED:
      return explain_tls();
    case CURLE_FILESIZE_EXCEEDED:
      return about(ClientErrorKind::too_large,
                   fmt::format("the body has more than {} bytes", exchange_.max_response_bytes));
    case CURLE_OUT_OF_MEMORY:  // libcurl's own limit for one header line, 100 KiB
      if (answered_) break;
      return about(ClientErrorKind::too_large,
                   fmt::format("the header has more than {} bytes", exchange_.max_header_bytes));
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      if (answered_) break;
      return about(ClientErrorKind::connect, "the connection was closed before an answer");
    default:
      break;
  }
  if (answered_) {
    return about(ClientErrorKind::protocol, fmt::format("the answer was cut off after {} bytes: {}",
                                                        response_.wire_bytes, curl_easy_strerror(code)));
  }
  return about(ClientErrorKind::protocol, fmt::format("not HTTP: {}", curl_easy_strerror(code)));
}

}  // namespace tapewatch
