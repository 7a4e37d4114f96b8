#include "ingest/kafka/record_place.hpp"

#include <charconv>

namespace tapewatch::ingest {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::string RecordPlace::text() const { return topic + "/" + std::to_string(partition) + "@" + std::to_string(offset); }

std::optional<RecordPlace> parse_record_place(std::string_view text) {
  const auto at = text.rfind('@');
  const auto slash = text.substr(0, at).rfind('/');  // no name of a topic holds either
  if (at == std::string_view::npos || slash == std::string_view::npos) return std::nullopt;
  RecordPlace place{std::string(text.substr(0, slash))};
  const bool read = read_number(text.substr(slash + 1, at - slash - 1), place.partition) &&
                    read_number(text.substr(at + 1), place.offset);
  return read ? std::optional(std::move(place)) : std::nullopt;
}

}  // namespace tapewatch::ingest
