#include "ingest/date/news_date.hpp"

#include <ctime>
#include <fstream>

#include "config/notation/rfc3339.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;

namespace {

const TimePoint kNow = std::chrono::sys_days(std::chrono::year(2024) / 6 / 15) + std::chrono::hours(12);

std::string utc(TimePoint at) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at);
  const std::time_t time = std::chrono::system_clock::to_time_t(seconds);
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  const auto milliseconds = (at - seconds).count();
  return milliseconds == 0 ? std::string(text) : std::string(text) + "." + std::to_string(milliseconds);
}

std::string read(std::string_view text, std::string_view language = "en") {
  const auto date = parse_news_date(text, language, kNow);
  return date ? utc(date->at) : "none";
}

}  // namespace

TEST_CASE("feed date: RFC 822 and what publishers make of it") {
  for (const char* text : {
           "Tue, 05 Mar 2024 14:30:00 GMT",
           "Tue, 5 Mar 2024 14:30:00 GMT",
           "5 Mar 2024 14:30:00 GMT",
           "05 Mar 24 14:30:00 GMT",
           "Tue, 05 Mar 2024 14:30 GMT",
           "Tue, 05 Mar 2024 09:30:00 EST",
           "Tue, 05 Mar 2024 14:30:00 +0000",
           "Tue, 05 Mar 2024 14:30:00 -0000",
           "Tue, 05 Mar 2024 15:30:00 +0100",
           "Tue, 05 Mar 2024 15:30:00 +01:00",
           "Tue, 05 Mar 2024 15:30:00 CET",
           "Tue, 05 Mar 2024 20:00:00 +0530",
           "Tue, 05 Mar 2024 20:00:00 IST",
           "Tuesday, 05-Mar-24 14:30:00 GMT",
           "Tue, 05-Mar-2024 14:30:00 GMT",
           "tue, 05 mar 2024 14:30:00 gmt",
           "TUE, 05 MAR 2024 14:30:00 GMT",
           "Tue 05 Mar 2024 14:30:00 GMT",
           "Tues, 05 March 2024 14:30:00 GMT",
           "Wed, 05 Mar 2024 14:30:00 GMT",
           "  Tue, 05 Mar 2024\n 14:30:00 GMT ",
           "Tue,05 Mar 2024 14:30:00 GMT",
           "Tue, 05 Mar 2024 14:30:00 -0000 (UTC)",
           "Tue, 05 Mar 2024 14:30:00 Z",
           "Tue, 05 Mar 2024 14:30:00 UTC+0",
           "Tue, 05 Mar 2024 15:30:00 GMT+1",
           "Tue, 05 Mar 2024 15:30:00 GMT+0100",
           "Tue, 05 Mar 2024 09:30:00 ET",
           "Tue Mar  5 14:30:00 2024",
           "Tue Mar 5 14:30:00 UTC 2024",
           "Tue, Mar 05 2024 14:30:00 GMT",
           "March 5, 2024 2:30 PM",
           "March 5, 2024 at 2:30 p.m. UTC",
           "Mar 5th, 2024 14:30 GMT",
           "Tue, 05 Mar 2024, 14:30:00 GMT",
           "5. Mar. 2024 14:30",
           "14:30 05 Mar 2024",
       }) {
    INFO(text);
    CHECK(read(text) == "2024-03-05 14:30:00");
  }
  CHECK(read("Tue, 05 Mar 2024 09:30:00 ET") == "2024-03-05 14:30:00");
  CHECK(read("Fri, 05 Jul 2024 10:30:00 ET") == "2024-07-05 14:30:00");
  CHECK(read("Sat, 31 Dec 2016 23:59:60 GMT") == "2017-01-01 00:00:00");
  CHECK(read("05 Mar 99 00:00:00 GMT") == "1999-03-05 00:00:00");
}

TEST_CASE("feed date: ISO 8601 and its variants") {
  for (const char* text : {
           "2024-03-05T14:30:00Z",
           "2024-03-05t14:30:00z",
           "2024-03-05 14:30:00Z",
           "2024-03-05T14:30Z",
           "2024-03-05T15:30:00+01:00",
           "2024-03-05T15:30:00+0100",
           "2024-03-05T15:30:00+01",
           "2024-03-05T14:30:00",
           "2024-03-05T09:30:00-05:00",
           "20240305T143000Z",
           "2024-03-05T143000Z",
           "2024-03-05  14:30:00 UTC",
           "2024-03-05 15:30:00 +0100",
           "2024-W10-2T14:30:00Z",
           "2024-065T14:30:00Z",
           "2024/03/05 14:30:00",
           "2024-3-5 14:30",
           "2024.03.05 14:30:00",
           "2024-03-05T14:30:00+00:00[UTC]",
           "2024-03-05 02:30 PM",
           "2024-03-05T14:30:00 GMT",
           "20240305143000",
           "202403051430",
       }) {
    INFO(text);
    CHECK(read(text) == "2024-03-05 14:30:00");
  }
  CHECK(read("2024-03-05T14:30:00.123Z") == "2024-03-05 14:30:00.123");
  CHECK(read("2024-03-05T14:30:00,5+00:00") == "2024-03-05 14:30:00.500");
  CHECK(read("2024-03-05T14:30:00.123456789Z") == "2024-03-05 14:30:00.123");
  CHECK(read("2024-03-05T24:00:00Z") == "2024-03-06 00:00:00");
  CHECK(read("2024-03-05") == "2024-03-05 00:00:00");
  CHECK(read("2024-03") == "2024-03-01 00:00:00");
  CHECK(read("2024") == "2024-01-01 00:00:00");
  CHECK(read("20240305") == "2024-03-05 00:00:00");
  CHECK(read("2020-W53-5") == "2021-01-01 00:00:00");
}

