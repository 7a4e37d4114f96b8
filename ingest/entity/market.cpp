// Tested by tests/ingest/entity/security_code_test.cpp
#include "ingest/entity/market.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::string_view kNasdaq = "XNAS XNGS XNMS XNCM", kNyse = "XNYS", kAmerican = "XASE", kArca = "ARCX",
                           kOtc = "OTCM OTCQ OTCB PINX PSGM OOTC XOTC EXPM OTCI",
                           kUnitedStates = "XNAS XNGS XNMS XNCM XNYS XASE ARCX BATS OTCM OTCQ OTCB PINX OOTC XOTC",
                           kLondon = "XLON AIMX", kTokyo = "XTKS", kToronto = "XTSE", kVenture = "XTSX",
                           kCanada = "XTSE XTSX XCNQ NEOE", kCse = "XCNQ", kXetra = "XETR XFRA",
                           kFrankfurt = "XFRA XETR", kParis = "XPAR ALXP", kAmsterdam = "XAMS", kBrussels = "XBRU ALXB",
                           kLisbon = "XLIS", kDublin = "XDUB XMSM", kMilan = "XMIL MTAA", kMadrid = "XMAD BMEX XMCE",
                           kSwiss = "XSWX XVTX", kStockholm = "XSTO FNSE", kHelsinki = "XHEL FNFI",
                           kCopenhagen = "XCSE FNDK", kOslo = "XOSL MERK XOAS", kIceland = "XICE",
                           kVienna = "XWBO WBAH", kWarsaw = "XWAR", kPrague = "XPRA", kBudapest = "XBUD",
                           kAthens = "XATH ASEX", kIstanbul = "XIST", kTelAviv = "XTAE", kMoscow = "MISX",
                           kSydney = "XASX", kNewZealand = "XNZE", kHongKong = "XHKG", kShanghai = "XSHG",
                           kShenzhen = "XSHE", kIndia = "XNSE", kBombay = "XBOM", kKorea = "XKRX XKOS",
                           kTaiwan = "XTAI ROCO", kSingapore = "XSES", kJakarta = "XIDX", kMalaysia = "XKLS",
                           kBangkok = "XBKK", kManila = "XPHS", kJohannesburg = "XJSE", kSaoPaulo = "BVMF",
                           kMexico = "XMEX", kSantiago = "XSGO", kBuenosAires = "XBUE", kSaudi = "XSAU",
                           kDubai = "XDFM", kAbuDhabi = "XADS", kQatar = "DSMD", kCairo = "XCAI";

using Entry = std::pair<std::string_view, std::string_view>;

