#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "daemon/client/certificate_check.hpp"
#include "daemon/client/client.hpp"
#include "daemon/client/content_decoding.hpp"
#include "daemon/client/exchange.hpp"

namespace tapewatch {

/// One exchange on one libcurl handle: sets its options, collects what libcurl reads, within the limits, and returns
/// the outcome. The exchange and the authorities must outlive it. The executor's thread.
class Transfer {
 public:
  /// Sets every option that this class uses on the handle again; its cookies stay.
  Transfer(const Exchange& exchange, const TrustedAuthorities& authorities, CURL* handle);
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;
  ~Transfer();

  /// The response, or the error. Call it once, after the transfer has ended with `code`.
  ClientResult finish(CURLcode code);
  /// When the peer's certificate expires; nullopt without TLS.
  std::optional<std::chrono::sys_seconds> certificate_expires() const { return certificate_.expires(); }
  /// Whether the address that answered is public; false behind a proxy, where it is unknown.
  bool reached_public_address() const;

 private:
  static std::size_t on_header(char* line, std::size_t one, std::size_t size, void* self);
  static std::size_t on_body(char* bytes, std::size_t one, std::size_t size, void* self);
  static curl_socket_t on_open(void* self, curlsocktype purpose, curl_sockaddr* address);
  static CURLcode on_tls(CURL* handle, void* context, void* self);

  void set_request();
  void set_headers();
  void set_connection();
  bool take_header(std::string_view line);
  bool take_body(std::string_view bytes);
  bool end_of_header();
  bool fail(ClientErrorKind kind, std::string_view why);
  ClientError explain(CURLcode code) const;
  ClientError explain_timeout() const;
  ClientError explain_tls() const;
  ClientError about(ClientErrorKind kind, std::string_view why) const;

  const Exchange& exchange_;
  CURL* const handle_;
  CertificateCheck certificate_;
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_;
  std::array<char, CURL_ERROR_SIZE> message_{};
  ClientResponse response_;
  std::string encoding_;
  std::optional<ContentDecoder> decoder_;
  std::optional<ClientError> failure_;  // set by a callback, which then ended the transfer
  std::size_t header_bytes_ = 0;
  bool answered_ = false;  // the final header has arrived
  std::string refused_address_;
};

}  // namespace tapewatch
