// Tested by tests/ingest/date/news_date_test.cpp
#include "ingest/date/zone_names.hpp"

#include <algorithm>
#include <array>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

using std::chrono::minutes;

struct Zone {
  std::string_view name;
  int offset_minutes;
};

constexpr Zone kZones[] = {
    {"gmt", 0},    {"utc", 0},     {"ut", 0},      {"z", 0},       {"wet", 0},    {"uct", 0},    {"zulu", 0},
    {"est", -300}, {"edt", -240},  {"cst", -360},  {"cdt", -300},  {"mst", -420}, {"mdt", -360}, {"pst", -480},
    {"pdt", -420}, {"akst", -540}, {"akdt", -480}, {"hst", -600},  {"hdt", -540}, {"ast", -240}, {"adt", -180},
    {"nst", -210}, {"ndt", -150},  {"brt", -180},  {"brst", -120}, {"art", -180}, {"clt", -240}, {"clst", -180},
    {"uyt", -180}, {"pyt", -240},  {"pyst", -180}, {"bot", -240},  {"vet", -240}, {"cot", -300}, {"pet", -300},
    {"ect", -300}, {"bst", 60},    {"west", 60},   {"cet", 60},    {"met", 60},   {"mez", 60},   {"wat", 60},
    {"cest", 120}, {"mest", 120},  {"mesz", 120},  {"eet", 120},   {"oez", 120},  {"cat", 120},  {"sast", 120},
    {"eest", 180}, {"oesz", 180},  {"idt", 180},   {"msk", 180},   {"eat", 180},  {"trt", 180},  {"gst", 240},
    {"msd", 240},  {"azt", 240},   {"samt", 240},  {"irst", 210},  {"aft", 270},  {"pkt", 300},  {"uzt", 300},
    {"yekt", 300}, {"tmt", 300},   {"ist", 330},   {"slst", 330},  {"npt", 345},  {"btt", 360},  {"omst", 360},
    {"mmt", 390},  {"wib", 420},   {"ict", 420},   {"krat", 420},  {"novt", 420}, {"hkt", 480},  {"sgt", 480},
    {"awst", 480}, {"pht", 480},   {"myt", 480},   {"wita", 480},  {"irkt", 480}, {"ulat", 480}, {"bnt", 480},
    {"jst", 540},  {"kst", 540},   {"wit", 540},   {"yakt", 540},  {"acst", 570}, {"acdt", 630}, {"aest", 600},
    {"chst", 600}, {"vlat", 600},  {"aedt", 660},  {"magt", 660},  {"nzst", 720}, {"pett", 720}, {"fjt", 720},
    {"nzdt", 780}, {"cvt", -60},   {"azost", 0},   {"wast", 120},  {"мск", 180},  {"tsi", 180},
};

/// What an abbreviation means elsewhere than in kZones, by country and by language. `common`: where the first meaning
/// is the usual one, so that it is not doubtful.
struct Elsewhere {
  std::string_view name;
  int offset_minutes;
  std::string_view countries, languages;  ///< separated by blanks
};

constexpr Elsewhere kElsewhere[] = {
    {"cst", 480, "cn tw hk mo", "zh"},
    {"cst", -300, "cu", ""},
    {"ist", 120, "il ps", "he iw"},
    {"ist", 60, "ie", "ga"},
    {"bst", 360, "bd", "bn"},
    {"ast", 180, "sa iq kw qa bh ye", "ar"},
    {"est", 600, "au", ""},
    {"pst", 480, "ph", "fil tl"},
    {"gst", -120, "gs", ""},
    {"mst", 480, "my", "ms"},
};

/// Countries and languages whose CST, IST, BST is the one in kZones.
constexpr Elsewhere kHome[] = {
    {"cst", -360, "us ca mx cr gt hn sv ni bz", ""},
    {"ist", 330, "in", "hi ta te kn ml mr gu pa"},
    {"bst", 60, "uk gb", "cy gd"},
};

