#include "daemon/api/request/accept.hpp"

#include <algorithm>
#include <charconv>

#include "config/notation/ascii.hpp"

namespace tapewatch {
namespace {

/// Removes the part of `text` before `mark` and returns it without surrounding blanks.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return notation::trimmed(part, notation::kBlanks);
}

}  // namespace

std::string_view MediaRange::parameter(std::string_view name) const {
  for (std::string_view rest = parameters; !rest.empty();) {
    std::string_view value = take_until(rest, ';');
    if (notation::equal_in_any_case(take_until(value, '='), name)) return take_until(value, ';');
  }
  return {};
}

std::vector<MediaRange> parse_accept(std::string_view accept) {
  std::vector<MediaRange> ranges;
  while (!accept.empty()) {
    MediaRange range;
    range.parameters = take_until(accept, ',');
    range.type = take_until(range.parameters, ';');
    if (const std::string_view q = range.parameter("q"); !q.empty()) {
      const auto [end, code] = std::from_chars(q.data(), q.data() + q.size(), range.q);
      if (code != std::errc()) range.q = 0;
    }
    if (!range.type.empty()) ranges.push_back(range);
  }
  return ranges;
}

bool prefers_openmetrics(std::string_view accept) {
  double openmetrics = 0, text = 0;
  for (const MediaRange& range : parse_accept(accept)) {
    const std::string_view version = range.parameter("version");
    if (range.type == "application/openmetrics-text" && (version.empty() || version == "1.0.0")) {
      openmetrics = std::max(openmetrics, range.q);
    }
    if (range.type == "text/plain" && (version.empty() || version == "0.0.4")) text = std::max(text, range.q);
  }
  return openmetrics > 0 && openmetrics >= text;
}

}  // namespace tapewatch
