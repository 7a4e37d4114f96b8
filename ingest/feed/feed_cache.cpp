// Tested by tests/ingest/feed/feed_state_test.cpp
#include "ingest/feed/feed_cache.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

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

/// A directive of Cache-Control: its name in lower case and its argument without quotes; "" when it has none.
struct Directive {
  std::string name, argument;
};

/// RFC 9111, 5.2. A comma inside quotes does not separate.
std::vector<Directive> cache_directives(std::string_view text) {
  std::vector<Directive> directives;
  while (!text.empty()) {
    bool quoted = false;
    std::size_t end = 0;
    for (; end < text.size() && (quoted || text[end] != ','); ++end) quoted = quoted != (text[end] == '"');
    const std::string_view one = text.substr(0, end);
    const std::size_t equals = std::min(one.find('='), one.size());
    std::string argument(notation::trimmed(one.substr(std::min(one.size(), equals + 1))));
    std::erase(argument, '"');
    directives.push_back({notation::ascii_lower(notation::trimmed(one.substr(0, equals))), std::move(argument)});
    text.remove_prefix(std::min(text.size(), end + 1));
  }
  return directives;
}

/// The first max-age; nullopt also for no-store, and for a no-cache that is not limited to named fields.
std::optional<seconds> max_age(std::string_view cache_control) {
  std::optional<seconds> age;
  for (const auto& [name, argument] : cache_directives(cache_control)) {
    if (name == "no-store" || (name == "no-cache" && argument.empty())) return std::nullopt;
    if (name == "max-age" && !age) age = to_seconds(argument);
  }
  return age;
}

}  // namespace

std::string_view header_value(const FeedHeaders& headers, std::string_view name) {
  const std::string wanted = notation::ascii_lower(name);
  const auto found = std::find_if(headers.begin(), headers.end(),
                                  [&](const auto& header) { return notation::ascii_lower(header.first) == wanted; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

std::string joined_header(const FeedHeaders& headers, std::string_view name) {
  const std::string wanted = notation::ascii_lower(name);
  std::string all;
  for (const auto& [key, value] : headers) {
    if (notation::ascii_lower(key) == wanted) all += (all.empty() ? "" : ", ") + value;
  }
  return all;
}

std::optional<milliseconds> retry_after(const FeedHeaders& headers, TimePoint now) {
  return notation::parse_retry_after(header_value(headers, "Retry-After"), now);
}

std::optional<milliseconds> freshness(const FeedHeaders& headers, TimePoint now) {
  const std::string control = joined_header(headers, "Cache-Control");
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
