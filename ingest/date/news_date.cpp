#include "ingest/date/news_date.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <vector>

#include "config/notation/ascii.hpp"
#include "ingest/date/date_fields.hpp"
#include "ingest/date/date_words.hpp"
#include "ingest/date/month_names.hpp"
#include "ingest/date/number_date.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::size_t kLongestDate = 128;

std::int64_t number(std::string_view digits) {
  std::int64_t value = -1;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

/// Reads through one string; every take_* leaves the position unchanged when it fails.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool done() const { return at_ == text_.size(); }
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  std::string_view rest() const { return text_.substr(at_); }
  void skip(std::size_t n = 1) { at_ += n; }
  void skip_blanks() {
    while (peek() == ' ' || peek() == '\t') ++at_;
  }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  std::optional<int> take_number(std::size_t shortest, std::size_t longest) {
    std::size_t length = 0;
    while (length < longest && notation::is_digit(peek(length))) ++length;
    if (length < shortest) return std::nullopt;
    const int value = static_cast<int>(number(text_.substr(at_, length)));
    at_ += length;
    return value;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// ".5", ",25" of a unit, in milliseconds.
int take_fraction(Scanner& in, int unit_milliseconds) {
  if ((in.peek() != '.' && in.peek() != ',') || !notation::is_digit(in.peek(1))) return 0;
  in.skip();
  std::int64_t value = 0, scale = 1;
  for (; notation::is_digit(in.peek()); in.skip()) {
    constexpr std::int64_t kMostDigits = 1'000'000'000;
    if (scale >= kMostDigits) continue;
    value = 10 * value + (in.peek() - '0');
    scale *= 10;
  }
  return static_cast<int>(value * unit_milliseconds / scale);
}

/// "16-45-03", as names of files have it.
bool is_dashed_time(const Scanner& in) {
  for (std::size_t i = 0; i < 8; ++i) {
    if (i % 3 == 2 ? in.peek(i) != '-' : !notation::is_digit(in.peek(i))) return false;
  }
  return !notation::is_digit(in.peek(8));
}

/// hh[:mm[:ss]], hhmm[ss], hh.mm[.ss], hh-mm-ss, with a fraction of the last unit; "24:00" is the next day's midnight.
std::optional<TimeOfDay> iso_time(Scanner& in) {
  constexpr int kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute;
  TimeOfDay time;
  const bool dashed = is_dashed_time(in);
  const auto hour = in.take_number(1, 2);
  if (!hour) return std::nullopt;
  time.hour = *hour;
  const bool dotted = in.peek() == '.' && notation::is_digit(in.peek(1)) && notation::is_digit(in.peek(2)) &&
                      !notation::is_digit(in.peek(3));
  const char separator = in.peek() == ':' || dotted || dashed ? in.peek() : '\0';
  if (separator != '\0') in.skip();
  int unit = kHour;
  if (const auto minute = in.take_number(separator == ':' ? 1 : 2, 2)) {
    time.minute = *minute;
    unit = kMinute;
    const bool more = separator == '\0' || (in.peek() == separator && notation::is_digit(in.peek(1)));
    const bool seconds = separator != '.' || (notation::is_digit(in.peek(2)) && !notation::is_digit(in.peek(3)));
    if (more && seconds) {
      if (separator != '\0') in.skip();
      if (const auto second = in.take_number(separator != '\0' ? 1 : 2, 2)) {
        time.second = *second;
        unit = kSecond;
      }
    }
  } else if (separator != '\0') {
    return std::nullopt;
  }
  const int rest = take_fraction(in, unit);
  time.minute += rest / kMinute;
  time.second += rest % kMinute / kSecond;
  time.millisecond = rest % kSecond;
  return time;
}

/// "Z", "+01:00", "+0100", "+01", "GMT", "utc+1", "(utc+1)", anything after an offset ("[Europe/Berlin]", "CEST
/// m=+0.1", a second "Z"). False: not understood.
bool iso_zone(Scanner& in, DateFields& fields) {
  in.skip_blanks();
  if (in.done()) return true;
  in.take('(');
  if (std::isalpha(static_cast<unsigned char>(in.peek()))) {
    std::size_t length = 0;
    while (std::isalpha(static_cast<unsigned char>(in.peek(length)))) ++length;
    fields.zone_name = std::string(in.rest().substr(0, length));
    in.skip(length);
  }
  if (in.peek() == '+' || in.peek() == '-') {
    const int sign = in.peek() == '-' ? -1 : 1;
    in.skip();
    const auto hours = in.take_number(1, 2);
    if (!hours) return false;
    in.take(':');
    const int minutes = in.take_number(2, 2).value_or(0);
    fields.zone_name.clear();
    fields.offset = std::chrono::minutes(sign * (*hours * 60 + minutes));
  }
  in.take(')');
  const bool words_follow = fields.offset && (in.peek() == ' ' || in.rest() == "z");
  in.skip_blanks();
  return in.done() || in.peek() == '[' || in.peek() == '(' || words_follow;
}

/// The date part of ISO 8601: calendar, week ("2024-w10-2") or ordinal ("2024-065"). `strict`: exactly as in the
/// standard.
bool iso_date(Scanner& in, DateFields& fields, bool& strict) {
  const auto year = in.take_number(4, 4);
  if (!year || notation::is_digit(in.peek())) return false;
  fields.year = *year;
  if (in.take('w')) {  // basic: "2026w112"
    const auto week = in.take_number(2, 2);
    return week && fields.set_iso_week(*week, in.take_number(1, 1).value_or(1));
  }
  const char separator = in.peek();
  const bool colons = separator == ':' && in.peek(3) == ':';  // "2026:09:07", as pictures have it
  if (separator != '-' && separator != '/' && separator != '.' && !colons) return in.done();
  strict = separator == '-';
  in.skip();
  if (in.take('w')) {
    const auto week = in.take_number(2, 2);
    in.take('-');
    return week && fields.set_iso_week(*week, in.take_number(1, 1).value_or(1));
  }
  if (notation::is_digit(in.peek(2)) && strict) {
    const auto ordinal = in.take_number(3, 3);
    return ordinal && fields.set_ordinal(*ordinal);
  }
  strict &= notation::is_digit(in.peek(1));
  const auto month = in.take_number(1, 2);
  if (!month) return false;
  fields.month = static_cast<unsigned>(*month);
  if (!in.take(separator)) return true;
  strict &= notation::is_digit(in.peek(1));
  const auto day = in.take_number(1, 2);
  if (day) fields.day = static_cast<unsigned>(*day);
  return day.has_value();
}

/// "20260907t1645", "20260907 16:45", "20260907-16:45:03", "20260907164503z".
bool is_basic(std::string_view text) {
  constexpr std::size_t kDay = 8, kSecond = 14;
  const auto digits = [&](std::size_t end) {
    return text.size() > end &&
           std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), notation::is_digit);
  };
  if (!digits(kDay)) return false;
  if (digits(kSecond)) return !notation::is_digit(text[kSecond]);
  const bool clock = text.size() > kDay + 3 && text[kDay + 3] == ':';
  return text[kDay] == 't' ? text.size() > kDay + 1 : clock && !notation::is_digit(text[kDay]);
}