constexpr Entry kExchanges[] = {
    {"nasdaq", kNasdaq},
    {"nasdaqgs", kNasdaq},
    {"nasdaqgm", kNasdaq},
    {"nasdaqcm", kNasdaq},
    {"nasdaq global select", kNasdaq},
    {"nasdaq global select market", kNasdaq},
    {"nasdaq global market", kNasdaq},
    {"nasdaq capital market", kNasdaq},
    {"nasdaqgs global select", kNasdaq},
    {"ngs", kNasdaq},
    {"nas", kNasdaq},
    {"nyse", kNyse},
    {"nys", kNyse},
    {"new york stock exchange", kNyse},
    {"nyse american", kAmerican},
    {"nyseamerican", kAmerican},
    {"nyse mkt", kAmerican},
    {"nysemkt", kAmerican},
    {"nyse amex", kAmerican},
    {"amex", kAmerican},
    {"ase", kAmerican},
    {"nyse arca", kArca},
    {"nysearca", kArca},
    {"arca", kArca},
    {"cboe", "BATS XCBF"},
    {"bats", "BATS"},
    {"otc", kOtc},
    {"otcqx", kOtc},
    {"otcqb", kOtc},
    {"otcmkts", kOtc},
    {"otc markets", kOtc},
    {"otc pink", kOtc},
    {"otcpk", kOtc},
    {"otcbb", kOtc},
    {"pink", kOtc},
    {"us", kUnitedStates},
    {"lse", kLondon},
    {"lon", kLondon},
    {"london", kLondon},
    {"aim", kLondon},
    {"tsx", kToronto},
    {"tor", kToronto},
    {"tsxv", kVenture},
    {"tsx-v", kVenture},
    {"tsx venture", kVenture},
    {"cve", kVenture},
    {"cse", kCse},
    {"cnsx", kCse},
    {"ca", kCanada},
    {"xetra", kXetra},
    {"etr", kXetra},
    {"fra", kFrankfurt},
    {"fwb", kFrankfurt},
    {"fse", kFrankfurt},
    {"frankfurt", kFrankfurt},
    {"euronext paris", kParis},
    {"epa", kParis},
    {"par", kParis},
    {"euronext amsterdam", kAmsterdam},
    {"ams", kAmsterdam},
    {"aex", kAmsterdam},
    {"euronext brussels", kBrussels},
    {"ebr", kBrussels},
    {"bru", kBrussels},
    {"euronext lisbon", kLisbon},
    {"eli", kLisbon},
    {"euronext dublin", kDublin},
    {"ise", kDublin},
    {"euronext milan", kMilan},
    {"borsa italiana", kMilan},
    {"bit", kMilan},
    {"mil", kMilan},
    {"euronext", "XPAR XAMS XBRU XLIS XDUB XMSM XMIL MTAA XOSL ALXP ALXB"},
    {"bme", kMadrid},
    {"mce", kMadrid},
    {"six", kSwiss},
    {"swx", kSwiss},
    {"vtx", kSwiss},
    {"nasdaq stockholm", kStockholm},
    {"omx", kStockholm},
    {"sto", kStockholm},
    {"nasdaq first north", "FNSE FNFI FNDK"},
    {"nasdaq helsinki", kHelsinki},
    {"hel", kHelsinki},
    {"nasdaq copenhagen", kCopenhagen},
    {"cph", kCopenhagen},
    {"nasdaq iceland", kIceland},
    {"ice", kIceland},
    {"oslo", kOslo},
    {"oslo bors", kOslo},
    {"ose", kOslo},
    {"osl", kOslo},
    {"vie", kVienna},
    {"wbag", kVienna},
    {"gpw", kWarsaw},
    {"wse", kWarsaw},
    {"pse", kPrague},
    {"bud", kBudapest},
    {"athex", kAthens},
    {"ath", kAthens},
    {"bist", kIstanbul},
    {"ist", kIstanbul},
    {"tase", kTelAviv},
    {"tlv", kTelAviv},
    {"moex", kMoscow},
    {"mcx", kMoscow},
    {"asx", kSydney},
    {"nzx", kNewZealand},
    {"nze", kNewZealand},
    {"hkex", kHongKong},
    {"sehk", kHongKong},
    {"hkg", kHongKong},
    {"hkse", kHongKong},
    {"hk", kHongKong},
    {"sse", kShanghai},
    {"sha", kShanghai},
    {"szse", kShenzhen},
    {"she", kShenzhen},
    {"tyo", kTokyo},
    {"tse", "XTKS XTSE"},
    {"nse", kIndia},
    {"bse", kBombay},
    {"bom", kBombay},
    {"krx", kKorea},
    {"kospi", kKorea},
    {"kosdaq", kKorea},
    {"twse", kTaiwan},
    {"tpe", kTaiwan},
    {"sgx", kSingapore},
    {"idx", kJakarta},
    {"klse", kMalaysia},
    {"myx", kMalaysia},
    {"set", kBangkok},
    {"bkk", kBangkok},
    {"jse", kJohannesburg},
    {"b3", kSaoPaulo},
    {"bovespa", kSaoPaulo},
    {"bvmf", kSaoPaulo},
    {"bmv", kMexico},
    {"tadawul", kSaudi},
    {"dfm", kDubai},
    {"adx", kAbuDhabi},
    {"egx", kCairo},
};

constexpr Entry kSuffixes[] = {
    {"O", kNasdaq},     {"OQ", kNasdaq},      {"NB", kNasdaq},       {"N", kNyse},          {"A", kAmerican},
    {"P", kArca},       {"PK", kOtc},         {"OB", kOtc},          {"US", kUnitedStates}, {"L", kLondon},
    {"LN", kLondon},    {"LSE", kLondon},     {"LON", kLondon},      {"TO", kToronto},      {"V", kVenture},
    {"CN", kCse},       {"CD", kCse},         {"NE", "NEOE"},        {"DE", kXetra},        {"XETRA", kXetra},
    {"F", kFrankfurt},  {"PA", kParis},       {"AS", kAmsterdam},    {"BR", kBrussels},     {"LS", kLisbon},
    {"IR", kDublin},    {"I", kDublin},       {"MI", kMilan},        {"MC", kMadrid},       {"S", kSwiss},
    {"SW", kSwiss},     {"VX", kSwiss},       {"ST", kStockholm},    {"HE", kHelsinki},     {"CO", kCopenhagen},
    {"OL", kOslo},      {"IC", kIceland},     {"VI", kVienna},       {"WA", kWarsaw},       {"PR", kPrague},
    {"BU", kBudapest},  {"AT", kAthens},      {"IS", kIstanbul},     {"TA", kTelAviv},      {"MM", kMoscow},
    {"ME", kMoscow},    {"AX", kSydney},      {"AU", kSydney},       {"NZ", kNewZealand},   {"T", kTokyo},
    {"JP", kTokyo},     {"HK", kHongKong},    {"SS", kShanghai},     {"SHG", kShanghai},    {"SZ", kShenzhen},
    {"SHE", kShenzhen}, {"NS", kIndia},       {"NSE", kIndia},       {"BO", kBombay},       {"BSE", kBombay},
    {"KS", kKorea},     {"KQ", kKorea},       {"KO", kKorea},        {"TW", kTaiwan},       {"TWO", kTaiwan},
    {"SI", kSingapore}, {"SG", kSingapore},   {"JK", kJakarta},      {"KL", kMalaysia},     {"BK", kBangkok},
    {"PS", kManila},    {"J", kJohannesburg}, {"JO", kJohannesburg}, {"SA", kSaoPaulo},     {"MX", kMexico},
    {"SN", kSantiago},  {"BA", kBuenosAires}, {"SR", kSaudi},        {"SE", kSaudi},        {"DU", kDubai},
    {"AD", kAbuDhabi},  {"QA", kQatar},       {"CA", kCairo},
};

