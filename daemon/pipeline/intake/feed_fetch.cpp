// Tested by tests/daemon/pipeline/intake/feed_loop_test.cpp
#include "daemon/pipeline/intake/feed_fetch.hpp"

#include <utility>

namespace tapewatch {

ClientOptions feed_client_options(const ingest::FeedOptions& options) {
  ClientOptions client;
  client.ca_file = options.ca_file;
  client.connect_timeout = options.connect_timeout;
  return client;
}

ClientRequest to_client_request(ingest::FeedRequest asked, const ingest::FeedOptions& options,
                                const ProxyOptions& proxy) {
  ClientRequest request("GET", std::move(asked.url));
  request.headers = std::move(asked.headers);
  request.deadline = options.timeout;
  request.max_response_bytes = options.max_bytes;
  request.follow_redirects = options.max_redirects;
  request.proxy = proxy;
  if (options.proxy) request.proxy.url = *options.proxy;
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