/// Without the sign and the zeros of an expanded year: "+002026-09-07".
std::string_view without_expansion(std::string_view text) {
  if (!text.starts_with('+')) return text;
  text.remove_prefix(1);
  return text.starts_with("00") && text.find('-') == 6 ? text.substr(2) : text;
}

std::optional<NewsDate> iso8601(std::string_view text, const DateFields& known) {
  DateFields fields = known;
  text = without_expansion(text);
  Scanner in(text);
  bool strict = true;
  const bool basic = is_basic(text);
  const bool ordinal = text.size() >= 7 && std::all_of(text.begin(), text.begin() + 7, notation::is_digit) &&
                       (text.size() == 7 || text[7] == 't');
  if (ordinal) {
    fields.year = *in.take_number(4, 4);
    if (!fields.set_ordinal(*in.take_number(3, 3))) return std::nullopt;
  } else if (basic) {
    fields.year = *in.take_number(4, 4);
    fields.month = static_cast<unsigned>(*in.take_number(2, 2));
    fields.day = static_cast<unsigned>(*in.take_number(2, 2));
  } else if (!iso_date(in, fields, strict)) {
    return std::nullopt;
  }
  if (!in.done()) {
    if (in.peek() == 't' || in.peek() == ' ' || in.peek() == '_' || (basic && in.peek() == '-')) {
      in.skip();
    } else if (!basic || !notation::is_digit(in.peek())) {
      return std::nullopt;
    }
    in.skip_blanks();
    if (notation::is_digit(in.peek())) {
      const auto time = iso_time(in);
      if (!time) return std::nullopt;
      fields.time = *time;
    } else if (in.peek() != 'z') {
      return std::nullopt;  // words follow: "2024-03-05 at noon"
    }
    std::size_t half = 0;
    in.skip_blanks();
    if (in.rest().substr(0, 2) == "am" || in.rest().substr(0, 2) == "pm") {
      half = day_half(in.rest().substr(0, 2));
      in.skip(2);
      strict = false;
    }
    fields.time.apply_half(static_cast<unsigned>(half));
    if (!iso_zone(in, fields)) return std::nullopt;
  }
  return to_news_date(fields, strict ? "iso8601" : "numeric");
}

/// True for a date of at most eight digits: "2026-11-27", "27 Nov 2026", "20261127".
bool names_no_time(std::string_view text) {
  constexpr std::ptrdiff_t kDayDigits = 8;
  return text.find(':') == std::string_view::npos &&
         std::count_if(text.begin(), text.end(), notation::is_digit) <= kDayDigits;
}

}  // namespace

std::optional<NewsDate> parse_news_date(std::string_view text, const DatePlace& place, TimePoint now) {
  text = notation::stripped(text);
  if (text.empty() || text.size() > kLongestDate) return std::nullopt;
  DateFields known;
  known.place = place;
  std::string given(text);
  if (given.find('/') != std::string::npos) known.zone = cut_zone_name(given);
  if (!known.zone) known.zone = cut_place_time(given);
  const std::string folded = with_short_zones(with_english_words(fold_date_text(given), place.language));
  const std::string_view whole = notation::stripped(folded);
  std::optional<NewsDate> date = parse_number_date(whole);
  if (!date) date = iso8601(whole, known);
  if (!date) date = free_form_date(whole, known, now);
  if (date) date->day_only = date->midnight && names_no_time(whole);
  return date;
}

}  // namespace tapewatch::ingest
