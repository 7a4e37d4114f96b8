#include "daemon/pipeline/scoring/language_gate.hpp"

#include <fstream>
#include <string>

#include "tests/support/catch.hpp"

using namespace tapewatch;

namespace {

constexpr std::string_view kGerman =
    "Die Bank meldet einen deutlich höheren Gewinn und hebt die Prognose für das laufende Jahr an.";
constexpr std::string_view kEnglish = "The bank reports a much higher profit and raises its outlook for the year.";

ingest::Document in(const std::string& language) {
  ingest::Document document;
  document.language = language;
  return document;
}

}  // namespace

TEST_CASE("language gate: a language named by the source is trusted") {
  const LanguageGate gate({"en"});
  CHECK(gate.refused_language(in("de"), kEnglish) == "de");
  CHECK(gate.refused_language(in("en"), kGerman).empty());
}

TEST_CASE("language gate: a text in a script that none of the languages uses is refused, whatever its source says") {
  const LanguageGate gate({"en"});
  CHECK(gate.refused_language(in("en"), "公司第三季度净利润大幅下降，股价下跌百分之十") == "zh");
  CHECK(gate.refused_language(in("en"), "トヨタ自動車の純利益が減少") == "ja");
  CHECK(gate.refused_language(in("en"), "Прибыль банка упала вдвое") == "ru");
  CHECK(gate.refused_language(in("en"), "Τα κέρδη της τράπεζας υποχώρησαν") == "el");
  CHECK(gate.refused_language(in("en"), "Газпром (GAZP) shares fall after the dividend is cut").empty());
  CHECK(gate.refused_language(in("en"), "Profit 5 % 🚀").empty());
  for (const char* mixed : {"トヨタが減益", "ソニー株が急落", "Toyotaが減益", "KB금융, CEO 사임", "Acme 破产"}) {
    INFO(mixed);
    CHECK_FALSE(gate.refused_language(in("en"), mixed).empty());
  }
  CHECK(gate.refused_language(in("en"), "Alibaba (阿里巴巴) shares rise after results").empty());
  const LanguageGate both({"en", "zh"});
  CHECK(both.refused_language(in("en"), "公司第三季度净利润大幅下降，股价下跌百分之十").empty());
}

TEST_CASE("language gate: without a named language, a clearly foreign text is refused") {
  const LanguageGate gate({"en"});
  CHECK(gate.refused_language(in(""), kGerman) == "de");
  CHECK(gate.refused_language(in(""), kEnglish).empty());
  CHECK(gate.refused_language(in(""), "").empty());
}

TEST_CASE("language gate: letters that look like others are read as those") {
  const LanguageGate gate({"en"});
  for (const std::string language : {"", "en"}) {
    // Cyrillic а е о р с і ѕ у х in place of Latin ones; full-width letters.
    CHECK(gate.refused_language(in(language), "Тhе bаnk rероrtѕ а muсh hіghеr рrоfіt аnd rаіѕеѕ іtѕ оutlооk").empty());
    CHECK(
        gate.refused_language(in(language), "Ｔｈｅ ｂａｎｋ ｒａｉｓｅｓ ｉｔｓ ｏｕｔｌｏｏｋ ｆｏｒ ｔｈｅ ｙｅａｒ")
            .empty());
  }
}

TEST_CASE("language gate: a model that names no languages reads them all") {
  const LanguageGate gate({});
  CHECK(gate.refused_language(in("de"), kGerman).empty());
  CHECK(gate.refused_language(in(""), kGerman).empty());
}

TEST_CASE(
    "language gate: of short headlines at most a tenth of the foreign and a hundredth of the English are mistaken") {
  std::ifstream in_file(TAPEWATCH_SOURCE_DIR "/tests/model/probes/languages.tsv");
  REQUIRE(in_file);
  const LanguageGate gate({"en"});
  std::string line;
  std::getline(in_file, line);
  int foreign = 0, scored = 0, english = 0, refused = 0;
  while (std::getline(in_file, line)) {
    const auto tab = line.find('\t');
    const bool passes = gate.refused_language(in(""), line.substr(tab + 1)).empty();
    const bool is_english = line.substr(0, tab) == "en";
    (is_english ? english : foreign) += 1;
    scored += !is_english && passes ? 1 : 0;
    refused += is_english && !passes ? 1 : 0;
    if (is_english != passes) UNSCOPED_INFO(line);
  }
  CHECK(foreign == 480);
  CHECK(english == 240);
  CHECK(scored <= 48);
  CHECK(refused <= 2);
}
