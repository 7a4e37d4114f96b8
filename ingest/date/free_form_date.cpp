// Tested by tests/ingest/date/news_date_test.cpp
#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <vector>

#include "config/notation/ascii.hpp"
#include "ingest/date/date_fields.hpp"
#include "ingest/date/date_numbers.hpp"
#include "ingest/date/date_words.hpp"
#include "ingest/date/month_names.hpp"

namespace tapewatch::ingest {
namespace {

struct Token {
  enum class Kind { number, word, sign } kind;
  std::string_view text;
  int value = 0;  // of a number
  bool after_space = false;
};

bool is_ascii(char c) { return static_cast<unsigned char>(c) < 0x80; }
bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) || static_cast<unsigned char>(c) >= 0x80; }

std::vector<Token> tokens_of(std::string_view text) {
  std::vector<Token> tokens;
  bool after_space = true;
  for (std::size_t i = 0; i < text.size();) {
    if (static_cast<unsigned char>(text[i]) <= ' ') {
      after_space = true;
      ++i;
      continue;
    }
    std::size_t end = i + 1;
    auto kind = Token::Kind::sign;
    if (notation::is_digit(text[i])) {
      kind = Token::Kind::number;
      while (end < text.size() && notation::is_digit(text[end])) ++end;
    } else if (is_letter(text[i])) {
      kind = Token::Kind::word;
      // "a.m." and "p.m." are one word
      while (end < text.size() && (is_letter(text[end]) || (text[end] == '.' && end + 2 < text.size() + 1 &&
                                                            text.substr(i, 4).find(".m") == 1)))
        ++end;
    }
    Token token{kind, text.substr(i, end - i), 0, after_space};
    if (kind == Token::Kind::number) {
      std::from_chars(token.text.data(), token.text.data() + std::min<std::size_t>(9, token.text.size()), token.value);
    }
    tokens.push_back(token);
    after_space = false;
    i = end;
  }
  return tokens;
}

/// Reads the tokens in one pass: time, zone, month name; the remaining numbers are day and year.
class FreeForm {
 public:
  FreeForm(std::string_view text, const DateFields& known) : tokens_(tokens_of(text)), fields_(known) {}

  std::optional<NewsDate> read(TimePoint now) {
    for (at_ = 0; at_ < tokens_.size();) {
      if (!(take_numbered_weekday() || take_era_letter() || take_time() || take_unmarked_time() || take_offset() ||
            take_unsigned_offset() || take_word())) {
        take_rest();
      }
    }
    fields_.time.apply_half(half_);
    day_first_ = month_seen_ && numbers_before_month_ > 0;
    const bool ok =
        month_seen_ ? place_around_month(numbers_, fields_) : place_numeric(numbers_, fields_, guessed_order_);
    if (!ok) return std::nullopt;
    const bool year_missing = !fields_.year;
    // "2 hours ago", "March 5 results": a date without a year has no other words.
    if (year_missing && unknown_words_ > 0) return std::nullopt;
    if (year_missing) guess_year(now);
    if (!fields_.day && time_seen_) return std::nullopt;  // "Dec x 2012 11:47": the day is there and cannot be read
    auto date = to_news_date(fields_, month_seen_ ? (rfc822_ && day_first_ ? "rfc822" : "words") : "numeric");
    if (!month_seen_ && date && date->at > now + std::chrono::days(1) && place_year_first(numbers_, fields_)) {
      date = to_news_date(fields_, "numeric");  // "03-12-31" is not of 2031
    }
    if (!date) return std::nullopt;
    date->year_missing = year_missing;
    date->guessed_order = guessed_order_;
    return date;
  }

 private:
  const Token* peek(std::size_t ahead = 0) const {
    return at_ + ahead < tokens_.size() ? &tokens_[at_ + ahead] : nullptr;
  }
  bool is_number(std::size_t ahead) const { return peek(ahead) && peek(ahead)->kind == Token::Kind::number; }
  bool is_text(std::size_t ahead, std::string_view text) const { return peek(ahead) && peek(ahead)->text == text; }
  unsigned half_at(std::size_t ahead) const {
    if (!peek(ahead) || peek(ahead)->kind != Token::Kind::word) return 0;
    std::string word(peek(ahead)->text);
    std::erase(word, '.');
    return day_half(word);
  }

