#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

using FeedHeaders = std::vector<std::pair<std::string, std::string>>;

/// The first value of a header, its name compared without case; empty when absent.
std::string_view header_value(const FeedHeaders& headers, std::string_view name);

/// All values of a header as one: repeated lines joined with commas (RFC 9110, 5.3).
std::string joined_header(const FeedHeaders& headers, std::string_view name);

/// Retry-After, by notation::parse_retry_after(). nullopt when absent, unreadable or in the past.
std::optional<std::chrono::milliseconds> retry_after(const FeedHeaders& headers, TimePoint now);

/// How long the publisher says the response stays fresh: Cache-Control's max-age minus Age, else Expires minus Date
/// (RFC 9111, 4.2). Every line of Cache-Control counts. nullopt when it gives neither, or forbids caching.
std::optional<std::chrono::milliseconds> freshness(const FeedHeaders& headers, TimePoint now);

}  // namespace tapewatch::ingest
