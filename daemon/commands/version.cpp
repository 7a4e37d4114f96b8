// Tested by tests/e2e/daemon/command_line_test.py
#include "daemon/commands/version.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <unicode/uchar.h>
#include <zlib.h>
#include <zstd.h>

#include <boost/version.hpp>
#include <iterator>
#include <utility>

#include "config/zone_data.hpp"
#include "ingest/kafka/kafka_check.hpp"
#include "storage/library_version.hpp"

namespace tapewatch {
namespace {

/// 0xMMmmrrpp; the last byte numbers the builds before a release.
std::string librdkafka_text() {
  const auto version = static_cast<unsigned>(ingest::librdkafka_version());
  return fmt::format("{}.{}.{}", version >> 24, version >> 16 & 0xFF, version >> 8 & 0xFF);
}

std::string icu_text() {
  UVersionInfo version;
  u_getVersion(version);
  return fmt::format("{}.{}", version[0], version[1]);
}

std::string boost_text() {
  return fmt::format("{}.{}.{}", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000, BOOST_VERSION % 100);
}

std::string fmt_text() {
  return fmt::format("{}.{}.{}", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
}

}  // namespace

std::string version_report() {
  // Boost and fmt are known from their headers: their sonames keep another version from being loaded.
  const std::pair<std::string_view, std::string> lines[] = {
      {"tapewatch", TAPEWATCH_VERSION},
      {"commit", std::string(built_commit())},
      {"tzdata", config::installed_zone_version()},
      {"SQLite", storage::library_version()},
      {"librdkafka", librdkafka_text()},
      {"Boost", boost_text()},
      {"OpenSSL", OpenSSL_version(OPENSSL_VERSION_STRING)},
      {"curl", curl_version_info(CURLVERSION_NOW)->version},
      {"fmt", fmt_text()},
      {"ICU", icu_text()},
      {"zlib", zlibVersion()},
      {"zstd", ZSTD_versionString()},
  };
  std::string report;
  for (const auto& [name, version] : lines) fmt::format_to(std::back_inserter(report), "{:<10} {}\n", name, version);
  report.pop_back();  // the caller ends the last line
  return report;
}

}  // namespace tapewatch
