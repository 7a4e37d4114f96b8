#include "config/toml/units.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace tapewatch::config {
namespace {

using std::chrono::milliseconds;

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr std::int64_t kDay = 86'400'000;
constexpr std::array<Unit, 7> kDurations = {
    {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", kDay}, {"w", 7 * kDay}, {"y", 365 * kDay}}};
std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Digits from the front of `text`, which keeps the rest.
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

std::optional<milliseconds> parse_duration(std::string_view text) {
  const auto number = take_number(text);
  if (!number) return std::nullopt;
  for (const Unit& unit : kDurations) {
    if (unit.name != text) continue;
    if (*number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / unit.ms)) return std::nullopt;
    return milliseconds{static_cast<std::int64_t>(*number) * unit.ms};
  }
  return std::nullopt;
}

std::string format_duration(milliseconds duration) {
  std::string best = fmt::format("{}ms", duration.count());
  for (const Unit& unit : kDurations) {
    if (duration.count() == 0 || duration.count() % unit.ms != 0) continue;
    const std::string text = fmt::format("{}{}", duration.count() / unit.ms, unit.name);
    if (text.size() < best.size()) best = text;
  }
  return best;
}

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
  const auto unit = trimmed(text);
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
