// Tested by tests/daemon/client/http_client_test.cpp
#include "daemon/client/client.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "config/notation/ascii.hpp"
#include "config/notation/url.hpp"
#include "daemon/client/certificate_check.hpp"
#include "daemon/client/content_decoding.hpp"
#include "daemon/client/curl_multi.hpp"
#include "daemon/client/exchange.hpp"
#include "daemon/client/proxy_choice.hpp"
#include "daemon/client/transfer.hpp"

namespace tapewatch {

namespace asio = boost::asio;
using std::chrono::steady_clock;

struct HttpClient::Impl {
  Impl(asio::any_io_executor executor, ClientOptions options_)
      : options(std::move(options_)), authorities(options.ca_file), multi(std::move(executor)) {}

  asio::awaitable<ClientResult> exchange(const Exchange& exchange, CURL* handle, bool& reached_public);

  const ClientOptions options;
  const TrustedAuthorities authorities;
  CurlMulti multi;
};

namespace {

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_permanent(unsigned status) { return status == 301 || status == 308; }

bool has_header(const HeaderList& headers, std::string_view name) { return !find_header(headers, name).empty(); }

/// Line breaks in a value would inject headers.
bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

/// The headers that the client and libcurl set themselves.
bool is_own_business(std::string_view name) {
  static constexpr std::array<std::string_view, 5> kOwn = {"host", "content-length", "connection", "transfer-encoding",
                                                           "expect"};
  return std::find(kOwn.begin(), kOwn.end(), notation::ascii_lower(name)) != kOwn.end();
}

HeaderList complete_headers(const ClientRequest& request, const ClientOptions& options) {
  HeaderList headers;
  for (const auto& [name, value] : request.headers) {
    const bool sound =
        !name.empty() && name.find_first_of(":; \t") == std::string_view::npos && is_clean(name) && is_clean(value);
    if (sound && !is_own_business(name)) headers.emplace_back(name, value);
  }
  if (!has_header(headers, "User-Agent")) {
    headers.emplace_back("User-Agent",
                         options.user_agent.empty() ? "tapewatch/" TAPEWATCH_VERSION : options.user_agent);
  }
  if (!has_header(headers, "Accept")) headers.emplace_back("Accept", "*/*");
  if (request.accept_encodings && !has_header(headers, "Accept-Encoding")) {
    headers.emplace_back("Accept-Encoding", kOfferedEncodings);
  }
  return headers;
}

void drop_header(HeaderList& headers, std::string_view name) {
  const std::string unwanted = notation::ascii_lower(name);
  std::erase_if(headers, [&](const auto& header) { return notation::ascii_lower(header.first) == unwanted; });
}

/// The headers that another origin may receive: nothing that could be a credential.
void keep_harmless(HeaderList& headers) {
  static constexpr std::array<std::string_view, 6> kHarmless = {"accept",     "accept-encoding", "accept-language",
                                                                "user-agent", "if-none-match",   "if-modified-since"};
  std::erase_if(headers, [](const auto& header) {
    return std::find(kHarmless.begin(), kHarmless.end(), notation::ascii_lower(header.first)) == kHarmless.end();
  });
}

/// A Location made absolute by the address that sent it, by libcurl: Boost.URL 1.81 would decode a `%2F`. Empty when it
/// cannot be read.
std::string resolve_location(const std::string& base, std::string_view location) {
  const std::unique_ptr<CURLU, void (*)(CURLU*)> url(curl_url(), curl_url_cleanup);
  const std::string reference = notation::encode_stray(location);
  char* resolved = nullptr;
  if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK ||
      curl_url_get(url.get(), CURLUPART_URL, &resolved, 0) != CURLUE_OK) {
    return {};
  }
  const std::unique_ptr<char, void (*)(void*)> owner(resolved, curl_free);
  return resolved;
}

/// The target of a redirect; an error when it may not be followed.
boost::system::result<HttpTarget, ClientError> next_target(const HttpTarget& from, const ClientResponse& response) {
  const auto refuse = [&](std::string_view why) {
    return ClientError(ClientErrorKind::redirect, from.host + ": redirect " + std::string(why));
  };
  const std::string_view location = find_header(response.headers, "Location");
  if (location.empty()) return refuse("without a Location");
  auto target = parse_http_target(resolve_location(from.url, location));
  if (!target) return refuse("to something that is not an http(s) URL");
  if (from.tls && !target->tls) return refuse("from https to http refused");
  return target;
}

}  // namespace

std::string_view find_header(const HeaderList& headers, std::string_view name) {
  const std::string wanted = notation::ascii_lower(name);
  for (const auto& [key, value] : headers) {
    if (notation::ascii_lower(key) == wanted) return value;
  }
  return {};
}

