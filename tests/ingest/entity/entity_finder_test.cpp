#include "ingest/entity/entity_finder.hpp"

#include <chrono>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

const EntityFinder& finder() {
  static const EntityFinder finder({
      {.id = "att", .name = "AT&T", .aliases = {"American Telephone"}, .ticker = "T", .mic = "XNYS"},
      {.id = "bac", .name = "Bank of America", .aliases = {"BofA"}, .ticker = "BAC", .isin = "US0605051046"},
      {.id = "ml", .name = "America Merrill Lynch"},
      {.id = "gartner", .name = "Gartner", .ticker = "IT"},
      {.id = "nestle", .name = "Nestlé"},
      {.id = "toyota", .name = "Toyota", .aliases = {"トヨタ"}, .ticker = "7203", .mic = "XTKS"},
      {.id = "moodys", .name = "Moody's"},
      {.id = "sap", .name = "SAP"},
  });
  return finder;
}

std::vector<std::string> found(std::string_view text, std::vector<std::string> named = {}) {
  std::vector<std::string> seen;
  for (const EntityMention& mention : finder().find_all(text, named)) {
    seen.push_back(finder().entities()[mention.entity].id + "=" +
                   std::string(text.substr(mention.start, mention.end - mention.start)));
  }
  return seen;
}

using List = std::vector<std::string>;

TEST_CASE("every mention of an entity, not only the first") {
  const std::string_view text = "SAP and BofA: SAP gains, Bank of America slips";
  const std::vector<EntityMention> expected{{7, 0, 3}, {1, 8, 12}, {7, 14, 17}, {1, 25, 40}, {5, 0, 0}};
  CHECK(finder().find_all(text, List{"toyota", "sap"}) == expected);
}

TEST_CASE("whole words, in any case and width") {
  CHECK(found("BANK  OF america cuts jobs") == List{"bac=BANK  OF america"});
  CHECK(found("Bank of Americas") == List{});
  CHECK(found("Riverbank of America") == List{});
  CHECK(found("(BofA), Nestle\u0301's and NESTLÉ") == List{"bac=BofA", "nestle=Nestle\u0301", "nestle=NESTLÉ"});
  CHECK(found("Ｂａｎｋ of America") == List{"bac=Ｂａｎｋ of America"});
  CHECK(found("Moody’s cuts") == List{"moodys=Moody’s"});
  CHECK(found("トヨタ自動車は") == List{"toyota=トヨタ"});
  CHECK(found("") == List{});
}

TEST_CASE("the longest alias wins where two overlap") {
  CHECK(found("AT&T rises") == List{"att=AT&T"});
  CHECK(found("Bank of America Merrill Lynch") == List{"ml=America Merrill Lynch"});
}

TEST_CASE("a ticker counts as written or as a cashtag") {
  CHECK(found("BAC falls, bac does not") == List{"bac=BAC"});
  CHECK(found("bac falls") == List{});
  CHECK(found("$bac falls") == List{"bac=bac"});
  CHECK(found("IT spending; it grows") == List{"gartner=IT"});
  CHECK(found("it grows") == List{});
  CHECK(found("sap of the tree") == List{});
  CHECK(found("SAP guides up") == List{"sap=SAP"});
}

TEST_CASE("a single letter or only digits are a ticker only as a cashtag") {
  CHECK(found("Model T sold 7203 times") == List{});
  CHECK(found("$T and $7203") == List{"att=T", "toyota=7203"});
}

TEST_CASE("entities that the source names") {
  CHECK(found("Shares fall", {"US0605051046", "unheard of"}) == List{"bac="});
  CHECK(found("Shares fall", {"XNYS:T", "$IT", "toyota", "nestlé"}) == List{"att=", "gartner=", "nestle=", "toyota="});
  CHECK(found("BofA falls", {"BAC"}) == List{"bac=BofA"});
}

const EntityFinder& desk() {
  static const EntityFinder finder({
      {.id = "kesmar",
       .name = "Kesmar Bancorp",
       .aliases = {"Kesmar"},
       .ticker = "KSMR",
       .mic = "XNAS",
       .isin = "US48267K1017",
       .lei = "5493001KJTIIGC8Y1R12"},
      {.id = "kesmar-london", .name = "Kesmar Mining plc", .ticker = "KSMR", .mic = "XLON", .isin = "GB00B7QK3144"},
      {.id = "us-steel", .name = "Plain Steel", .ticker = "X", .mic = "XNYS", .isin = "US59X12K3090"},
      {.id = "exco", .name = "Exco", .ticker = "X", .mic = "XTSE"},
      {.id = "brk", .name = "Berk Holdings", .ticker = "BRK.B", .mic = "XNYS"},
      {.id = "tencent", .name = "Ten Cents", .ticker = "0700", .mic = "XHKG"},
      {.id = "nowhere", .name = "Nowhere", .ticker = "NWHR"},
  });
  return finder;
}

