#pragma once
#include <string_view>
#include <vector>

namespace tapewatch {

/// One element of an Accept header.
struct MediaRange {
  std::string_view type;        // "text/csv", "text/*"
  std::string_view parameters;  // what follows its first semicolon
  double q = 1;                 // 0 where it is not a number

  /// The value of a parameter; empty if absent.
  std::string_view parameter(std::string_view name) const;
};

/// The elements in their order (RFC 9110, 12.5.1); they point into `accept`.
std::vector<MediaRange> parse_accept(std::string_view accept);

/// Whether a scraper prefers OpenMetrics 1.0 at least as much as the Prometheus text; false if it does not mention it.
bool prefers_openmetrics(std::string_view accept);

}  // namespace tapewatch
