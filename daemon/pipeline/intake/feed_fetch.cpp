// Tested by tests/daemon/pipeline/intake/feed_loop_test.cpp
#include "daemon/pipeline/intake/feed_fetch.hpp"

#include <utility>

#include "config/notation/ascii.hpp"
#include "config/notation/base64.hpp"

namespace tapewatch {
namespace {

/// RFC 7617, RFC 6750.
std::string authorization(const ingest::FeedAuth& auth) {
  return auth.bearer.empty() ? "Basic " + notation::base64(auth.user + ":" + auth.password) : "Bearer " + auth.bearer;
}

}  // namespace

ClientOptions feed_client_options(const ingest::FeedOptions& options) {
  ClientOptions client;
  client.ca_file = options.ca_file;
  client.connect_timeout = options.connect_timeout;
  client.keep_connections = true;
  return client;
}

ClientRequest to_client_request(ingest::FeedRequest asked, const ingest::FeedOptions& options,
                                const FeedAccess& access) {
  ClientRequest request("GET", std::move(asked.url));
  request.headers = std::move(asked.headers);
  request.deadline = options.timeout;
  request.max_response_bytes = options.max_bytes;
  request.follow_redirects = options.max_redirects;
  request.proxy = access.proxy;
  if (options.proxy) {
    request.proxy.url = *options.proxy;
    request.proxy.https_url.reset();
  }
  if (asked.own_origin && !options.auth.empty()) {
    std::erase_if(request.headers,
                  [](const auto& header) { return notation::ascii_lower(header.first) == "authorization"; });
    request.headers.emplace_back("Authorization", authorization(options.auth));
  }
  if (!access.user_agent.empty() && find_header(request.headers, "User-Agent").empty()) {
    request.headers.emplace_back("User-Agent", access.user_agent);
  }
  return request;
}

ingest::FeedResponse to_feed_response(ClientResponse&& response, ingest::TimePoint received_at) {
  ingest::FeedResponse answer;
  answer.received_at = received_at;
  answer.status = response.status;
  answer.headers = std::move(response.headers);
  answer.body = std::move(response.body);
  answer.final_url = std::move(response.final_url);
  answer.permanent_redirect = std::move(response.permanent_redirect);
  return answer;
}

}  // namespace tapewatch