constexpr std::pair<std::string_view, std::string_view> kLongNames[] = {
    {"coordinated universal time", "utc"},
    {"universal time coordinated", "utc"},
    {"greenwich mean time", "gmt"},
    {"british summer time", "utc+0100"},
    {"irish standard time", "utc+0100"},
    {"central european summer time", "cest"},
    {"central european standard time", "cet"},
    {"central european time", "cet"},
    {"eastern european summer time", "eest"},
    {"eastern european standard time", "eet"},
    {"eastern european time", "eet"},
    {"western european summer time", "west"},
    {"western european time", "wet"},
    {"australian eastern standard time", "aest"},
    {"australian eastern daylight time", "aedt"},
    {"australian western standard time", "awst"},
    {"australian central standard time", "acst"},
    {"new zealand standard time", "nzst"},
    {"new zealand daylight time", "nzdt"},
    {"south africa standard time", "sast"},
    {"hawaii-aleutian standard time", "hst"},
    {"hawaii standard time", "hst"},
    {"alaska standard time", "akst"},
    {"alaska daylight time", "akdt"},
    {"newfoundland standard time", "nst"},
    {"newfoundland daylight time", "ndt"},
    {"atlantic standard time", "utc-0400"},
    {"atlantic daylight time", "adt"},
    {"eastern standard time", "utc-0500"},
    {"eastern daylight time", "edt"},
    {"central standard time", "utc-0600"},
    {"central daylight time", "cdt"},
    {"mountain standard time", "utc-0700"},
    {"mountain daylight time", "mdt"},
    {"pacific standard time", "utc-0800"},
    {"pacific daylight time", "pdt"},
    {"eastern time", "et"},
    {"central time", "ct"},
    {"mountain time", "mt"},
    {"pacific time", "pt"},
    {"india standard time", "utc+0530"},
    {"indian standard time", "utc+0530"},
    {"israel standard time", "utc+0200"},
    {"israel daylight time", "idt"},
    {"arabia standard time", "utc+0300"},
    {"arabian standard time", "utc+0300"},
    {"gulf standard time", "utc+0400"},
    {"pakistan standard time", "pkt"},
    {"bangladesh standard time", "utc+0600"},
    {"nepal time", "npt"},
    {"china standard time", "utc+0800"},
    {"taipei standard time", "utc+0800"},
    {"hong kong standard time", "hkt"},
    {"singapore standard time", "sgt"},
    {"japan standard time", "jst"},
    {"korean standard time", "kst"},
    {"korea standard time", "kst"},
    {"moscow standard time", "msk"},
    {"brasilia standard time", "brt"},
    {"eastern", "et"},
    {"pacific", "pt"},
};

constexpr std::pair<std::string_view, const char*> kPlaceTimes[] = {
    {"london time", "Europe/London"},
    {"uk time", "Europe/London"},
    {"paris time", "Europe/Paris"},
    {"heure de paris", "Europe/Paris"},
    {"berlin time", "Europe/Berlin"},
    {"frankfurt time", "Europe/Berlin"},
    {"brussels time", "Europe/Brussels"},
    {"amsterdam time", "Europe/Amsterdam"},
    {"madrid time", "Europe/Madrid"},
    {"hora de madrid", "Europe/Madrid"},
    {"rome time", "Europe/Rome"},
    {"milan time", "Europe/Rome"},
    {"ora italiana", "Europe/Rome"},
    {"zurich time", "Europe/Zurich"},
    {"istanbul time", "Europe/Istanbul"},
    {"moscow time", "Europe/Moscow"},
    {"по московскому времени", "Europe/Moscow"},
    {"new york time", "America/New_York"},
    {"brasilia time", "America/Sao_Paulo"},
    {"horário de brasília", "America/Sao_Paulo"},
    {"dubai time", "Asia/Dubai"},
    {"singapore time", "Asia/Singapore"},
    {"hong kong time", "Asia/Hong_Kong"},
    {"香港時間", "Asia/Hong_Kong"},
    {"香港时间", "Asia/Hong_Kong"},
    {"beijing time", "Asia/Shanghai"},
    {"北京时间", "Asia/Shanghai"},
    {"北京時間", "Asia/Shanghai"},
    {"台北時間", "Asia/Taipei"},
    {"台灣時間", "Asia/Taipei"},
    {"tokyo time", "Asia/Tokyo"},
    {"日本時間", "Asia/Tokyo"},
    {"日本时间", "Asia/Tokyo"},
    {"한국시간", "Asia/Seoul"},
    {"sydney time", "Australia/Sydney"},
};

/// Second Sunday of March to first Sunday of November, to the day.
bool is_us_summer(std::chrono::local_days day) {
  using namespace std::chrono;
  const year_month_day date(day);
  const local_days begin(date.year() / March / Sunday[2]);
  const local_days end(date.year() / November / Sunday[1]);
  return day >= begin && day < end;
}

