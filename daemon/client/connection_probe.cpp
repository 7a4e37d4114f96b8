#include "daemon/client/connection_probe.hpp"

#include "daemon/client/certificate_check.hpp"
#include "daemon/client/curl_multi.hpp"
#include "daemon/client/exchange.hpp"
#include "daemon/client/http_target.hpp"
#include "daemon/client/proxy_choice.hpp"
#include "daemon/client/transfer.hpp"

namespace tapewatch {

ProbeAnswer probe_connection(const ProbeRequest& request) {
  const auto target = parse_http_target(request.url);
  if (!target) return {target.error(), std::nullopt};
  const TrustedAuthorities authorities(request.ca_file);
  Exchange exchange;
  exchange.target = *target;
  exchange.method = "GET";
  exchange.deadline = std::chrono::steady_clock::now() + request.timeout;
  exchange.connect_timeout = request.timeout;
  exchange.max_response_bytes = exchange.max_header_bytes = 64 * 1024;
  exchange.reach = request.reach;
  exchange.proxy = proxy_for(request.proxy, target->host, target->tls);
  const CurlHandle handle = make_curl_handle();
  Transfer transfer(exchange, authorities, handle.get());
  curl_easy_setopt(handle.get(), CURLOPT_CONNECT_ONLY, 1L);
  const CURLcode code = curl_easy_perform(handle.get());
  ProbeAnswer answer;
  if (code != CURLE_OK) answer.error = transfer.finish(code).error();
  answer.certificate_expires = transfer.certificate_expires();
  return answer;
}

}  // namespace tapewatch