TEST_CASE("feed date: epochs") {
  CHECK(read("1709649000") == "2024-03-05 14:30:00");
  CHECK(read("1709649000123") == "2024-03-05 14:30:00.123");
  CHECK(read("01709649000") == "2024-03-05 14:30:00");  // eleven digits are seconds
  CHECK(read("1709649000.5") == "2024-03-05 14:30:00.500");
}

TEST_CASE("feed date: month names in other languages") {
  for (const char* text : {
           "Di, 05 Mär 2024 14:30:00 +0000",
           "5. März 2024, 14:30 Uhr",
           "5. März 2024 14.30 Uhr",
           "mardi 5 mars 2024 14:30",
           "mar., 05 mars 2024 14:30:00 +0000",
           "5 mars 2024 à 14h30",
           "martes, 5 de marzo de 2024 14:30",
           "Mar, 05 Mar 2024 14:30:00 +0000",
           "martedì 5 marzo 2024 14:30",
           "terça-feira, 5 de março de 2024 14:30",
           "dinsdag 5 maart 2024 14:30",
           "tisdag 5 mars 2024 14:30",
           "wtorek, 5 marca 2024 14:30",
           "5. března 2024 14:30",
           "5 Mart 2024 Salı 14:30",
           "вторник, 5 марта 2024 14:30",
           "Вт, 05 мар 2024 14:30:00 +0000",
           "5 березня 2024 14:30",
           "Τρίτη, 5 Μαρτίου 2024 14:30",
           "2024年3月5日 14:30",
           "2024年03月05日14时30分",
           "2024年3月5日(火) 14時30分",
           "2024년 3월 5일 오후 2:30",
           "2024年3月5日 下午2:30",
           "２０２４年３月５日 １４：３０",
       }) {
    INFO(text);
    CHECK(read(text) == "2024-03-05 14:30:00");
  }
  CHECK(read("1er février 2024 08:00") == "2024-02-01 08:00:00");
  CHECK(read("12 août 2023 08:00") == "2023-08-12 08:00:00");
  CHECK(read("12 juil. 2023 08:00") == "2023-07-12 08:00:00");
  CHECK(read("12 dic 2023 08:00") == "2023-12-12 08:00:00");
  CHECK(read("12 října 2023 08:00") == "2023-10-12 08:00:00");
  CHECK(read("12 Ağustos 2023 08:00") == "2023-08-12 08:00:00");
  CHECK(read("12 mai 2023 08:00") == "2023-05-12 08:00:00");
  CHECK(read("12 мая 2023 08:00") == "2023-05-12 08:00:00");
}

TEST_CASE("feed date: numeric dates by language, and by what is possible") {
  CHECK(read("03/05/2024 14:30", "en-US") == "2024-03-05 14:30:00");
  CHECK(read("03/05/2024 14:30", "") == "2024-03-05 14:30:00");
  CHECK(read("03/05/2024 14:30", "en-GB") == "2024-05-03 14:30:00");
  CHECK(read("03/05/2024 14:30", "fr") == "2024-05-03 14:30:00");
  CHECK(read("23/05/2024 14:30", "en-US") == "2024-05-23 14:30:00");
  CHECK(read("05/23/2024 14:30", "fr") == "2024-05-23 14:30:00");
  CHECK(read("05.03.2024 14:30", "en-US") == "2024-03-05 14:30:00");
  CHECK(read("05-03-2024 14:30:00") == "2024-03-05 14:30:00");
  CHECK(read("14:30 05-03-2024") == "2024-03-05 14:30:00");
  CHECK(read("5.3.24") == "2024-03-05 00:00:00");
  CHECK(parse_news_date("03/05/2024", "en-US", kNow)->guessed_order);
  CHECK_FALSE(parse_news_date("23/05/2024", "en-US", kNow)->guessed_order);
  CHECK(parse_news_date("03-05-2024", "en-US", kNow)->guessed_order);
}

