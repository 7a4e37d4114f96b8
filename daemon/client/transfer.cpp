// Tested by tests/daemon/client/http_client_test.cpp
#include "daemon/client/transfer.hpp"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/ip/tcp.hpp>
#include <charconv>
#include <cstring>
#include <new>

#include "config/notation/ascii.hpp"
#include "daemon/client/address_guard.hpp"

namespace tapewatch {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

constexpr std::size_t kReadBuffer = 64 * 1024;

/// libcurl takes "Name;" for a header without a value; "Name:" would remove its own header.
std::string header_line(const std::string& name, const std::string& value) {
  return value.empty() ? name + ";" : name + ": " + value;
}

/// 200 of "HTTP/1.1 200 OK"; 0 when there is none.
unsigned status_of(std::string_view line) {
  const std::size_t space = line.find(' ');
  unsigned status = 0;
  if (space != std::string_view::npos) std::from_chars(line.data() + space + 1, line.data() + line.size(), status);
  return status;
}

}  // namespace

Transfer::Transfer(const Exchange& exchange, const TrustedAuthorities& authorities, CURL* handle)
    : exchange_(exchange), handle_(handle), certificate_(authorities), headers_(nullptr, curl_slist_free_all) {
  set_request();
  set_headers();
  set_connection();
}

Transfer::~Transfer() {  // the handle outlives this object and must not point to it
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, nullptr);
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, nullptr);
  curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, nullptr);
}

