#include "ingest/document/field_time.hpp"

#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include "config/notation/ascii.hpp"
#include "config/notation/rfc3339.hpp"
#include "ingest/date/number_date.hpp"
#include "ingest/document/field_text.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

constexpr int kTimeNesting = 3;  // {"$date":{"$numberLong":"…"}}

std::optional<NewsDate> read(const json::value& value, const DateContext& context, int nesting);

std::string two(std::int64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%02lld", static_cast<long long>(number));
  return text.data();
}

/// Java's [2026,11,27,14,5,6,789000000]; a date and a time as texts; else the first element that is a time.
std::optional<NewsDate> from_list(const json::array& list, const DateContext& context, int nesting) {
  constexpr std::size_t kDay = 3, kMost = 7;
  std::array<std::int64_t, kMost> parts{};
  std::size_t numbers = 0;
  for (const json::value& part : list) {
    if (part.is_int64() && numbers < kMost) parts[numbers++] = part.get_int64();
  }
  if (numbers == list.size() && numbers >= kDay) {
    std::string text = std::to_string(parts[0]) + "-" + two(parts[1]) + "-" + two(parts[2]);
    if (numbers > kDay) text += "T" + two(parts[3]) + ":" + two(parts[4]) + ":" + two(parts[5]) + "Z";
    auto date = parse_news_date(text, context.language, context.now);
    if (date && numbers == kMost) date->at += std::chrono::milliseconds(parts[6] / 1'000'000 % 1000);
    return date;
  }
  if (list.size() == 2) {
    if (auto date = time_of(list[0], list[1], context)) return date;
  }
  for (const json::value& element : list) {
    if (auto date = read(element, context, nesting - 1)) return date;
  }
  return std::nullopt;
}

std::optional<NewsDate> from_object(const json::object& object, const DateContext& context, int nesting) {
  for (const std::string_view name : {"$date", "$numberLong", "date", "datetime", "value", "#text", "utc"}) {
    if (const json::value* member = object.if_contains(name)) return read(*member, context, nesting - 1);
  }
  for (const auto& [seconds, nanos] : {std::pair("seconds", "nanos"), std::pair("epochSecond", "nano")}) {
    const json::value* whole = object.if_contains(seconds);
    if (whole == nullptr) continue;
    auto date = read(*whole, context, nesting - 1);
    const json::value* part = object.if_contains(nanos);
    if (date && part != nullptr && part->is_int64()) {
      date->at += std::chrono::milliseconds(part->get_int64() / 1'000'000 % 1000);
    }
    return date;
  }
  return std::nullopt;
}

std::optional<NewsDate> read(const json::value& value, const DateContext& context, int nesting) {
  if (const auto* text = value.if_string()) {
    return parse_news_date({text->data(), text->size()}, context.language, context.now);
  }
  if (value.is_int64() || value.is_uint64()) return parse_number_date(*text_of(value));
  if (value.is_double()) return parse_number_date(value.get_double());
  if (nesting == 0) return std::nullopt;
  if (const auto* list = value.if_array()) return from_list(*list, context, nesting);
  if (const auto* object = value.if_object()) return from_object(*object, context, nesting);
  return std::nullopt;
}

/// "14:05:06.789", "14:05", "140506", 140506, 50706789 as hh:mm:ss.fff; "" for anything else.
std::string clock_text(const json::value& value) {
  const auto text = text_of(value);
  if (!text) return {};
  const std::string_view digits = notation::stripped(*text);
  if (digits.find(':') != std::string_view::npos) return std::string(digits);
  constexpr std::int64_t kDay = 24 * 60 * 60 * 1000, kLastClock = 235'959;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number < 0 || number >= kDay) return {};
  std::int64_t milliseconds = number;
  if (digits.size() <= 6 && number <= kLastClock) {
    milliseconds = ((number / 10'000 * 60 + number / 100 % 100) * 60 + number % 100) * 1000;
  }
  std::array<char, 32> clock{};
  std::snprintf(clock.data(), clock.size(), "%02d:%02d:%02d.%03d", static_cast<int>(milliseconds / 3'600'000),
                static_cast<int>(milliseconds / 60'000 % 60), static_cast<int>(milliseconds / 1000 % 60),
                static_cast<int>(milliseconds % 1000));
  return clock.data();
}

}  // namespace

std::optional<NewsDate> time_of(const json::value& value, const DateContext& context) {
  return read(value, context, kTimeNesting);
}

std::optional<NewsDate> time_of(const json::value& day, const json::value& time_of_day, const DateContext& context) {
  const auto first = time_of(day, context);
  const std::string clock = clock_text(time_of_day);
  if (!first || !first->day_only || clock.empty()) return std::nullopt;
  return parse_news_date(notation::format_date(first->at) + " " + clock, context.language, context.now);
}

bool is_no_time(const json::value& value) {
  if (is_absent(value)) return true;
  const auto text = value.is_string() || value.is_number() ? text_of(value) : std::nullopt;
  return text && notation::stripped(*text) == "0";
}

}  // namespace tapewatch::ingest
