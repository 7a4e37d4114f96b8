#pragma once
// Tested by tests/daemon/server/server_certificate_test.cpp
#include <openssl/asn1.h>

#include <array>
#include <chrono>
#include <ctime>
#include <optional>
#include <string>

namespace tapewatch::notation {

/// A time as certificates state it; nothing where it is none.
inline std::optional<std::chrono::sys_seconds> certificate_time(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&parts)));
}

/// "2026-11-30 11:10 UTC".
inline std::string certificate_time_text(std::chrono::sys_seconds time) {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts)};
}

}  // namespace tapewatch::notation
