#include "ingest/text/language.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

std::string foreign(std::string_view text, std::vector<std::string> known = {"en"}) {
  return foreign_language(text, known);
}

TEST_CASE("English headlines are English, with foreign names, tickers and links too") {
  const char* const texts[] = {
      "Deutsche Bank cuts profit forecast",
      "BNP Paribas, Société Générale lead French banks lower",
      "Volkswagen to build battery plant in Salzgitter",
      "Telefónica Deutschland Q3 net rises 4%",
      "Banco Santander beats estimates",
      "PKO Bank Polski names new CEO",
      "Nestlé SA: Buyback",
      "Petróleo Brasileiro S.A. (PBR) to sell refineries",
      "$AAPL $MSFT up",
      "$SIE.DE https://t.co/abc #DAX",
      "ECB's Villeroy: no rush on rates",
      "Fed",
      "Moët Hennessy Louis Vuitton",
      "Assicurazioni Generali SpA",
      "Halden Bank slides as Ostrava Steel gains",
      "日経 Nikkei ends up 2% as exporters gain on weaker yen",
      "",
      "2019 100 % 3.5 --",
  };
  for (const char* text : texts) CHECK(foreign(text) == "");
}

TEST_CASE("Clear sentences in other languages are recognised") {
  const std::pair<const char*, const char*> texts[] = {
      {"de", "Deutsche Bank senkt Prognose nach Gewinneinbruch"},
      {"de", "Der Dax schließt nach schwachen Konjunkturdaten im Minus"},
      {"de", "Volkswagen ruft weltweit Fahrzeuge zurück"},
      {"de", "Die Europäische Zentralbank erhöht die Zinsen um 25 Basispunkte https://t.co/abc"},
      {"fr", "Renault annonce la suppression de 2.000 postes en France"},
      {"fr", "Le CAC 40 termine en baisse après les chiffres de l'inflation"},
      {"fr", "La Banque centrale européenne laisse ses taux inchangés"},
      {"es", "Telefónica reduce su deuda y mejora el beneficio"},
      {"es", "El Ibex 35 cierra con pérdidas por la caída de la banca"},
      {"es", "Inditex aumenta sus ventas y eleva el dividendo"},
      {"it", "Intesa Sanpaolo chiude il trimestre con utile in crescita"},
      {"it", "Piazza Affari in calo, giù i titoli bancari"},
      {"it", "Eni taglia la produzione dopo il crollo dei prezzi"},
      {"pt", "Petrobras eleva preço da gasolina nas refinarias"},
      {"pt", "Bolsa fecha em queda com temor de recessão global"},
      {"nl", "ING verhoogt de winstverwachting voor het hele jaar"},
      {"nl", "De AEX sluit lager door zorgen over de rente"},
      {"de", "The Mobility House erhält Finanzierung für den Ausbau seiner Ladeinfrastruktur in Europa"},
      {"ru", "Компания Газпром сообщила о снижении прибыли"},
      {"ja", "トヨタ、営業利益が過去最高"},
      {"zh", "中国央行下调存款准备金率"},
      {"ko", "삼성전자 3분기 영업이익 급감"},
      {"ar", "شركة أرامكو ترفع أسعار النفط"},
      {"el", "Η Εθνική Τράπεζα ανακοίνωσε κέρδη"},
      {"hi", "टाटा मोटर्स का मुनाफा बढ़ा"},
  };
  for (const auto& [language, text] : texts) {
    INFO(text);
    CHECK(foreign(text) == language);
    CHECK(foreign(text, {"en", language}) == "");
  }
}

TEST_CASE("A script that no known language uses is refused even if the language is unknown") {
  CHECK(foreign("Ꮳꮃꭹ ꭶꮼꮒꭿꮝꮧ ꮣꮒꮫꭲ") != "");
  CHECK(foreign("ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ") == "und");
  CHECK(foreign("ᚠᚢᚦᚨᚱᚲ ᚷᚹᚺᚾᛁᛃ", {"en", "xx"}) == "");  // the script of xx is unknown
  CHECK(foreign("газпром", {"ru"}) == "");
  CHECK(foreign(std::string(1 << 20, 'x') + " " + std::string(1 << 20, 'y')) == "");
}

}  // namespace
}  // namespace tapewatch::ingest
