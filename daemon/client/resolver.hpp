#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/result.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "daemon/client/client.hpp"

namespace tapewatch {

using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

/// Host names to addresses, with a deadline.
///
/// Asio's own resolver has one thread for all names and cannot be interrupted: one dead name server would hold up every
/// feed and webhook, and the daemon's end. Here a few threads look up side by side, the caller stops waiting at its
/// deadline, and a thread that is still inside the C library when the resolver is destroyed is let go: it touches
/// nothing but what it shares with its fellows.
///
/// Thread: the executor's.
class Resolver {
 public:
  Resolver(boost::asio::any_io_executor executor, unsigned threads);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Addresses in the system's order of preference; never empty. Literal addresses need no look-up.
  boost::asio::awaitable<boost::system::result<Endpoints, ClientError>> resolve(
      std::string host, std::uint16_t port, std::chrono::steady_clock::time_point deadline);

  /// Wakes all who wait; they get `cancelled`.
  void stop();

 private:
  struct Lookup;
  struct Shared;
  static void work(const std::shared_ptr<Shared>& shared);
  void submit(const std::string& host, std::uint16_t port, const std::shared_ptr<Lookup>& lookup);

  boost::asio::any_io_executor executor_;
  const unsigned threads_;
  bool stopped_ = false;
  std::vector<std::weak_ptr<Lookup>> waiting_;
  std::shared_ptr<Shared> shared_;
};

}  // namespace tapewatch
