// Tested by tests/ingest/story/story_likeness_test.cpp
#include "ingest/story/headline_words.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

using WordKind = HeadlineWord::Kind;
using Set = std::unordered_set<std::string_view>;

template <class Use>
void each_word(std::string_view list, Use use) {
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    if (end > at) use(list.substr(at, end - at));
    at = end + 1;
  }
}

Set set_of(std::string_view list) {
  Set set;
  each_word(list, [&](std::string_view word) { set.insert(word); });
  return set;
}

struct Row {
  WordKind kind;
  std::uint8_t group, value;
  const char* words;  ///< in any form; they are stemmed
};

constexpr Row kRows[] = {
    {WordKind::stop, 0, 0,
     "a an the of in on at to for from by with as and or its it is are was were be been has have had his her their "
     "this "
     "that these those will would may could should after following amid over into about into than but so also "
     "say said saying tell reportedly see saw now go just still vs versus plan agree set expect expected inc corp plc "
     "ltd llc co ag sa nv se"},
    {WordKind::stop, 0, 1, "source show report post new company firm"},  // unless it is part of a name
    {WordKind::negation, 0, 0, "not nt cannot never won't wont isn't isnt doesn't doesnt"},
    // Opposites. Group by group: what moves, what somebody changes, opinions, results, decisions, …
    {WordKind::sign, 1, 1,
     "rise rose risen up gain jump surge soar climb rally advance higher rebound spike leap grow grew grown growth "
     "increase increased firm firms swell accelerate"},
    {WordKind::sign, 1, 0,
     "fall fell fallen down drop slide slid slump plunge tumble sink sank slip decline dip lower shed crash dive ease "
     "shrink shrank decrease plummet skid retreat slow contract sag"},
    {WordKind::sign, 2, 1, "raise lift hike boost sweeten"},
    {WordKind::sign, 2, 0, "cut lowers lowered lowering reduce trim slash scrap axe"},
    {WordKind::sign, 3, 1, "upgrade"},
    {WordKind::sign, 3, 0, "downgrade"},
    {WordKind::sign, 4, 1, "beat top exceed"},
    {WordKind::sign, 4, 0, "miss lag"},
    {WordKind::sign, 4, 2, "meet met"},
    {WordKind::sign, 5, 1, "profit"},
    {WordKind::sign, 5, 0, "loss losses"},
    {WordKind::sign, 6, 1, "accept approve approval uphold upheld allow permit authorise authorize"},
    {WordKind::sign, 6, 0, "reject rejection block veto overturn refuse refusal bar ban"},
    {WordKind::sign, 7, 1, "confirm admit"},
    {WordKind::sign, 7, 0, "deny denied"},
    {WordKind::sign, 8, 1, "win won add"},
    {WordKind::sign, 8, 0, "lose lost"},
    {WordKind::sign, 9, 1, "open reopen"},
    {WordKind::sign, 9, 0, "close shut"},
    {WordKind::sign, 10, 1, "start begin began begun resume restart"},
    {WordKind::sign, 10, 0, "halt idle stop suspend pause end"},
    {WordKind::sign, 11, 1, "buy bought acquire purchase"},
    {WordKind::sign, 11, 0, "sell sold divest"},
    {WordKind::sign, 12, 1, "hire recruit"},
    {WordKind::sign, 12, 0, "fire sack dismiss"},
    {WordKind::sign, 13, 1, "surplus"},
    {WordKind::sign, 13, 0, "deficit shortfall"},
    {WordKind::sign, 14, 1, "strong stronger strengthen"},
    {WordKind::sign, 14, 0, "weak weaker weaken"},
    {WordKind::sign, 15, 1, "bullish bull"},
    {WordKind::sign, 15, 0, "bearish bear"},
    {WordKind::sign, 16, 1, "above"},
    {WordKind::sign, 16, 0, "below"},
    {WordKind::sign, 17, 1, "better best improve"},
    {WordKind::sign, 17, 0, "worse worst worsen"},
    {WordKind::sign, 18, 1, "high"},
    {WordKind::sign, 18, 0, "low"},
    {WordKind::sign, 19, 1, "widen"},
    {WordKind::sign, 19, 0, "narrow"},
    {WordKind::sign, 20, 1, "faster"},
    {WordKind::sign, 20, 0, "slower"},
    {WordKind::sign, 21, 1, "import"},
    {WordKind::sign, 21, 0, "export"},
    {WordKind::sign, 22, 1, "more"},
    {WordKind::sign, 22, 0, "less fewer"},
    {WordKind::sign, 23, 1, "inflow"},
    {WordKind::sign, 23, 0, "outflow"},
    {WordKind::sign, 24, 1, "succeed pass"},
    {WordKind::sign, 24, 0, "fail"},
    {WordKind::sign, 25, 1, "acquit clear cleared"},
    {WordKind::sign, 25, 0, "convict charge charged"},
    {WordKind::sign, 26, 1, "optimistic"},
    {WordKind::sign, 26, 0, "pessimistic"},
    // Units. 1: scale, 2: ratio, 3: currency, 4: measure.
    {WordKind::unit, 1, 1, "thousand k"},
    {WordKind::unit, 1, 2, "million millions mln mn m mio"},
    {WordKind::unit, 1, 3, "billion billions bln bn b"},
    {WordKind::unit, 1, 4, "trillion trillions trln trn tn"},
    {WordKind::unit, 1, 5, "crore cr"},
    {WordKind::unit, 1, 6, "lakh"},
    {WordKind::unit, 2, 1, "percent pct %"},
    {WordKind::unit, 2, 2, "bps bp basis-points"},
    {WordKind::unit, 2, 3, "points pts"},
    {WordKind::unit, 3, 1, "dollar usd $"},
    {WordKind::unit, 3, 2, "euro eur \u20AC"},
    {WordKind::unit, 3, 3, "pound gbp \u00A3"},
    {WordKind::unit, 3, 4, "yen jpy \u00A5"},
    {WordKind::unit, 3, 5, "rupee inr rs \u20B9"},
    {WordKind::unit, 3, 6, "yuan cny rmb renminbi"},
    {WordKind::unit, 3, 7, "franc chf"},
    {WordKind::unit, 3, 8, "crown krona kroner sek nok dkk czk"},
    {WordKind::unit, 3, 9, "won krw \u20A9"},
    {WordKind::unit, 3, 10, "rouble ruble rub \u20BD"},
    {WordKind::unit, 3, 11, "real reais brl"},
    {WordKind::unit, 3, 12, "cents"},
    {WordKind::unit, 4, 1, "barrel bpd"},
    {WordKind::unit, 4, 2, "tonne ton"},
    {WordKind::unit, 4, 3, "ounce oz"},
    {WordKind::unit, 4, 4, "hectare acre"},
    {WordKind::unit, 4, 5, "mile"},
    {WordKind::unit, 4, 6, "kilometre kilometer km"},
    {WordKind::unit, 4, 7, "megawatt mw"},
    {WordKind::unit, 4, 8, "gigawatt gw"},
    {WordKind::unit, 4, 9, "bushel"},
    {WordKind::unit, 4, 10, "litre liter gallon"},
    {WordKind::span, 0, 1, "year yr"},
    {WordKind::span, 0, 2, "month"},
    {WordKind::span, 0, 3, "week"},
    {WordKind::span, 0, 4, "day"},
    {WordKind::span, 0, 5, "hour"},
    {WordKind::span, 0, 6, "minute"},
    {WordKind::span, 0, 7, "quarter"},
    {WordKind::ordinal, 0, 1, "first"},
    {WordKind::ordinal, 0, 2, "second"},
    {WordKind::ordinal, 0, 3, "third"},
    {WordKind::ordinal, 0, 4, "fourth"},
};

