#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <functional>
#include <list>
#include <string>

#include "daemon/client/client.hpp"
#include "daemon/client/http_target.hpp"
#include "daemon/client/resolver.hpp"

namespace tapewatch {

class TlsContext;

/// The connections that a client has open, so that stop() can cut them. The executor's thread.
class InFlight {
 public:
  using Cut = std::function<void()>;

  /// Registers a connection for as long as it lives.
  class Entry {
   public:
    Entry(InFlight& owner, Cut cut) : owner_(owner), place_(owner.cuts_.insert(owner.cuts_.end(), std::move(cut))) {}
    ~Entry() { owner_.cuts_.erase(place_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;

   private:
    InFlight& owner_;
    std::list<Cut>::iterator place_;
  };

  void stop() {
    stopped_ = true;
    for (const Cut& cut : cuts_) cut();
  }
  [[nodiscard]] bool stopped() const { return stopped_; }

 private:
  std::list<Cut> cuts_;
  bool stopped_ = false;
};

/// One request over one connection to known addresses: everything of a ClientRequest but the redirects.
struct Exchange {
  HttpTarget target;
  Endpoints endpoints;
  std::string method;
  HeaderList headers;  // complete but for Host, Content-Length and Connection
  std::string body;
  std::chrono::steady_clock::time_point deadline;
  std::chrono::milliseconds connect_timeout{0};
  std::size_t max_response_bytes = 0;
  bool cut_body = false;
  std::size_t max_header_bytes = 0;
  InFlight* in_flight = nullptr;
};

/// In one unit each, because each costs the compiler seconds. The exchange must outlive the call.
boost::asio::awaitable<ClientResult> exchange_plain(const Exchange& exchange);
boost::asio::awaitable<ClientResult> exchange_tls(const Exchange& exchange, TlsContext& tls);

}  // namespace tapewatch
