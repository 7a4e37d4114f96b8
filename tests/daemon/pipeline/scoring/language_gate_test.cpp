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
