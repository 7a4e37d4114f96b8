#include "ingest/entity/security_code.hpp"

#include "ingest/entity/market.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using Kind = SecurityCode::Kind;

/// "KSMR@XNAS" for every reading; only the first market is shown.
std::vector<std::string> readings(std::string_view text) {
  std::vector<std::string> list;
  for (const SecurityCode& code : read_security_code(text)) {
    list.push_back(code.code + (code.markets.empty() ? "" : "@" + std::string(code.markets.substr(0, 4))));
  }
  return list;
}

using List = std::vector<std::string>;

TEST_CASE("security codes: an exchange before or behind the ticker") {
  const auto [text, reading] = GENERATE(table<std::string, std::string>({
      {"Nasdaq:KSMR", "KSMR@XNAS"},
      {"NASDAQ: KSMR", "KSMR@XNAS"},
      {"nasdaq : KSMR", "KSMR@XNAS"},
      {"NasdaqGS:KSMR", "KSMR@XNAS"},
      {"NYSE American:KSA", "KSA@XASE"},
      {"NYSE: BRK.B", "BRK.B@XNYS"},
      {"NYSE:BRK-B", "BRK.B@XNYS"},
      {"KSMR:NASDAQ", "KSMR@XNAS"},
      {"KSMR:US", "KSMR@XNAS"},
      {"XNAS:KSMR", "KSMR@XNAS"},
      {"TSX:X", "X@XTSE"},
      {"TSX-V: ORE", "ORE@XTSX"},
      {"OTCQX:KSMRF", "KSMRF@OTCM"},
      {"LSE: VOD", "VOD@XLON"},
      {"HKEX:0700", "700@XHKG"},
      {"TYO:7203", "7203@XTKS"},
      {"Euronext Paris: MC", "MC@XPAR"},
      {"(Nasdaq:KSMR)", "KSMR@XNAS"},
  }));
  CAPTURE(text);
  CHECK(readings(text) == List{reading});
}

TEST_CASE("security codes: suffixes, Bloomberg's codes, labels, cashtags") {
  CHECK(readings("R:KSMR.O") == List{"KSMR.O", "KSMR@XNAS"});
  CHECK(readings("KSMR.O") == List{"KSMR.O", "KSMR@XNAS"});
  CHECK(readings("<VOD.L>") == List{"VOD.L", "VOD@XLON"});
  CHECK(readings("KSMR.US") == List{"KSMR.US", "KSMR@XNAS"});
  CHECK(readings("0700.HK") == List{"0700.HK", "700@XHKG"});
  CHECK(readings("BRKb.N") == List{"BRK.B@XNYS"});
  CHECK(readings("KSMR US Equity") == List{"KSMR@XNAS"});
  CHECK(readings("VOD LN") == List{"VOD@XLON"});
  CHECK(readings("VOD-GB") == List{"VOD.GB", "VOD@XLON"});
  CHECK(readings("7203 JT EQUITY") == List{"7203@XTKS"});
  CHECK(readings("ticker:KSMR") == List{"KSMR"});
  CHECK(readings("$ksmr") == List{"KSMR"});
  CHECK(readings("KSMR") == List{"KSMR"});
  CHECK(readings("T") == List{"T"});
}

TEST_CASE("security codes: what is none") {
  for (const std::string_view text : {"", "Banks", "All", "and", "All sectors", "US GDP", "Reuters: KSMR",
                                      "NYSE:", ":KSMR", "NYSE:Kesmar", "R KSMR.O", "KSMR.ZZZ.O", "Banks.O", "$",
                                      "$5.20", "GDP growth of China", "http://a.example/KSMR", "TOOLONGNAME"}) {
    CAPTURE(text);
    CHECK(readings(text).empty());
  }
}

TEST_CASE("security codes: identifiers count with a right check digit") {
  CHECK(readings("US48267K1017") == List{"US48267K1017"});
  CHECK(readings("us48267k1017") == List{"US48267K1017"});
  CHECK(readings("urn:isin:US48267K1017") == List{"US48267K1017"});
  CHECK(readings("ISIN US48267K1017") == List{"US48267K1017"});
  CHECK(readings("US48267K1018").empty());
  CHECK(readings("isin:KSMR").empty());
  CHECK(is_lei("5493001KJTIIGC8Y1R12"));
  CHECK_FALSE(is_lei("5493001KJTIIGC8Y1R13"));
  CHECK_FALSE(is_lei("5493001KJTIIGC8Y1R1"));
  CHECK(is_cusip("59X12K309"));
  CHECK_FALSE(is_cusip("59X12K308"));
  CHECK(is_sedol("B7QK314"));
  CHECK_FALSE(is_sedol("B7AK310"));
  CHECK(readings("59X12K309") == List{"59X12K309"});
  CHECK(readings("59X12K308").empty());
  CHECK(readings("cusip:59X12K308") == List{"59X12K308"});  // the label says what it is
  CHECK(read_security_code("SEDOL B7QK314").at(0).kind == Kind::sedol);
  CHECK(cusip_of_isin("US48267K1017") == "48267K101");
  CHECK(cusip_of_isin("DE000BASF111").empty());
  CHECK(sedol_of_isin("GB00B7QK3144") == "B7QK314");
  CHECK(sedol_of_isin("US48267K1017").empty());
}

TEST_CASE("security codes: a list is one where each part has the form") {
  CHECK(is_code_list("KSMR, PLB;ORLO.N"));
  CHECK(is_code_list("Nasdaq:KSMR, NYSE: PLB"));
  CHECK(is_code_list("BNK CO.L"));
  CHECK(is_code_list("US48267K1017"));
  CHECK(is_code_list("US48267K1018"));  // only the watch list knows whether it is one
  CHECK_FALSE(is_code_list("Banks and Insurance"));
  CHECK_FALSE(is_code_list("All sectors"));
  CHECK_FALSE(is_code_list("KSMR, Banks"));
  CHECK_FALSE(is_code_list(""));
  CHECK(split_code_list(" a, b;c |d\n,, ") == std::vector<std::string_view>{"a", "b", "c", "d"});
}

TEST_CASE("markets: names, suffixes and codes") {
  CHECK(trades_on(markets_of_exchange("nyse arca"), "ARCX"));
  CHECK(trades_on(markets_of_exchange("xetr"), "XETR"));
  CHECK_FALSE(trades_on(markets_of_exchange("NYSE"), "XNAS"));
  CHECK(trades_on(markets_of_exchange("NYSE"), ""));
  CHECK(trades_on("", "XNAS"));
  CHECK(markets_of_exchange("Reuters").empty());
  CHECK(markets_of_suffix("ZZ").empty());
  CHECK(trades_on(markets_of_bloomberg("US"), "XNYS"));
}

}  // namespace
}  // namespace tapewatch::ingest
