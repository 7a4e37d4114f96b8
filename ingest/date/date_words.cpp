// Tested by tests/ingest/date/news_date_test.cpp
#include "ingest/date/date_words.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

using std::chrono::minutes;

/// Folded month names, January to December, separated by blanks. Nominative and, where dates use it, genitive.
constexpr std::array<std::string_view, 12> kMonths = {
    // en de fr es it pt nl sv/da/no pl cs ro hu tr ru uk el id
    "january januar janvier enero gennaio janeiro januari styczen stycznia leden ledna ianuarie januar ocak январь "
    "января січень січня ιανουαριου ιανουαριοσ janner jaenner",
    "february februar fevrier febrero febbraio fevereiro februari luty lutego unor unora februarie subat февраль "
    "февраля "
    "лютий лютого лютии φεβρουαριου φεβρουαριοσ pebruari",
    "march marz maerz mars marzo marco maart marts marec marzec marca brezen brezna martie marcius mart март марта "
    "березень березня μαρτιου μαρτιοσ maret",
    "april avril abril aprile kwiecien kwietnia duben dubna aprilie aprilis nisan апрель апреля квітень квітня "
    "απριλιου "
    "απριλιοσ",
    "may mai mayo maggio maio mei maj maja kveten kvetna majus mayis маи мая травень травня μαιου μαιοσ",
    "june juni juin junio giugno junho czerwiec czerwca cerven cervna iunie junius haziran июнь июня червень червня "
    "ιουνιου ιουνιοσ",
    "july juli juillet julio luglio julho lipiec lipca cervenec cervence iulie julius temmuz июль июля липень липня "
    "ιουλιου ιουλιοσ",
    "august aout agosto augustus augusti sierpien sierpnia srpen srpna augusztus agustos август августа серпень серпня "
    "αυγουστου αυγουστοσ",
    "september septembre septiembre settembre setembro setiembre wrzesien wrzesnia zari septembrie szeptember eylul "
    "сентябрь сентября вересень вересня σεπτεμβριου σεπτεμβριοσ sept",
    "october oktober octobre octubre ottobre outubro pazdziernik pazdziernika rijen rijna octombrie ekim октябрь "
    "октября "
    "жовтень жовтня οκτωβριου οκτωβριοσ",
    "november novembre noviembre novembro listopad listopada noiembrie kasim ноябрь ноября νοεμβριου νοεμβριοσ "
    "nopember",
    "december dezember decembre diciembre dicembre dezembro grudzien grudnia prosinec prosince decembrie aralik "
    "desember "
    "декабрь декабря грудень грудня δεκεμβριου δεκεμβριοσ",
};

struct Zone {
  std::string_view name;
  int offset_minutes;
};

constexpr std::array<Zone, 62> kZones = {{
    {"gmt", 0},    {"utc", 0},     {"ut", 0},      {"z", 0},      {"wet", 0},    {"uct", 0},     {"zulu", 0},
    {"est", -300}, {"edt", -240},  {"cst", -360},  {"cdt", -300}, {"mst", -420}, {"mdt", -360},  {"pst", -480},
    {"pdt", -420}, {"akst", -540}, {"akdt", -480}, {"hst", -600}, {"ast", -240}, {"adt", -180},  {"nst", -210},
    {"ndt", -150}, {"brt", -180},  {"brst", -120}, {"art", -180}, {"clt", -240}, {"clst", -180}, {"bst", 60},
    {"west", 60},  {"cet", 60},    {"met", 60},    {"mez", 60},   {"wat", 60},   {"cest", 120},  {"mest", 120},
    {"mesz", 120}, {"eet", 120},   {"cat", 120},   {"sast", 120}, {"eest", 180}, {"msk", 180},   {"eat", 180},
    {"trt", 180},  {"gst", 240},   {"msd", 240},   {"pkt", 300},  {"ist", 330},  {"wib", 420},   {"ict", 420},
    {"hkt", 480},  {"sgt", 480},   {"awst", 480},  {"pht", 480},  {"myt", 480},  {"wita", 480},  {"jst", 540},
    {"kst", 540},  {"acst", 570},  {"aest", 600},  {"aedt", 660}, {"nzst", 720}, {"nzdt", 780},
}};

/// Second Sunday of March to first Sunday of November, to the day.
bool is_us_summer(std::chrono::local_days day) {
  using namespace std::chrono;
  const year_month_day date(day);
  const local_days begin(date.year() / March / Sunday[2]);
  const local_days end(date.year() / November / Sunday[1]);
  return day >= begin && day < end;
}