constexpr Entry kBloomberg[] = {
    {"US", kUnitedStates}, {"UW", kNasdaq},    {"UQ", kNasdaq},       {"UR", kNasdaq},     {"UN", kNyse},
    {"UA", kAmerican},     {"UP", kArca},      {"UV", kOtc},          {"LN", kLondon},     {"CN", kCanada},
    {"CT", kToronto},      {"CV", kVenture},   {"GR", kXetra},        {"GY", kXetra},      {"GF", kFrankfurt},
    {"FP", kParis},        {"NA", kAmsterdam}, {"BB", kBrussels},     {"PL", kLisbon},     {"ID", kDublin},
    {"IM", kMilan},        {"SM", kMadrid},    {"SQ", kMadrid},       {"SW", kSwiss},      {"SE", kSwiss},
    {"VX", kSwiss},        {"SS", kStockholm}, {"FH", kHelsinki},     {"DC", kCopenhagen}, {"NO", kOslo},
    {"IR", kIceland},      {"AV", kVienna},    {"PW", kWarsaw},       {"CP", kPrague},     {"CK", kPrague},
    {"HB", kBudapest},     {"GA", kAthens},    {"TI", kIstanbul},     {"IT", kTelAviv},    {"RM", kMoscow},
    {"RX", kMoscow},       {"AU", kSydney},    {"AT", kSydney},       {"NZ", kNewZealand}, {"JP", kTokyo},
    {"JT", kTokyo},        {"HK", kHongKong},  {"CH", kShanghai},     {"CG", kShanghai},   {"CS", kShenzhen},
    {"IN", kIndia},        {"IS", kIndia},     {"IB", kBombay},       {"KS", kKorea},      {"KP", kKorea},
    {"KQ", kKorea},        {"TT", kTaiwan},    {"SP", kSingapore},    {"IJ", kJakarta},    {"MK", kMalaysia},
    {"TB", kBangkok},      {"PM", kManila},    {"SJ", kJohannesburg}, {"BZ", kSaoPaulo},   {"BS", kSaoPaulo},
    {"MM", kMexico},       {"CI", kSantiago},  {"AR", kBuenosAires},  {"AB", kSaudi},      {"UH", kDubai},
    {"QD", kQatar},        {"EY", kCairo},
};

/// ISO 3166, by the place of most of a country's listings.
constexpr Entry kCountries[] = {
    {"US", kUnitedStates}, {"CA", kCanada}, {"GB", kLondon}, {"DE", kXetra},     {"FR", kParis},   {"NL", kAmsterdam},
    {"IT", kMilan},        {"ES", kMadrid}, {"CH", kSwiss},  {"SE", kStockholm}, {"JP", kTokyo},   {"HK", kHongKong},
    {"KR", kKorea},        {"TW", kTaiwan}, {"IN", kIndia},  {"AU", kSydney},    {"BR", kSaoPaulo}};

template <std::size_t N>
std::string_view look_up(const Entry (&entries)[N], std::string_view name) {
  const auto* const found =
      std::find_if(std::begin(entries), std::end(entries), [&](const Entry& entry) { return entry.first == name; });
  return found == std::end(entries) ? std::string_view() : found->second;
}

/// A MIC that some market here has, as a view into the table.
std::string_view known_mic(std::string_view mic) {
  if (mic.size() != 4) return {};
  for (const auto& [name, markets] : kExchanges) {
    const std::size_t at = markets.find(mic);
    if (at != std::string_view::npos) return markets.substr(at, 4);
  }
  return {};
}

}  // namespace

std::string_view markets_of_exchange(std::string_view name) {
  const std::string folded = notation::ascii_lower(name);
  if (const std::string_view markets = look_up(kExchanges, folded); !markets.empty()) return markets;
  std::string mic = folded;
  for (char& c : mic) c = notation::ascii_upper(c);
  return known_mic(mic);
}

std::string_view markets_of_suffix(std::string_view suffix) { return look_up(kSuffixes, suffix); }

std::string_view markets_of_country(std::string_view code) { return look_up(kCountries, code); }

std::string_view markets_of_bloomberg(std::string_view code) { return look_up(kBloomberg, code); }

bool trades_on(std::string_view markets, std::string_view mic) {
  return markets.empty() || mic.empty() || markets.find(mic) != std::string_view::npos;
}

}  // namespace tapewatch::ingest