std::string_view to_string(ClientErrorKind kind) {
  switch (kind) {
    case ClientErrorKind::url:
      return "url";
    case ClientErrorKind::resolve:
      return "resolve";
    case ClientErrorKind::connect:
      return "connect";
    case ClientErrorKind::tls:
      return "tls";
    case ClientErrorKind::timeout:
      return "timeout";
    case ClientErrorKind::too_large:
      return "too_large";
    case ClientErrorKind::protocol:
      return "protocol";
    case ClientErrorKind::redirect:
      return "redirect";
    case ClientErrorKind::proxy:
      return "proxy";
    case ClientErrorKind::encoding:
      return "encoding";
    case ClientErrorKind::cancelled:
      return "cancelled";
  }
  return "unknown";
}

HttpClient::HttpClient(asio::any_io_executor executor, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options))) {}

HttpClient::~HttpClient() = default;

void HttpClient::stop() { impl_->multi.stop(); }

asio::awaitable<ClientResult> HttpClient::Impl::exchange(const Exchange& exchange, CURL* handle, bool& reached_public) {
  if (steady_clock::now() >= exchange.deadline) {
    co_return ClientError(ClientErrorKind::timeout, exchange.target.host + ": no answer in time");
  }
  Transfer transfer(exchange, authorities, handle);
  const CURLcode code = co_await multi.perform(handle);
  reached_public = transfer.reached_public_address();
  co_return transfer.finish(code);
}

namespace {

Exchange first_exchange(ClientRequest& request, HttpTarget target, const ClientOptions& options) {
  Exchange exchange;
  exchange.target = std::move(target);
  exchange.method = request.method;
  exchange.headers = complete_headers(request, options);
  exchange.user = exchange.target.user;
  exchange.password = exchange.target.password;
  exchange.body = std::move(request.body);
  exchange.deadline = steady_clock::now() + request.deadline;
  exchange.connect_timeout = options.connect_timeout;
  exchange.max_response_bytes = request.max_response_bytes;
  exchange.max_header_bytes = options.max_header_bytes;
  exchange.status_only = request.status_only;
  exchange.reach = request.reach;
  exchange.keep_connection =
      options.keep_connections && request.reach == NetworkReach::any;  // a kept one is not checked
  exchange.proxy = proxy_for(request.proxy, exchange.target.host, exchange.target.tls);
  if (!exchange.user.empty()) drop_header(exchange.headers, "Authorization");  // replaced by the URL's own
  return exchange;
}

/// Points the exchange at the redirect's target; an error when that is not allowed.
std::optional<ClientError> redirect(Exchange& exchange, const ClientRequest& request, HttpTarget next) {
  const bool another_host = next.host != exchange.target.host;
  const std::string proxy = proxy_for(request.proxy, next.host, next.tls);
  if (another_host && !proxy.empty() && !request.proxy.trusted) {
    return ClientError(ClientErrorKind::redirect,
                       exchange.target.host +
                           ": redirect to another host refused: behind a proxy its address is not "
                           "known; proxy_trusted allows it");
  }
  if (next.origin() != exchange.target.origin()) {
    keep_harmless(exchange.headers);
    exchange.user.clear();
    exchange.password.clear();
  }
  exchange.proxy = proxy;
  exchange.target = std::move(next);
  return std::nullopt;
}

}  // namespace

asio::awaitable<ClientResult> HttpClient::send(ClientRequest request) {
  auto target = parse_http_target(request.url);
  if (!target) co_return target.error();
  Exchange exchange = first_exchange(request, std::move(*target), impl_->options);
  const CurlHandle handle = make_curl_handle();  // one for all hops: it keeps the cookies
  const bool may_follow = request.follow_redirects > 0 && (request.method == "GET" || request.method == "HEAD");
  std::set<std::string> visited{exchange.target.url};
  std::string permanent;
  bool permanent_so_far = true;
  for (unsigned hops = 0;; ++hops) {
    bool reached_public = false;
    ClientResult result = co_await impl_->exchange(exchange, handle.get(), reached_public);
    if (!result) co_return result;
    ClientResponse& response = *result;
    if (!may_follow || !is_redirect(response.status)) {
      response.final_url = exchange.target.url;
      response.permanent_redirect = permanent;
      co_return result;
    }
    auto next = next_target(exchange.target, response);
    if (!next) co_return next.error();
    if (hops >= request.follow_redirects) {
      co_return ClientError(ClientErrorKind::redirect, exchange.target.host + ": too many redirects");
    }
    permanent_so_far = permanent_so_far && is_permanent(response.status);
    if (permanent_so_far) permanent = next->url;
    if (!visited.insert(next->url).second) {
      co_return ClientError(ClientErrorKind::redirect, exchange.target.host + ": redirect loop");
    }
    exchange.redirected = true;
    if (reached_public || !exchange.proxy.empty()) exchange.reach = NetworkReach::internet;
    // The address of a kept connection is not checked again.
    if (exchange.reach != NetworkReach::any) exchange.keep_connection = false;
    if (auto refused = redirect(exchange, request, std::move(*next))) co_return std::move(*refused);
  }
}

}  // namespace tapewatch