  /// Vietnamese "T2, 7/9", "Thứ 2, 7/9", Swahili "J3 7 Sep": a day of the week that has a number.
  bool take_numbered_weekday() {
    if (at_ != 0 || !is_number(1) || peek(1)->text.size() != 1) return false;
    const bool vietnamese = fields_.place.language.starts_with("vi") && (is_text(0, "t") || is_text(0, "thu"));
    const bool swahili = fields_.place.language.starts_with("sw") && is_text(0, "j");
    if (!vietnamese && !swahili) return false;
    at_ += 2;
    return true;
  }

  /// Japanese "R8.9.7": the year of an era by its letter.
  bool take_era_letter() {
    if (at_ != 0 || !fields_.place.language.starts_with("ja") || !is_number(1) || peek(1)->after_space) return false;
    const int before = is_text(0, "r") ? 2018 : is_text(0, "h") ? 1988 : is_text(0, "s") ? 1925 : 0;
    if (before == 0) return false;
    numbers_.push_back({before + peek(1)->value, 4, ' '});
    at_ += 2;
    return true;
  }

  /// "1645 gmt", "1645 hrs": four digits are a time where a zone follows and another number is the year.
  bool take_unmarked_time() {
    if (time_seen_ || !is_number(0) || peek()->text.size() != 4 || !peek(1)) return false;
    const auto is_year = [](const Token& token) { return token.kind == Token::Kind::number && token.text.size() == 4; };
    if (std::count_if(tokens_.begin(), tokens_.end(), is_year) != 2) return false;
    const std::string_view next = peek(1)->text;
    if (next != "hrs" && next != "hours" && !zone_offset(next, std::chrono::local_days{}, fields_.place)) return false;
    fields_.time = {peek()->value / 100, peek()->value % 100};
    time_seen_ = true;
    inside_date_ = false;
    ++at_;
    return true;
  }

  /// At the end behind a time, "0200", "02:00": an offset whose plus an address once made a blank.
  bool take_unsigned_offset() {
    if (!time_seen_ || fields_.offset || !is_number(0) || !peek()->after_space || numbers_.empty()) return false;
    const bool colon = is_text(1, ":") && is_number(2) && peek(2)->text.size() == 2;
    const std::size_t used = colon ? 3 : 1, digits = colon ? 2 : 4;
    if (peek()->text.size() != digits || at_ + used != tokens_.size()) return false;
    const auto is_year = [](const DateNumber& number) { return number.digits == 4; };
    if (std::none_of(numbers_.begin(), numbers_.end(), is_year)) return false;
    const int minutes = colon ? peek()->value * 60 + peek(2)->value : peek()->value / 100 * 60 + peek()->value % 100;
    if (minutes % 15 != 0) return false;
    fields_.offset = std::chrono::minutes(minutes);
    at_ += used;
    return true;
  }

  /// 14:30[:05[.123]], 14h30, 14 h 30, 14.30 uhr, 4.45pm, 14 uhr, 2pm
  bool take_time() {
    if (time_seen_ || !is_number(0) || peek()->text.size() > 2) return false;
    const auto is_short = [&](std::size_t i) { return is_number(i) && peek(i)->text.size() <= 2; };
    std::size_t used = 0;
    TimeOfDay time{peek()->value};
    if (is_text(1, ":") && is_short(2)) {
      time.minute = peek(2)->value;
      used = 3;
      if (is_text(3, ":") && is_short(4)) {
        time.second = peek(4)->value;
        used = 5;
        if ((is_text(5, ".") || is_text(5, ",")) && is_number(6) && !peek(6)->after_space) {
          time.millisecond = milliseconds(peek(6)->text);
          used = 7;
        }
      }
    } else if ((is_text(1, "h") || is_text(1, "g")) && is_short(2)) {
      time.minute = peek(2)->value;
      used = 3;
    } else if (is_text(1, ".") && is_short(2) && (is_text(3, "uhr") || is_half_past(2) || is_after_date())) {
      time.minute = peek(2)->value;
      used = is_text(3, "uhr") ? 4 : 3;
      if (used == 3 && is_text(3, ".") && is_short(4) && !peek(4)->after_space) {
        time.second = peek(4)->value;
        used = 5;
        if (is_text(5, ".") && is_number(6) && !peek(6)->after_space) {  // Oracle's "07.07.44.123 PM"
          time.millisecond = milliseconds(peek(6)->text);
          used = 7;
        }
      }
    } else if (is_text(1, "uhr") || is_text(1, "h")) {
      used = 2;
    } else if (half_at(1) != 0 && is_ascii(peek(1)->text[0])) {  // in other languages it precedes the time
      used = 1;
    } else {
      return false;
    }
    fields_.time = time;
    time_seen_ = true;
    inside_date_ = false;
    at_ += used;
    return true;
  }

