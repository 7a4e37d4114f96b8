#include "daemon/client/client.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "daemon/client/client_exchange.hpp"
#include "daemon/client/content_decoding.hpp"
#include "daemon/client/tls_context.hpp"
#include "ingest/feed/parse/feed_link.hpp"
#include "ingest/feed/parse/feed_text.hpp"

namespace tapewatch {

namespace asio = boost::asio;
using std::chrono::steady_clock;

struct HttpClient::Impl {
  Impl(asio::any_io_executor executor, ClientOptions options_)
      : options(std::move(options_)), tls(options.ca_file), resolver(std::move(executor), options.resolver_threads) {}

  asio::awaitable<ClientResult> exchange(Exchange& exchange);

  ClientOptions options;
  TlsContext tls;
  Resolver resolver;
  InFlight in_flight;
};

namespace {

bool is_redirect(unsigned status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool is_permanent(unsigned status) { return status == 301 || status == 308; }

bool has_header(const HeaderList& headers, std::string_view name) { return !find_header(headers, name).empty(); }

/// Line breaks in a value would smuggle headers in.
bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

HeaderList complete_headers(const ClientRequest& request, const ClientOptions& options) {
  HeaderList headers;
  for (const auto& header : request.headers) {
    if (!header.first.empty() && is_clean(header.first) && is_clean(header.second)) headers.push_back(header);
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

/// What another origin may be told: nothing that could be a credential.
void keep_harmless(HeaderList& headers) {
  static constexpr std::array<std::string_view, 6> kHarmless = {"accept",     "accept-encoding", "accept-language",
                                                                "user-agent", "if-none-match",   "if-modified-since"};
  std::erase_if(headers, [](const auto& header) {
    return std::find(kHarmless.begin(), kHarmless.end(), ingest::ascii_lower(header.first)) == kHarmless.end();
  });
}

/// Where a redirect leads; an error when it may not be followed.
boost::system::result<HttpTarget, ClientError> next_target(const HttpTarget& from, const ClientResponse& response) {
  const auto refuse = [&](std::string_view why) {
    return ClientError(ClientErrorKind::redirect, from.host + ": redirect " + std::string(why));
  };
  const std::string_view location = find_header(response.headers, "Location");
  if (location.empty()) return refuse("without a Location");
  const std::string url = ingest::resolve_link(from.url, location);
  if (url.empty()) return refuse("to something that is no http(s) URL");
  auto target = parse_http_target(url);
  if (!target) return refuse("to a broken URL");
  if (from.tls && !target->tls) return refuse("from https to http refused");
  return target;
}

}  // namespace

std::string_view find_header(const HeaderList& headers, std::string_view name) {
  const std::string wanted = ingest::ascii_lower(name);
  for (const auto& [key, value] : headers) {
    if (ingest::ascii_lower(key) == wanted) return value;
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
    case ClientErrorKind::encoding:
      return "encoding";
    case ClientErrorKind::cancelled:
      return "cancelled";
  }
  return "unknown";
}

bool ClientError::retryable() const {
  switch (kind) {
    case ClientErrorKind::url:
    case ClientErrorKind::tls:
    case ClientErrorKind::redirect:
    case ClientErrorKind::too_large:
      return false;
    default:
      return true;
  }
}

HttpClient::HttpClient(asio::any_io_executor executor, ClientOptions options)
    : impl_(std::make_unique<Impl>(std::move(executor), std::move(options))) {}

HttpClient::~HttpClient() = default;

void HttpClient::stop() {
  impl_->resolver.stop();
  impl_->in_flight.stop();
}

asio::awaitable<ClientResult> HttpClient::Impl::exchange(Exchange& exchange) {
  if (in_flight.stopped()) co_return ClientError(ClientErrorKind::cancelled, "stopped");
  const auto patience = std::min(exchange.deadline, steady_clock::now() + exchange.connect_timeout);
  auto endpoints = co_await resolver.resolve(exchange.target.host, exchange.target.port, patience);
  if (!endpoints) co_return endpoints.error();
  exchange.endpoints = std::move(*endpoints);
  if (exchange.target.tls) co_return co_await exchange_tls(exchange, tls);
  co_return co_await exchange_plain(exchange);
}

asio::awaitable<ClientResult> HttpClient::send(ClientRequest request) {
  auto target = parse_http_target(request.url);
  if (!target) co_return target.error();
  Exchange exchange;
  exchange.target = std::move(*target);
  exchange.method = request.method;
  exchange.headers = complete_headers(request, impl_->options);
  exchange.body = std::move(request.body);
  exchange.deadline = steady_clock::now() + request.deadline;
  exchange.connect_timeout = impl_->options.connect_timeout;
  exchange.max_response_bytes = request.max_response_bytes;
  exchange.cut_body = request.cut_body;
  exchange.max_header_bytes = impl_->options.max_header_bytes;
  exchange.in_flight = &impl_->in_flight;
  if (!exchange.target.authorization.empty()) {
    exchange.headers.emplace_back("Authorization", exchange.target.authorization);
  }

  const bool may_follow = request.follow_redirects > 0 && (request.method == "GET" || request.method == "HEAD");
  std::set<std::string> visited{exchange.target.url};
  std::string permanent;
  bool permanent_so_far = true;
  for (unsigned hops = 0;; ++hops) {
    ClientResult result = co_await impl_->exchange(exchange);
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
    if (next->origin() != exchange.target.origin()) keep_harmless(exchange.headers);
    if (!visited.insert(next->url).second) {
      co_return ClientError(ClientErrorKind::redirect, exchange.target.host + ": redirect loop");
    }
    exchange.target = std::move(*next);
  }
}

}  // namespace tapewatch
