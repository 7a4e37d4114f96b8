#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::config {

/// `4096`, `64KiB`, `2GiB`, `10MB`, in bytes: KiB is 1,024 and kB is 1,000.
std::optional<std::uint64_t> parse_size(std::string_view text);

/// `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`.
struct ListenAddress {
  std::string host;  // without brackets
  std::uint16_t port;
  bool loopback;
};
std::optional<ListenAddress> parse_listen_address(std::string_view text);

}  // namespace tapewatch::config