constexpr const char* kNumbers[] = {
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
    "fifteen sixteen seventeen eighteen nineteen twenty"};
constexpr const char* kMonths[] = {"january jan",  "february feb", "march mar",  "april apr",          "may",
                                   "june jun",     "july jul",     "august aug", "september sep sept", "october oct",
                                   "november nov", "december dec"};
constexpr const char* kWeekdays[] = {"monday mon", "tuesday tue",  "wednesday wed", "thursday thu",
                                     "friday fri", "saturday sat", "sunday sun"};

struct Synonym {
  const char* word;
  const char* forms;
};
constexpr Synonym kSynonyms[] = {
    {"share", "stock"},
    {"ceo", "chief boss"},
    {"resign", "quit resignation"},
    {"name", "appoint appointed"},
    {"probe", "investigate investigation inquiry"},
    {"explosion", "blast"},
    {"takeover", "acquisition"},
    {"outlook", "forecast guidance"},
    {"worker", "employee staff"},
    {"order", "instruct"},
    {"steal", "stolen stole"},
    {"bid", "offer"},
    {"kill", "dead died"},
    {"hurt", "injure injured"},
    {"court", "judge"},
    {"us", "america"},
    {"uk", "britain"},
};

using Words = std::unordered_map<std::string, HeadlineWord>;

void add_lists(Words& words, const auto& lists, WordKind kind) {
  std::uint8_t value = 0;
  for (const char* list : lists) {
    ++value;
    each_word(list, [&](std::string_view word) { words.insert({stem(word), {kind, 0, value, {}}}); });
  }
}