bool holds(std::string_view words, std::string_view word) {
  while (!word.empty() && !words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

/// A place's country, else its language's region: "en-GB" → "gb"; and its language.
struct Locality {
  explicit Locality(const DatePlace& place) {
    std::string tag = notation::ascii_lower(place.language);
    std::replace(tag.begin(), tag.end(), '_', '-');
    language = tag.substr(0, tag.find('-'));
    for (std::size_t at = tag.find('-'); at != std::string::npos; at = tag.find('-', at + 1)) {
      const std::size_t length = std::min(tag.find('-', at + 1), tag.size()) - at - 1;
      if (length == 2) region = tag.substr(at + 1, 2);
    }
    if (place.country.size() == 2) country = notation::ascii_lower(place.country);
  }
  bool is_in(const Elsewhere& meaning) const {
    return holds(meaning.countries, country) || holds(meaning.countries, region);
  }
  bool speaks(const Elsewhere& meaning) const { return holds(meaning.languages, language); }

  std::string language, region, country;
};

/// The offset of an abbreviation that has several meanings; nullopt for all others.
std::optional<ZoneOffset> by_place(std::string_view word, const DatePlace& place) {
  const Locality locality(place);
  bool ambiguous = false;
  for (const bool by_country : {true, false}) {
    for (const Elsewhere& meaning : kElsewhere) {
      if (meaning.name != word) continue;
      if (by_country ? locality.is_in(meaning) : locality.speaks(meaning)) {
        return ZoneOffset{minutes(meaning.offset_minutes), false};
      }
    }
    for (const Elsewhere& meaning : kHome) {
      if (meaning.name != word) continue;
      ambiguous = true;
      if (by_country ? locality.is_in(meaning) : locality.speaks(meaning)) {
        return ZoneOffset{minutes(meaning.offset_minutes), false};
      }
    }
  }
  for (const Elsewhere& meaning : kHome) {
    if (ambiguous && meaning.name == word) return ZoneOffset{minutes(meaning.offset_minutes), true};
  }
  return std::nullopt;
}

bool is_zone_byte(char c) { return notation::is_ascii_alphanumeric(c) || static_cast<unsigned char>(c) >= 0x80; }

std::optional<notation::TimeZone> zone_named(std::string_view name) {
  if (auto zone = notation::TimeZone::find(name)) return zone;
  // Names in small or capital letters: "america/new_york".
  std::string title(name);
  bool first = true;
  for (char& c : title) {
    c = first ? notation::ascii_upper(c) : notation::ascii_lower(c);
    first = !notation::is_ascii_letter(c);
  }
  if (auto zone = notation::TimeZone::find(title)) return zone;
  for (std::size_t i = 0; i < title.size() && title[i] != '/'; ++i) title[i] = notation::ascii_upper(title[i]);  // US/…
  return notation::TimeZone::find(title);
}

}  // namespace

std::optional<ZoneOffset> zone_offset(std::string_view word, std::chrono::local_days day, const DatePlace& place) {
  static constexpr std::array<Zone, 4> kUnitedStates = {{{"et", -300}, {"ct", -360}, {"mt", -420}, {"pt", -480}}};
  for (const Zone& zone : kUnitedStates) {
    if (zone.name == word) return ZoneOffset{minutes(zone.offset_minutes + (is_us_summer(day) ? 60 : 0))};
  }
  if (const auto offset = by_place(word, place)) return offset;
  for (const Zone& zone : kZones) {
    if (zone.name == word) return ZoneOffset{minutes(zone.offset_minutes)};
  }
  return std::nullopt;
}

std::string with_short_zones(std::string_view folded) {
  std::string text(folded);
  for (const auto& [name, zone] : kLongNames) {
    const std::size_t at = text.find(name);
    if (at == std::string::npos) continue;
    const std::size_t end = at + name.size();
    const bool whole = (at == 0 || !is_zone_byte(text[at - 1])) && (end == text.size() || !is_zone_byte(text[end]));
    if (whole) text.replace(at, name.size(), zone);
  }
  return text;
}

std::optional<notation::TimeZone> cut_place_time(std::string& text) {
  const std::string lower = notation::ascii_lower(text);
  for (const auto& [name, zone] : kPlaceTimes) {
    const std::size_t at = lower.find(name);
    if (at == std::string::npos) continue;
    if (at > 0 && notation::is_ascii_letter(lower[at - 1])) continue;
    text.replace(at, name.size(), " ");
    return notation::TimeZone::find(zone);
  }
  return std::nullopt;
}

std::optional<notation::TimeZone> cut_zone_name(std::string& text) {
  constexpr std::string_view kAround = " \t\r\n()[]";
  for (std::size_t slash = text.find('/'); slash != std::string::npos; slash = text.find('/', slash + 1)) {
    const std::size_t before = text.find_last_of(kAround, slash);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    const std::size_t end = std::min(text.find_first_of(kAround, slash), text.size());
    const std::string_view name = std::string_view(text).substr(begin, end - begin);
    const bool named = std::all_of(name.begin(), name.end(), [](char c) {
      return notation::is_ascii_alphanumeric(c) || c == '/' || c == '_' || c == '-' || c == '+';
    });
    if (!named || !notation::is_ascii_letter(name.front())) continue;
    const bool words =
        slash + 1 < end && notation::is_ascii_letter(text[slash - 1]) && notation::is_ascii_letter(text[slash + 1]);
    const auto zone = zone_named(name);
    if (!zone && !words) continue;
    const bool bracketed = begin > 0 && end < text.size() && (text[begin - 1] == '[' || text[begin - 1] == '(');
    text.replace(begin - (bracketed ? 1 : 0), end - begin + (bracketed ? 2 : 0), "");
    return zone;
  }
  return std::nullopt;
}

}  // namespace tapewatch::ingest
