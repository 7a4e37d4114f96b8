// Tested by tests/ingest/date/news_date_test.cpp
#include "ingest/date/date_numbers.hpp"

#include <algorithm>
#include <string>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

bool must_be_year(const DateNumber& number) { return number.digits == 4 || number.value > 31 || number.before == '\''; }

int full_year(const DateNumber& number, const DatePlace& place) {
  if (number.digits > 2) return number.value;
  constexpr int kEra = 2500, kFirstOfEra = 50;  // "69" is 2569 in Thailand, "26" is 2026 there too
  if (counts_from_buddha(place) && number.value >= kFirstOfEra) return kEra + number.value;
  constexpr int kPivot = 69;  // POSIX: 69–99 belong to the last century
  return number.value + (number.value < kPivot ? 2000 : 1900);
}

std::string lower_tag(const DatePlace& place) {
  std::string tag = notation::ascii_lower(place.language);
  std::replace(tag.begin(), tag.end(), '_', '-');
  return tag;
}

/// The United States and the Philippines write month first; English from no known country is read the same way, unless
/// the country must be `known`.
bool writes_month_first(const DatePlace& place, bool known) {
  const std::string tag = lower_tag(place);
  if (tag == "en-us" || tag == "en-ph") return true;
  if (!tag.empty() && tag != "en") return false;
  return place.country == "us" || place.country == "ph" || (!known && place.country.size() != 2);
}

/// "26/09/07" in Chinese, Japanese and Korean.
bool writes_year_first(const DatePlace& place) {
  const std::string language = lower_tag(place).substr(0, 2);
  return language == "zh" || language == "ja" || language == "ko";
}

/// The three numbers by what each is taken for.
struct Ordered {
  const DateNumber &year, &month, &day;
};

bool place(const Ordered& numbers, DateFields& fields) {
  fields.year = full_year(numbers.year, fields.place);
  fields.month = static_cast<unsigned>(numbers.month.value);
  fields.day = static_cast<unsigned>(numbers.day.value);
  return true;
}

}  // namespace

bool place_around_month(const std::vector<DateNumber>& numbers, DateFields& fields) {
  const bool whole_year =
      std::any_of(numbers.begin(), numbers.end(), [](const auto& number) { return number.digits == 4; });
  for (const DateNumber& number : numbers) {
    if (number.digits > 4) return false;
    if (whole_year && number.digits < 3 && number.value > 31) return false;  // a day that no month has
    if (!fields.year && (must_be_year(number) || fields.day)) {
      fields.year = full_year(number, fields.place);
    } else if (!fields.day && !must_be_year(number)) {
      fields.day = static_cast<unsigned>(number.value);
    } else {
      return false;
    }
  }
  return fields.year || fields.day;
}

bool place_numeric(const std::vector<DateNumber>& numbers, DateFields& fields, bool& guessed) {
  if (numbers.size() != 3) return false;
  const DateNumber &a = numbers[0], &b = numbers[1], &c = numbers[2];
  const bool joined = b.before == c.before && (b.before == '/' || b.before == '.' || b.before == '-');
  if (!joined || b.digits > 2) return false;
  if (a.digits > 2) return c.digits <= 2 && place({a, b, c}, fields);  // three digits: a year of Taiwan's republic
  if (c.digits <= 2 && writes_year_first(fields.place)) return place({a, b, c}, fields);
  if (c.digits != 2 && c.digits != 4) return false;
  const bool month_first = writes_month_first(fields.place, b.before == '-');
  const bool may_be_day_first = b.value <= 12;
  const bool may_be_month_first = a.value <= 12 && (b.before == '/' || (b.before == '-' && month_first));
  if (may_be_day_first && may_be_month_first && a.value != b.value) {
    guessed = true;
    return month_first ? place({c, a, b}, fields) : place({c, b, a}, fields);
  }
  return may_be_day_first ? place({c, b, a}, fields) : place({c, a, b}, fields);
}

bool place_year_first(const std::vector<DateNumber>& numbers, DateFields& fields) {
  const bool short_numbers = numbers.size() == 3 && std::all_of(numbers.begin(), numbers.end(),
                                                                [](const auto& number) { return number.digits == 2; });
  return short_numbers && place({numbers[0], numbers[1], numbers[2]}, fields);
}

}  // namespace tapewatch::ingest