bool is_space(char32_t c) { return c == ' ' || c == 0x3000 || c == 0xA0; }

/// The replacement for a Chinese, Japanese or Korean marker; 0 when `c` is none. Minutes and seconds are decided later.
char marker(char32_t c) {
  switch (c) {
    case U'年':
    case U'月':
    case U'년':
    case U'월':
      return '-';
    case U'時':
    case U'时':
    case U'点':
    case U'시':
      return ':';
    case U'分':
    case U'분':
      return 'm';
    case U'日':
    case U'号':
    case U'秒':
    case U'일':
    case U'초':
      return ' ';
    default:
      return 0;
  }
}

std::string replace_markers(const icu::UnicodeString& text) {
  icu::UnicodeString out;
  for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
    const auto c = static_cast<char32_t>(text.char32At(i));
    char stands_for = marker(c);
    if (stands_for == 0) {
      out.append(static_cast<UChar32>(c));
      continue;
    }
    std::int32_t next = i + 1;
    while (next < text.length() && is_space(static_cast<char32_t>(text.char32At(next)))) ++next;
    const bool digit_follows = next < text.length() && u_isdigit(text.char32At(next));
    if (stands_for == 'm') stands_for = digit_follows ? ':' : ' ';
    if (stands_for == ':' && !digit_follows) {  // "14時": an hour alone
      out.append(u":00 ");
      continue;
    }
    out.append(static_cast<UChar32>(stands_for));
    if (stands_for != ' ' && digit_follows) i = next - 1;
  }
  std::string utf8;
  return out.toUTF8String(utf8);
}

}  // namespace

std::string fold_date_text(std::string_view text) {
  const bool ascii = std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return notation::ascii_lower(text);
  UErrorCode status = U_ZERO_ERROR;
  const auto* decompose = icu::Normalizer2::getNFKDInstance(status);
  const auto* compose = icu::Normalizer2::getNFKCInstance(status);
  if (U_FAILURE(status)) return {};
  auto folded = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  folded = decompose->normalize(folded.foldCase(), status);
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
    const UChar32 c = folded.char32At(i);
    if (u_charType(c) != U_NON_SPACING_MARK) bare.append(c);
  }
  bare = compose->normalize(bare, status);  // Hangul was decomposed as well
  return U_FAILURE(status) ? std::string() : replace_markers(bare);
}

unsigned month_of(std::string_view word) {
  constexpr std::size_t kShortest = 3;
  std::size_t letters = 0;
  for (const char c : word) letters += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  if (letters < kShortest) return 0;
  unsigned by_prefix = 0;
  bool doubtful = false;
  for (unsigned month = 0; month < kMonths.size(); ++month) {
    std::string_view names = kMonths[month];
    while (!names.empty()) {
      const std::size_t end = std::min(names.size(), names.find(' '));
      const std::string_view name = names.substr(0, end);
      if (name == word) return month + 1;
      if (name.substr(0, word.size()) == word) {
        doubtful |= by_prefix != 0 && by_prefix != month + 1;
        by_prefix = month + 1;
      }
      names.remove_prefix(std::min(names.size(), end + 1));
    }
  }
  return doubtful ? 0 : by_prefix;
}

bool is_rfc822_month(std::string_view word) {
  static constexpr std::array<std::string_view, 12> kShort = {"jan", "feb", "mar", "apr", "may", "jun",
                                                              "jul", "aug", "sep", "oct", "nov", "dec"};
  return std::find(kShort.begin(), kShort.end(), word) != kShort.end();
}

std::optional<minutes> zone_offset(std::string_view word, std::chrono::local_days day) {
  static constexpr std::array<Zone, 4> kUnitedStates = {{{"et", -300}, {"ct", -360}, {"mt", -420}, {"pt", -480}}};
  for (const Zone& zone : kUnitedStates) {
    if (zone.name == word) return minutes(zone.offset_minutes + (is_us_summer(day) ? 60 : 0));
  }
  for (const Zone& zone : kZones) {
    if (zone.name == word) return minutes(zone.offset_minutes);
  }
  return std::nullopt;
}

unsigned day_half(std::string_view word) {
  if (word == "am" || word == "上午" || word == "午前" || word == "오전") return 1;
  if (word == "pm" || word == "下午" || word == "午後" || word == "오후") return 2;
  return 0;
}

}  // namespace tapewatch::ingest
