// Tested by tests/daemon/server/http_server_test.cpp
#include "daemon/server/server_core.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "config/notation/url.hpp"
#include "daemon/server/gate.hpp"
#include "daemon/server/listener.hpp"
#include "daemon/server/request_checks.hpp"

namespace tapewatch {
namespace {

std::vector<std::string> answered_hosts(const ServerOptions& options) {
  std::vector<std::string> hosts = {"localhost", "127.0.0.1", "::1"};
  for (const std::string& address : options.listen) {
    hosts.push_back(parse_listen_address(address).address().to_string());
  }
  if (std::string host = notation::url_host(options.external_url); !host.empty()) hosts.push_back(std::move(host));
  return hosts;
}

/// Differs between runs, so that a request id is unique in a machine's logs.
std::string run_prefix() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return fmt::format("{:08x}", static_cast<std::uint32_t>(
                                   std::chrono::duration_cast<std::chrono::milliseconds>(now).count() * 2654435761u));
}

}  // namespace

ServerCore::ServerCore(boost::asio::io_context& io_, ServerOptions options_, const Router& router_,
                       Authenticator& auth_, Metrics& metrics_, std::shared_ptr<spdlog::logger> log_,
                       std::shared_ptr<EventLog> events, std::shared_ptr<Shortages> shortages_,
                       std::shared_ptr<const LiveCertificate> certificate_)
    : io(io_),
      options(std::move(options_)),
      router(router_),
      auth(auth_),
      metrics(metrics_),
      log(std::move(log_)),
      shortages(shortages_ ? std::move(shortages_) : std::make_shared<Shortages>(log)),
      certificate(std::move(certificate_)),
      query_threads(options.query_threads, [this](const std::exception& error) { report_failure(error); }),
      scoring_threads(options.scoring_threads, [this](const std::exception& error) { report_failure(error); }),
      loopback_hosts(answered_hosts(options)),
      id_prefix_(run_prefix()) {
  if (events) {
    hub = std::make_shared<EventHub>(query_threads.executor(), std::move(events), options.event_backlog,
                                     options.event_page, log);
  }
}

void ServerCore::report_failure(const std::exception& error) const {
  if (const auto missing = missing_resource(error)) {
    shortages->report(*missing, "answering a request");
  } else {
    log->error("a thread for requests: {}", error.what());
  }
}

std::string ServerCore::next_request_id() { return fmt::format("{}-{:06x}", id_prefix_, ++next_id_); }

void ServerCore::report_load() {
  metrics.set_http(static_cast<double>(connections.count()),
                   static_cast<double>(queries->taken() + scorings->taken() + deferred->taken()),
                   static_cast<double>(hub ? hub->clients() : 0));
}

void ServerCore::report_handshake(const std::string& client, const std::string& why) {
  if (why.empty()) return;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  std::optional<std::uint64_t> left_out;
  {
    const MutexLock lock(mutex_);
    left_out = handshake_lines_.allow("", now);
  }
  if (left_out) log->info("no TLS with {}: {}{}", client, why, LineBudget::words(*left_out));
}

void ServerCore::add_waiting(const std::shared_ptr<Gate>& gate) {
  {
    const MutexLock lock(mutex_);
    if (!gave_up_) {
      waiting_.emplace(gate.get(), gate);
      return;
    }
  }
  gate->give_up();
}

void ServerCore::remove_waiting(Gate* gate) {
  const MutexLock lock(mutex_);
  waiting_.erase(gate);
}

void ServerCore::give_up_waiting() {
  const MutexLock lock(mutex_);
  gave_up_ = true;
  for (const auto& [key, weak] : waiting_) {
    if (const auto gate = weak.lock()) gate->give_up();
  }
}

}  // namespace tapewatch
