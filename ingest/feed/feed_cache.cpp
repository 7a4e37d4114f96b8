// Tested by tests/ingest/feed/feed_state_test.cpp
#include "ingest/feed/feed_cache.hpp"

#include <algorithm>
#include <charconv>

#include "config/notation/ascii.hpp"
#include "config/notation/http_date.hpp"
#include "ingest/date/news_date.hpp"

namespace tapewatch::ingest {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::optional<seconds> to_seconds(std::string_view text) {
  text = notation::stripped(text);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return std::chrono::hours(24 * 365);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  constexpr std::int64_t kYear = 365 * 24 * 3600;  // keeps sums of time points from overflowing
  return seconds(std::min(value, kYear));
}

std::optional<TimePoint> http_date(std::string_view text, TimePoint now) {
  const auto date = parse_news_date(text, "en", now);
  return date ? std::optional(date->at) : std::nullopt;
}

/// The number after "max-age=" in Cache-Control; nullopt also for no-cache and no-store.
std::optional<seconds> max_age(std::string_view cache_control) {
  const std::string text = notation::ascii_lower(cache_control);
  if (text.find("no-cache") != std::string_view::npos || text.find("no-store") != std::string_view::npos) {
    return std::nullopt;
  }
  std::size_t at = text.find("max-age=");
  if (at != 0 && at != std::string_view::npos && text[at - 1] == '-') {
    at = std::string_view::npos;  // "s-max-age" is not ours
  }
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t start = at + 8;
  std::string value = text.substr(start, text.find_first_of(", ", start) - start);
  std::erase(value, '"');
  return to_seconds(value);
}

}  // namespace

std::string_view header_value(const FeedHeaders& headers, std::string_view name) {
  const std::string wanted = notation::ascii_lower(name);
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return notation::ascii_lower(header.first) == wanted; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::optional<milliseconds> retry_after(const FeedHeaders& headers, TimePoint now) {
  return notation::parse_retry_after(header_value(headers, "Retry-After"), now);
}

std::optional<milliseconds> freshness(const FeedHeaders& headers, TimePoint now) {
  const std::string_view control = header_value(headers, "Cache-Control");
  if (const auto age_limit = max_age(control)) {
    const auto age = to_seconds(header_value(headers, "Age")).value_or(seconds(0));
    return *age_limit > age ? std::optional<milliseconds>(*age_limit - age) : std::nullopt;
  }
  if (!control.empty()) return std::nullopt;  // it overrides Expires
  const auto expires = http_date(header_value(headers, "Expires"), now);
  if (!expires) return std::nullopt;
  const auto date = http_date(header_value(headers, "Date"), now).value_or(now);
  return *expires > date ? std::optional<milliseconds>(*expires - date) : std::nullopt;
}

}  // namespace tapewatch::ingest