  /// "45pm" behind "4."
  bool is_half_past(std::size_t minute) const {
    return peek(minute)->text.size() == 2 && half_at(minute + 1) != 0 && is_ascii(peek(minute + 1)->text[0]);
  }

  /// Day and year stand before it, so "14.30" is a time.
  bool is_after_date() const {
    return peek(2)->text.size() == 2 && !peek(2)->after_space &&
           (numbers_.size() > 2 || (month_seen_ && numbers_.size() == 2));
  }

  /// +01:00, -0500, +1 after a time or after "gmt"/"utc".
  bool take_offset() {
    if (!time_seen_ || fields_.offset || !(is_text(0, "+") || is_text(0, "-")) || !is_number(1) ||
        peek(1)->after_space || inside_date_) {
      return false;
    }
    const Token& digits = *peek(1);
    int minutes = 0;
    std::size_t used = 2;
    if (digits.text.size() > 4) return false;
    if (digits.text.size() > 2) {
      minutes = digits.value / 100 * 60 + digits.value % 100;
    } else {
      minutes = digits.value * 60;
      if (is_text(2, ":") && is_number(3)) {
        minutes += peek(3)->value;
        used = 4;
      }
    }
    fields_.offset = std::chrono::minutes(is_text(0, "-") ? -minutes : minutes);
    at_ += used;
    return true;
  }

  bool take_word() {
    if (peek()->kind != Token::Kind::word) return false;
    const std::string_view word = peek()->text;
    if (const unsigned half = half_at(0)) {
      half_ = half;
    } else if (time_seen_ && zone_offset(word, std::chrono::local_days{}, fields_.place)) {
      if (fields_.zone_name.empty()) fields_.zone_name = word;
    } else if (const unsigned month = month_of(word)) {
      // The last month name counts: "mar." may be a Tuesday before it.
      fields_.month = month;
      month_seen_ = true;
      rfc822_ = is_rfc822_month(word);
      numbers_before_month_ = numbers_.size();
    } else {
      unknown_words_ += is_weekday(word) || is_filler(word) ? 0 : 1;
    }
    inside_date_ = false;
    ++at_;
    return true;
  }

  /// Words that stand in dates beside names and zones, in several languages.
  static bool is_filler(std::string_view word) {
    static constexpr std::string_view kFillers[] = {
        "a",  "al",  "alle", "am", "as",  "at",  "d",    "das",   "de",   "del", "den", "der",    "die", "dia",
        "el", "h",   "kell", "kl", "klo", "la",  "las",  "le",    "les",  "m",   "na",  "nd",     "o",   "of",
        "on", "ore", "rd",   "st", "th",  "the", "thur", "thurs", "tues", "uhr", "um",  "wednes", "weds"};
    return std::find(std::begin(kFillers), std::end(kFillers), word) != std::end(kFillers);
  }

  void take_rest() {
    if (is_number(0)) {
      const char before = at_ > 0 && tokens_[at_ - 1].kind == Token::Kind::sign ? tokens_[at_ - 1].text[0] : ' ';
      numbers_.push_back({peek()->value, peek()->text.size(), before});
    }
    inside_date_ = is_number(0);  // the following '-' joins a date
    ++at_;
  }

  static int milliseconds(std::string_view fraction) {
    int value = 0, place = 100;
    for (const char digit : fraction.substr(0, 3)) {
      value += (digit - '0') * place;
      place /= 10;
    }
    return value;
  }

  void guess_year(TimePoint now) {
    const auto today = std::chrono::floor<std::chrono::days>(now);
    const std::chrono::year_month_day date(today);
    fields_.year = static_cast<int>(date.year());
    const auto found = to_news_date(fields_, "words");
    if (found && found->at > now + std::chrono::days(1)) fields_.year = *fields_.year - 1;
  }

  const std::vector<Token> tokens_;
  std::size_t at_ = 0;
  DateFields fields_;
  std::vector<DateNumber> numbers_;
  std::size_t numbers_before_month_ = 0;
  unsigned half_ = 0;
  std::size_t unknown_words_ = 0;
  bool time_seen_ = false, month_seen_ = false, rfc822_ = false, day_first_ = false, guessed_order_ = false,
       inside_date_ = false;
};

}  // namespace

std::optional<NewsDate> free_form_date(std::string_view text, const DateFields& known, TimePoint now) {
  return FreeForm(text, known).read(now);
}

}  // namespace tapewatch::ingest
