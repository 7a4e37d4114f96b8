#include "daemon/pipeline/scoring/language_gate.hpp"

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
  const LanguageGate both({"en", "zh"});
  CHECK(both.refused_language(in("en"), "公司第三季度净利润大幅下降，股价下跌百分之十").empty());
}

TEST_CASE("language gate: without a named language, a clearly foreign text is refused") {
  const LanguageGate gate({"en"});
  CHECK(gate.refused_language(in(""), kGerman) == "de");
  CHECK(gate.refused_language(in(""), kEnglish).empty());
  CHECK(gate.refused_language(in(""), "").empty());
}

TEST_CASE("language gate: a model that names no languages reads them all") {
  const LanguageGate gate({});
  CHECK(gate.refused_language(in("de"), kGerman).empty());
  CHECK(gate.refused_language(in(""), kGerman).empty());
}