std::vector<std::string> on_desk(std::string_view text, std::vector<std::string> named = {}) {
  std::vector<std::string> ids;
  for (const EntityMention& mention : desk().find_all(text, named)) {
    const std::string& id = desk().entities()[mention.entity].id;
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

TEST_CASE("a ticker with its market in a text names the company of that market") {
  const auto [text, ids] = GENERATE(table<std::string, List>({
      {"Lender (Nasdaq: KSMR) falls", {"kesmar"}},
      {"Lender (NASDAQ:KSMR) falls", {"kesmar"}},
      {"Lender (Nasdaq Global Select Market: KSMR) falls", {"kesmar"}},
      {"Miner (LSE: KSMR) falls", {"kesmar-london"}},
      {"Lender <KSMR.O> falls", {"kesmar"}},
      {"Miner KSMR.L falls", {"kesmar-london"}},
      {"Lender KSMR.US falls", {"kesmar"}},
      {"KSMR US Equity falls", {"kesmar"}},
      {"Miner (KSMR LN) falls", {"kesmar-london"}},
      {"KSMR:NASDAQ falls", {"kesmar"}},
      {"Other (NYSE: KSMR) falls", {}},
      {"KSMR falls", {"kesmar", "kesmar-london"}},
      {"KSMR. Other news", {"kesmar", "kesmar-london"}},
      {"Reuters: KSMR falls", {"kesmar", "kesmar-london"}},
      {"a data set: KSMR falls", {"kesmar", "kesmar-london"}},
      {"Model X sold", {}},
      {"Steel (NYSE: X) sold", {"us-steel"}},
      {"Steel (TSX: X) sold", {"exco"}},
      {"Two (NYSE: ABC, X; TSX: X)", {"us-steel", "exco"}},
      {"Tech (HKEX: 0700) up", {"tencent"}},
      {"0700.HK up", {"tencent"}},
      {"BRK.B up", {"brk"}},
      {"(NYSE: BRK.B) up", {"brk"}},
      {"NWHR.L up", {"nowhere"}},
      {"Notes (ISIN: US48267K1017) called", {"kesmar"}},
      {"LEI 5493001KJTIIGC8Y1R12", {"kesmar"}},
      {"CUSIP 59X12K309 called", {"us-steel"}},
  }));
  CAPTURE(text);
  CHECK(on_desk(text) == ids);
}

TEST_CASE("notations of companies that a source gives") {
  const auto [named, ids] = GENERATE(table<std::string, List>({
      {"Nasdaq:KSMR", {"kesmar"}},
      {"NASDAQ: KSMR", {"kesmar"}},
      {"KSMR:NASDAQ", {"kesmar"}},
      {"R:KSMR.O", {"kesmar"}},
      {"KSMR.US", {"kesmar"}},
      {"KSMR.L", {"kesmar-london"}},
      {"KSMR US Equity", {"kesmar"}},
      {"NYSE:KSMR", {}},
      {"TSX:X", {"exco"}},
      {"NYSE: X", {"us-steel"}},
      {"NYSE:BRK-B", {"brk"}},
      {"BRKb.N", {"brk"}},
      {"700 HK Equity", {"tencent"}},
      {"urn:isin:US48267K1017", {"kesmar"}},
      {"us48267k1017", {"kesmar"}},
      {"48267K101", {"kesmar"}},
      {"B7QK314", {"kesmar-london"}},
      {"lei:5493001KJTIIGC8Y1R12", {"kesmar"}},
      {"NYSE:X, Nasdaq:KSMR", {"kesmar", "us-steel"}},
      {"KESMAR BANCORP, INC.", {"kesmar"}},
      {"Kesmar Mining", {"kesmar-london"}},
      {"Exco S.p.A.", {"exco"}},
      {"Banks and Insurance", {}},
      {"OTC:NWHR", {"nowhere"}},
  }));
  CAPTURE(named);
  CHECK(on_desk("Shares fall", {named}) == ids);
}

TEST_CASE("a ticker on two markets names both") {
  const EntityFinder two({{.id = "cat-us", .name = "Caterpillar", .ticker = "CAT", .mic = "XNYS"},
                          {.id = "cat-in", .name = "CAT Technologies", .ticker = "CAT", .mic = "XBOM"}});
  CHECK(two.find_all("CAT up", {}).size() == 2);
  CHECK(two.find_all("x", std::vector<std::string>{"XBOM:CAT"}) == std::vector<EntityMention>{{1, 0, 0}});
}

TEST_CASE("ten thousand aliases and a megabyte of text") {
  std::vector<WatchedEntity> many;
  for (int i = 0; i < 10'000; ++i) {
    many.push_back({.id = std::to_string(i), .name = "Company " + std::to_string(i) + " Holdings"});
  }
  const EntityFinder large(std::move(many));
  std::string text;
  std::size_t sentences = 0;
  for (; text.size() < 1'000'000; ++sentences) text += "Company 4711 Holding and company 4712 Holdings compete. ";
  const auto begin = std::chrono::steady_clock::now();
  CHECK(large.find_all(text, {}).size() == sentences);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));  // quadratic time would take hours
}

}  // namespace
}  // namespace tapewatch::ingest