TEST_CASE("feed date: guesses are reported") {
  CHECK_FALSE(parse_news_date("Tue, 05 Mar 2024 14:30:00 GMT", "", kNow)->is_odd());
  CHECK_FALSE(parse_news_date("2024-03-05T14:30:00Z", "", kNow)->is_odd());
  CHECK(parse_news_date("Tue, 05 Mar 2024 14:30:00", "", kNow)->zone_missing);
  CHECK(parse_news_date("Tue, 05 Mar 2024 14:30:00 XYZT", "", kNow)->zone_missing);
  CHECK(parse_news_date("5. März 2024 14:30 GMT", "", kNow)->layout == "words");
  CHECK(parse_news_date("1709649000", "", kNow)->layout == "epoch");
  CHECK(parse_news_date("March 2024", "", kNow)->day_missing);
  const auto no_year = parse_news_date("5 Mar 14:30 GMT", "", kNow);
  REQUIRE(no_year);
  CHECK(no_year->year_missing);
  CHECK(utc(no_year->at) == "2024-03-05 14:30:00");
  CHECK(utc(parse_news_date("5 Dec 14:30 GMT", "", kNow)->at) == "2023-12-05 14:30:00");
}

TEST_CASE("feed date: texts that are not dates") {
  for (const char* text : {"",
                           "   ",
                           "today",
                           "yesterday",
                           "n/a",
                           "null",
                           "0",
                           "-1",
                           "2024-13-05",
                           "2024-02-30T10:00:00Z",
                           "31 Jun 2024 10:00:00 GMT",
                           "0001-01-01T00:00:00Z",
                           "Mon, 01 Jan 0001 00:00:00 GMT",
                           "1970-01-01T00:00:00Z",
                           "9999-12-31T23:59:59Z",
                           "Tue, 05 Mar 2024 25:30:00 GMT",
                           "Tue, 05 Mar 2024 14:61:00 GMT",
                           "12:30",
                           "GMT",
                           "jui 5",
                           "1/2",
                           "99999999999999999999",
                           "\xFF\xFE\x80",
                           "::::",
                           "+-+-+-",
                           "Tue, 05 Mar 2024 14:30:00 +9999"}) {
    INFO(text);
    CHECK(read(text) == "none");
  }
  CHECK(read(std::string(100'000, '1')) == "none");
}

TEST_CASE("feed date: no short input breaks it") {
  static const std::string kAlphabet = "0123459/-:. TZ+,amprMe\xC3\xA4'";
  std::uint64_t state = 42;
  for (int i = 0; i < 200'000; ++i) {
    std::string text;
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    const std::size_t length = (state >> 33) % 24;
    for (std::size_t j = 0; j < length; ++j) {
      state = state * 6364136223846793005ULL + 1442695040888963407ULL;
      text += kAlphabet[(state >> 33) % kAlphabet.size()];
    }
    if (const auto date = parse_news_date(text, "en", kNow)) {
      REQUIRE(date->at > TimePoint{});
      REQUIRE(date->at < TimePoint(std::chrono::sys_days(std::chrono::year(2102) / 1 / 1)));
    }
  }
}

TEST_CASE("news date: dates as publishers write them, and what is none") {
  std::ifstream file(TAPEWATCH_SOURCE_DIR "/tests/ingest/date/news_dates.tsv");
  const TimePoint now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 28) + std::chrono::hours(6);
  std::size_t rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    INFO(line);
    const std::size_t first = line.find('\t'), last = line.find('\t', first + 1);
    REQUIRE(first < last);
    REQUIRE(last != std::string::npos);
    const std::string place = line.substr(0, first);  // language[@country]
    const std::size_t at = std::min(place.find('@'), place.size());
    const std::string language = place.substr(0, at), country = place.substr(std::min(at + 1, place.size()));
    const auto date = parse_news_date(line.substr(first + 1, last - first - 1), DatePlace{language, country}, now);
    const std::string found = date ? tapewatch::notation::format_rfc3339(date->at) : "None";
    const std::size_t mark = line.find("\trefused", last + 1);  // names an instant, and is not read yet
    CHECK(found == (mark == std::string::npos ? line.substr(last + 1) : "None"));
  }
  CHECK(rows > 690);
}

TEST_CASE("news date: a zone of several meanings is doubtful where the place does not tell") {
  const auto doubtful = [](std::string_view zone, DatePlace place) {
    const auto date = parse_news_date("14 Oct 2026 08:05 " + std::string(zone), place, kNow);
    REQUIRE(date);
    CHECK(date->is_odd() == date->zone_doubtful);
    return date->zone_doubtful;
  };
  CHECK(doubtful("CST", {"en", ""}));
  CHECK(doubtful("IST", {"", ""}));
  CHECK(doubtful("BST", {"en", "com"}));
  CHECK_FALSE(doubtful("CST", {"en-US", ""}));
  CHECK_FALSE(doubtful("CST", {"zh", ""}));
  CHECK_FALSE(doubtful("IST", {"en", "in"}));
  CHECK_FALSE(doubtful("CET", {"", ""}));
}