void Transfer::set_request() {
  curl_easy_setopt(handle_, CURLOPT_URL, exchange_.target.url.c_str());
  curl_easy_setopt(handle_, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle_, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(handle_, CURLOPT_HTTPGET, 1L);
  if (exchange_.method == "HEAD") {
    curl_easy_setopt(handle_, CURLOPT_NOBODY, 1L);
  } else if (exchange_.method != "GET") {
    curl_easy_setopt(handle_, CURLOPT_POST, 1L);
    curl_easy_setopt(handle_, CURLOPT_CUSTOMREQUEST, exchange_.method.c_str());
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDS, exchange_.body.data());
    curl_easy_setopt(handle_, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(exchange_.body.size()));
  }
  const bool known_user = !exchange_.user.empty() || !exchange_.password.empty();
  curl_easy_setopt(handle_, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
  curl_easy_setopt(handle_, CURLOPT_USERNAME, known_user ? exchange_.user.c_str() : nullptr);
  curl_easy_setopt(handle_, CURLOPT_PASSWORD, known_user ? exchange_.password.c_str() : nullptr);
  curl_easy_setopt(handle_, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(handle_, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, message_.data());
  curl_easy_setopt(handle_, CURLOPT_BUFFERSIZE, static_cast<long>(kReadBuffer));
  // ContentDecoder decodes: libcurl 7.88 accepts a truncated gzip and refuses one with several members.
  curl_easy_setopt(handle_, CURLOPT_HTTP_CONTENT_DECODING, 0L);
  const bool bodiless = exchange_.method == "HEAD";
  if (!exchange_.status_only && !bodiless) {
    curl_easy_setopt(handle_, CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(exchange_.max_response_bytes));
  }
}

void Transfer::set_headers() {
  const auto add = [&](const std::string& line) {
    curl_slist* longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(headers_.release());  // part of the longer one
    headers_.reset(longer);
  };
  for (const auto& [name, value] : exchange_.headers) add(header_line(name, value));
  for (const std::string name : {"Content-Type", "Expect"}) {  // libcurl's own versions of them
    if (find_header(exchange_.headers, name).empty()) add(name + ":");
  }
  if (!exchange_.keep_connection) add("Connection: close");
  curl_easy_setopt(handle_, CURLOPT_HTTPHEADER, headers_.get());
}

void Transfer::set_connection() {
  const auto left = std::chrono::ceil<milliseconds>(exchange_.deadline - steady_clock::now());
  curl_easy_setopt(handle_, CURLOPT_TIMEOUT_MS, static_cast<long>(std::max(left, milliseconds(1)).count()));
  curl_easy_setopt(handle_, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(std::max(exchange_.connect_timeout, milliseconds(1)).count()));
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_QUICK_EXIT, 1L);  // a hanging look-up is abandoned
  const long own_connection = exchange_.keep_connection ? 0L : 1L;
  curl_easy_setopt(handle_, CURLOPT_FRESH_CONNECT, own_connection);
  curl_easy_setopt(handle_, CURLOPT_FORBID_REUSE, own_connection);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETFUNCTION, &Transfer::on_open);
  curl_easy_setopt(handle_, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(handle_, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle_, CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(handle_, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(handle_, CURLOPT_SSL_CTX_FUNCTION, &Transfer::on_tls);
  curl_easy_setopt(handle_, CURLOPT_SSL_CTX_DATA, this);
  curl_easy_setopt(handle_, CURLOPT_PROXY, exchange_.proxy.c_str());  // "": none, whatever the environment says
  curl_easy_setopt(handle_, CURLOPT_NOPROXY, "");
  curl_easy_setopt(handle_, CURLOPT_PROXYAUTH, CURLAUTH_ANY);
  curl_easy_setopt(handle_, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(handle_, CURLOPT_PROXY_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(handle_, CURLOPT_PROXY_CAINFO, nullptr);
  curl_easy_setopt(handle_, CURLOPT_PROXY_CAPATH, nullptr);
}

std::size_t Transfer::on_header(char* line, std::size_t, std::size_t size, void* self) {
  return static_cast<Transfer*>(self)->take_header({line, size}) ? size : 0;
}

std::size_t Transfer::on_body(char* bytes, std::size_t, std::size_t size, void* self) {
  return static_cast<Transfer*>(self)->take_body({bytes, size}) ? size : 0;
}

CURLcode Transfer::on_tls(CURL*, void* context, void* self) {
  return static_cast<Transfer*>(self)->certificate_.prepare(static_cast<SSL_CTX*>(context)) ? CURLE_OK
                                                                                            : CURLE_OUT_OF_MEMORY;
}

/// The actual address of the connection, whatever the name resolved to before.
curl_socket_t Transfer::on_open(void* self, curlsocktype, curl_sockaddr* address) {
  auto* transfer = static_cast<Transfer*>(self);
  if (transfer->exchange_.proxy.empty()) {
    boost::asio::ip::tcp::endpoint endpoint;
    if (address->addrlen > endpoint.capacity()) return CURL_SOCKET_BAD;
    std::memcpy(endpoint.data(), &address->addr, address->addrlen);
    endpoint.resize(address->addrlen);
    if (!is_within(transfer->exchange_.reach, endpoint.address())) {
      transfer->refused_address_ = endpoint.address().to_string();
      return CURL_SOCKET_BAD;
    }
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

bool Transfer::reached_public_address() const {
  const char* address = nullptr;  // of the connection, a kept one too
  if (!exchange_.proxy.empty() || curl_easy_getinfo(handle_, CURLINFO_PRIMARY_IP, &address) != CURLE_OK) return false;
  boost::system::error_code error;
  const auto reached = boost::asio::ip::make_address(address == nullptr ? "" : address, error);
  return !error && is_public_address(reached);
}

bool Transfer::fail(ClientErrorKind kind, std::string_view why) {
  failure_ = about(kind, why);
  return false;
}

ClientError Transfer::about(ClientErrorKind kind, std::string_view why) const {
  return {kind, exchange_.target.host + ": " + std::string(why)};
}

/// Header lines of interim answers (1xx) come first, those of a chunked body's trailer last.
bool Transfer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > exchange_.max_header_bytes) {
    return fail(ClientErrorKind::too_large,
                fmt::format("the header has more than {} bytes", exchange_.max_header_bytes));
  }
  if (answered_) return true;
  if (line.starts_with("HTTP/")) {
    response_.status = status_of(line);
    response_.headers.clear();
    return true;
  }
  if (notation::trimmed(line).empty()) return response_.status < 200 || end_of_header();
  const std::size_t colon = std::min(line.find(':'), line.size());
  response_.headers.emplace_back(notation::trimmed(line.substr(0, colon)),
                                 notation::trimmed(line.substr(std::min(line.size(), colon + 1))));
  return true;
}

bool Transfer::end_of_header() {
  answered_ = true;
  encoding_ = find_header(response_.headers, "Content-Encoding");
  decoder_.emplace(encoding_, exchange_.max_response_bytes);
  if (decoder_->known()) return true;
  return fail(ClientErrorKind::encoding, "unknown Content-Encoding \"" + encoding_ + "\"");
}

bool Transfer::take_body(std::string_view bytes) {
  if (!decoder_) return fail(ClientErrorKind::protocol, "a body without a header");
  response_.wire_bytes += bytes.size();
  if (response_.wire_bytes > exchange_.max_response_bytes) {
    return fail(ClientErrorKind::too_large,
                fmt::format("the body has more than {} bytes", exchange_.max_response_bytes));
  }
  switch (decoder_->write(bytes, response_.body)) {
    case ContentDecoder::Status::ok:
      return true;
    case ContentDecoder::Status::too_large:
      return fail(ClientErrorKind::too_large,
                  fmt::format("the body decompresses to more than {} bytes", exchange_.max_response_bytes));
    case ContentDecoder::Status::damaged:
      break;
  }
  return fail(ClientErrorKind::encoding, "damaged " + encoding_);
}

ClientResult Transfer::finish(CURLcode code) {
  if (answered_ && exchange_.status_only) return std::move(response_);
  if (failure_) return *failure_;
  if (code != CURLE_OK) return explain(code);
  if (!answered_) return about(ClientErrorKind::protocol, "no final answer");
  if (decoder_->finish(response_.body) != ContentDecoder::Status::ok) {
    return about(ClientErrorKind::encoding, encoding_ + " data ends too early");
  }
  return std::move(response_);
}

}  // namespace tapewatch
