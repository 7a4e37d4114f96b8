#include "config/toml/units.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "config/notation/ascii.hpp"

namespace tapewatch::config {
namespace {

/// Takes the leading digits off `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  in6_addr v6{};
  return inet_pton(AF_INET6, host.c_str(), &v6) == 1 && IN6_IS_ADDR_LOOPBACK(&v6);
}

bool is_address(const std::string& host) {
  std::array<unsigned char, 16> any{};
  return host == "localhost" || inet_pton(AF_INET, host.c_str(), any.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), any.data()) == 1;
}

}  // namespace

std::optional<std::uint64_t> parse_size(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, std::uint64_t>, 10> kSizes = {{{"", 1},
                                                                                         {"B", 1},
                                                                                         {"kB", 1'000},
                                                                                         {"MB", 1'000'000},
                                                                                         {"GB", 1'000'000'000},
                                                                                         {"TB", 1'000'000'000'000},
                                                                                         {"KiB", 1ULL << 10},
                                                                                         {"MiB", 1ULL << 20},
                                                                                         {"GiB", 1ULL << 30},
                                                                                         {"TiB", 1ULL << 40}}};
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  const auto unit = notation::trimmed(text, notation::kBlanks);
  for (const auto& [name, bytes] : kSizes) {
    if (name != unit) continue;
    if (*number > std::numeric_limits<std::uint64_t>::max() / bytes) return std::nullopt;
    return *number * bytes;
  }
  return std::nullopt;
}

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto digits = text.substr(colon + 1);
  const auto port = take_number(digits);
  if (!port || !digits.empty() || *port > 65'535) return std::nullopt;
  auto host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  std::string name(host);
  if (bracketed != (name.find(':') != std::string::npos) || !is_address(name)) return std::nullopt;
  const bool loopback = is_loopback(name);
  return ListenAddress{std::move(name), static_cast<std::uint16_t>(*port), loopback};
}

}  // namespace tapewatch::config
