#include "ingest/feed/parse/feed_metadata.hpp"

#include <pugixml.hpp>

#include "ingest/feed/feed_state.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

/// The metadata of the one item of an RSS feed with this inside.
Metadata of_item(const std::string& inside, const std::string& namespaces = "") {
  pugi::xml_document document;
  REQUIRE(
      document.load_string(("<rss " + namespaces + "><channel><item>" + inside + "</item></channel></rss>").c_str()));
  return feed_metadata(document.document_element().child("channel").child("item"), "");
}

/// The metadata of the one entry of an Atom feed; its body as given.
Metadata of_entry(const std::string& inside, const std::string& body = "") {
  pugi::xml_document document;
  REQUIRE(
      document.load_string(("<feed xmlns='http://www.w3.org/2005/Atom'><entry>" + inside + "</entry></feed>").c_str()));
  return feed_metadata(document.document_element().child("entry"), body);
}

constexpr const char* kCentralBank = "xmlns:cb='http://www.cbwiki.net/wiki/index.php/Specification_1.2/'";
const std::string kFormType = "<category label='form type' scheme='https://filings.example/' term='8-K'/>";

TEST_CASE("feed metadata: who speaks for which central bank, and when") {
  CHECK(of_item("<cb:speech><cb:simpleTitle>Rates</cb:simpleTitle><cb:occurrenceDate>2026-11-27</cb:occurrenceDate>"
                "<cb:institutionAbbrev>BON</cb:institutionAbbrev><cb:person><cb:givenName>Ada</cb:givenName>"
                "<cb:surname>Holm</cb:surname><cb:nameAsWritten>Governor Ada Holm</cb:nameAsWritten></cb:person>"
                "</cb:speech>",
                kCentralBank) ==
        Metadata{{"speaker", "Governor Ada Holm"}, {"institution", "BON"}, {"occurred", "2026-11-27"}});
  CHECK(of_item("<cb:speech><cb:person><cb:givenName>Ada</cb:givenName><cb:surname>Holm</cb:surname></cb:person>"
                "<cb:person><cb:surname>Berg</cb:surname></cb:person></cb:speech>") ==
        Metadata{{"speaker", "Ada Holm"}, {"speaker", "Berg"}});
  CHECK(of_item("<x:speaker>Ada Holm</x:speaker><x:institution>Bank of Norland</x:institution>",
                "xmlns:x='http://www.cbwiki.net/wiki/index.php/Specification_1.1'") ==
        Metadata{{"speaker", "Ada Holm"}, {"institution", "Bank of Norland"}});
  CHECK(of_item("<speaker>of a vote</speaker><y:occurrenceDate xmlns:y='urn:y'>2026</y:occurrenceDate>").empty());
}

TEST_CASE("feed metadata: the subject of a press release, its contributor, the feed that an item was taken from") {
  CHECK(of_item(
            "<prn:subject>ERN</prn:subject><prn:subject>DIV</prn:subject><dc:contributor>Kesmar, Inc.</dc:contributor>"
            "<subject>no</subject><contributor>no</contributor>",
            "xmlns:prn='http://releases.example/ns' xmlns:dc='http://purl.org/dc/elements/1.1/'") ==
        Metadata{{"subject", "ERN"}, {"subject", "DIV"}, {"contributor", "Kesmar, Inc."}});
  CHECK(of_item("<source url='https://wire.example/rss'>Wire &amp; Co</source>") ==
        Metadata{{"origin", "Wire & Co"}, {"origin_url", "https://wire.example/rss"}});
  CHECK(of_entry("<source><id>urn:f</id><title>Evening Wire</title><link href='https://evening.example/'/></source>") ==
        Metadata{{"origin", "Evening Wire"}, {"origin_url", "https://evening.example/"}});
}

TEST_CASE("feed metadata: a filing's form, and the items of an 8-K") {
  const std::string summary = "<b>Filed:</b> 2026-11-27<br>Item 4.02: Non-Reliance<br>Item 9.01: Exhibits 10.12, 3.45";
  CHECK(of_entry(kFormType, summary) == Metadata{{"form", "8-K"}, {"items", "4.02"}, {"items", "9.01"}});
  CHECK(of_entry("<category label='form type' term='10-Q'/>", summary) == Metadata{{"form", "10-Q"}});
  CHECK(of_entry("<content type='text/xml'><accession-number>1</accession-number><filing-type>8-K/A</filing-type>"
                 "<items-desc>items 2.02 and 9.01</items-desc></content>") ==
        Metadata{{"form", "8-K/A"}, {"items", "2.02"}, {"items", "9.01"}});
  CHECK(of_item("<edgar:xbrlFiling><edgar:formType>10-K</edgar:formType></edgar:xbrlFiling>",
                "xmlns:edgar='https://www.sec.gov/Archives/edgar'") == Metadata{{"form", "10-K"}});
  CHECK(of_entry("<category label='topic' term='8-K'/>", summary).empty());
}

TEST_CASE("feed metadata: an item's document has it, within the limits") {
  FeedOptions options;
  options.name = "desk";
  FeedResponse response;
  response.status = 200;
  response.body = "<rss><channel><item><guid>1</guid><title>t</title><source url='https://wire.example/'>" +
                  std::string(600, 'w') + "</source><dc:contributor> Kesmar\n Bancorp </dc:contributor>" +
                  "<dc:contributor>Kesmar Bancorp</dc:contributor></item></channel></rss>";
  FeedState state(options, {}, "");
  const auto outcome = state.on_response(response, TimePoint{std::chrono::hours(500'000)}, 0);
  REQUIRE(outcome.items.size() == 1);
  CHECK(outcome.items[0].metadata ==
        Metadata{{"origin_url", "https://wire.example/"}, {"contributor", "Kesmar Bancorp"}});
  const auto warned = std::find_if(outcome.warnings.begin(), outcome.warnings.end(),
                                   [](const FeedWarning& warning) { return warning.kind == "meta"; });
  REQUIRE(warned != outcome.warnings.end());
  CHECK(warned->detail == "origin: 600 bytes, at most 512: left out");
}

}  // namespace
}  // namespace tapewatch::ingest