Words make_words() {
  Words words;
  for (const Row& row : kRows) {
    each_word(row.words, [&](std::string_view word) {
      words.insert({stem(word), {row.kind, row.group, row.value, {}}});  // the first meaning stays
    });
  }
  std::uint8_t value = 0;
  each_word(kNumbers[0], [&](std::string_view word) {
    words.insert({stem(word), {WordKind::number, 0, ++value, {}}});
  });
  add_lists(words, kMonths, WordKind::month);
  add_lists(words, kWeekdays, WordKind::weekday);
  for (const Synonym& row : kSynonyms) {
    each_word(row.forms, [&](std::string_view word) {
      words.insert({stem(word), {WordKind::synonym, 0, 0, row.word}});
    });
  }
  return words;
}

bool ends_with_double(std::string_view word) {
  const std::size_t n = word.size();
  if (n < 3 || word[n - 1] != word[n - 2]) return false;
  return std::string_view("bdgmnprt").find(word[n - 1]) != std::string_view::npos;
}

}  // namespace

std::string stem(std::string_view folded) {
  constexpr std::size_t kShortest = 3;
  std::string word(folded);
  const auto strip = [&](std::string_view ending, std::string_view instead = "") {
    if (!word.ends_with(ending) || word.size() - ending.size() + instead.size() < kShortest) return false;
    word.replace(word.size() - ending.size(), ending.size(), instead);
    return true;
  };
  if (!strip("ies", "y") && !word.ends_with("ss") && !word.ends_with("us") && !word.ends_with("is")) strip("s");
  if (!strip("ied", "y") && (strip("ing") || strip("ed")) && ends_with_double(word)) word.pop_back();
  strip("e");
  return word;
}

std::optional<HeadlineWord> headline_word(std::string_view stem) {
  static const Words words = make_words();
  const auto found = words.find(std::string(stem));
  if (found == words.end()) return std::nullopt;
  return found->second;
}

std::string_view wire_prefix(std::string_view folded) {
  static constexpr std::string_view kPrefixes[] = {
      "breaking news", "news alert", "clarification", "correction", "corrected", "exclusive", "breaking", "official",
      "just in",       "updated",    "refile",        "repeat",     "wrapup",    "update",    "urgent",   "brief",
      "flash",         "alert",      "icymi",         "watch",      "lead",      "snap",      "rpt",      "adv"};
  for (const std::string_view prefix : kPrefixes) {
    if (folded.starts_with(prefix)) return prefix;
  }
  return {};
}

bool is_publisher_word(std::string_view folded) {
  static const Set words = set_of(
      "reuters bloomberg news times post journal herald tribune guardian telegraph wire newswire newswires gazette "
      "chronicle observer independent standard press daily magazine tv radio forbes fortune barron's marketwatch "
      "business insider finance investing motley fool economist cnbc cnn bbc wsj ft nyt ap afp upi pti ani ians rtrs "
      "dj "
      "bbg nbc cbs abc fox npr dpa tass ria kyodo xinhua efe ansa stat axios politico mint livemint moneycontrol "
      "nikkei handelsblatt globe mail tally bourse online stocktwits benzinga zacks globenewswire businesswire "
      "prnewswire cnet verge wired techcrunch");
  return words.contains(folded);
}

bool is_attribution_word(std::string_view folded) {
  static const Set words = set_of(
      "source sources report reports media filing filings document documents memo statement official officials "
      "minister poll survey study spokesman spokeswoman spokesperson lawyer lawyers police say says");
  return words.contains(folded);
}

bool is_form_letter_word(std::string_view folded) {
  static const Set words = set_of(
      "notice announcement announcements corporate transaction transactions form holding holdings holding(s) net "
      "director director/pdmr results result dividend report statement filing circular prospectus change changes "
      "appointment resignation update disclosure publication interim annual half total voting issue issuance share "
      "agm egm notification block listing admission board company final quarterly monthly preliminary trading "
      "transcript invitation launch additional posting blocklisting press regulatory");
  return words.contains(folded);
}

bool is_note_word(std::string_view folded) {
  static const Set words = set_of("video update updated photos graphic audio opinion podcast corrected official");
  return words.contains(folded);
}

bool is_recurring(std::string_view folded) {
  static constexpr std::string_view kCues[] = {
      "today",        "tonight",      "daily",      "morning",      "evening",       "briefing",     "digest",
      "roundup",      "round-up",     "snapshot",   "live updates", "to watch",      "watching",     "the bell",
      "closing bell", "opening bell", "diary",      "newsletter",   "podcast",       "top stories",  "in the news",
      "making news",  "week ahead",   "day ahead",  "the brief",    "at the open",   "at the close", "what to know",
      "market wrap",  "premarket",    "pre-market", "after hours",  "stocks moving", "weekly",       "calendar"};
  return std::any_of(std::begin(kCues), std::end(kCues), [&](std::string_view cue) {
    const std::size_t at = folded.find(cue);
    if (at == std::string_view::npos) return false;
    const std::size_t end = at + cue.size();
    return (at == 0 || !notation::is_ascii_letter(folded[at - 1])) &&
           (end == folded.size() || !notation::is_ascii_letter(folded[end]));
  });
}

}  // namespace tapewatch::ingest
