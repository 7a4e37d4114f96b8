#include "ingest/feed/parse/feed_text.hpp"

#include "ingest/feed/feed_state.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;

namespace {

/// The documents of one answer, oldest first; `headers` as a server sends them.
std::vector<Document> documents(const std::string& body, FeedHeaders headers = {}) {
  FeedOptions options;
  options.name = "desk";
  options.url = "https://wire.example/feed.xml";
  FeedResponse response;
  response.status = 200;
  response.body = body;
  response.headers = std::move(headers);
  return FeedState(options, {}, "")
      .on_response(response, std::chrono::sys_days(std::chrono::year(2026) / 11 / 28), 0)
      .items;
}

Document one(const std::string& body, FeedHeaders headers = {}) {
  const auto all = documents(body, std::move(headers));
  REQUIRE(all.size() == 1);
  return all[0];
}

Document entry(const std::string& inside) {
  return one("<feed xmlns=\"http://www.w3.org/2005/Atom\"><entry><id>urn:1</id>" + inside + "</entry></feed>");
}

Document item(const std::string& inside, const std::string& channel = "") {
  return one(
      "<rss version=\"2.0\" xmlns:media=\"http://search.yahoo.com/mrss/\" "
      "xmlns:dc=\"http://purl.org/dc/elements/1.1/\">"
      "<channel>" +
      channel + "<item>" + inside + "</item></channel></rss>");
}

}  // namespace

TEST_CASE("feed text: Atom's types are what RFC 4287 says") {
  const auto [element, body] = GENERATE(table<std::string, std::string>({
      {"<summary>costs &lt;5% of R&amp;D; write &lt;b&gt; for bold</summary>", "costs <5% of R&D; write <b> for bold"},
      {"<summary type=\"text\">AT&amp;amp;T</summary>", "AT&amp;T"},
      {"<summary type=\"text/plain\">a &lt;br&gt; b</summary>", "a <br> b"},
      {"<summary type=\"html\">&lt;p&gt;R&amp;amp;D&lt;/p&gt;</summary>", "R&D"},
      {"<content type=\"text/html\">&lt;i&gt;up&lt;/i&gt; 5%</content>", "up 5%"},
      {"<content type=\"html\"><![CDATA[<p>up</p>]]></content>", "up"},
      {"<content type=\"xhtml\"><div xmlns=\"http://www.w3.org/1999/xhtml\">R&amp;amp;D is <b>up</b></div></content>",
       "R&amp;D is up"},
      {"<content type=\"xhtml\"><x:div xmlns:x=\"http://www.w3.org/1999/xhtml\">if a &lt;b</x:div></content>",
       "if a <b"},
      {"<content type=\"text/xml\"><accession>99-1</accession></content><summary>Item 4.02</summary>", "Item 4.02"},
      {"<content type=\"application/json\">{}</content><summary>Item 4.02</summary>", "Item 4.02"},
      {"<content type=\"image/svg+xml\"><svg>x</svg></content><summary>Item 4.02</summary>", "Item 4.02"},
      {"<content src=\"https://wire.example/1\" type=\"text/html\"/><summary>Item 4.02</summary>", "Item 4.02"},
      {"<content type=\"text/markdown\">*up*</content>", "*up*"},
      {"<summary>&lt;p&gt;No type, but &lt;b&gt;HTML&lt;/b&gt;&lt;/p&gt;</summary>", "No type, but HTML"},
  }));
  CAPTURE(element);
  CHECK(entry("<title>t</title>" + element).body == body);
}

TEST_CASE("feed text: titles of Atom and JSON Feed are literal, those of RSS are HTML") {
  CHECK(entry("<title type=\"text\">R&amp;amp;D at AT&amp;T</title>").title == "R&amp;D at AT&T");
  CHECK(entry("<title type=\"html\">R&amp;amp;D</title>").title == "R&D");
  CHECK(item("<title>R&amp;amp;D at AT&amp;T</title>").title == "R&D at AT&T");
  CHECK(item("<media:title type=\"plain\">a &lt;b&gt; c</media:title>").title == "a <b> c");
  const auto json = one(
      R"({"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","title":"R&amp;D <b>","content_text":"a <p> b","summary":"s"}]})");
  CHECK(json.title == "R&amp;D <b>");
  CHECK(json.body == "a <p> b");
  CHECK(one(R"({"version":"1","items":[{"id":"1","title":"t","content_html":"<p>R&amp;D</p>","content_text":"x"}]})")
            .body == "R&D");
}

TEST_CASE("feed text: JSON is read as records' is, with what senders get wrong in it") {
  const auto mended =
      one("{\"version\":\"1\",\"items\":[{\"id\":18446744073709551616,\"title\":\"A\tB\",\"score\":NaN}]}");
  CHECK(mended.id == "18446744073709551616");
  CHECK(mended.title == "A B");
}

TEST_CASE("feed text: half a surrogate pair costs one character, not the feed") {
  const std::string start = R"({"version":"1","items":[{"id":"1","title":")", end = R"("},{"id":"2","title":"B"}]})";
  const auto title = [&](const std::string& text) {
    const auto both = documents(start + text + end);
    REQUIRE(both.size() == 2);
    return both[0].title;
  };
  CHECK(title(R"(A \ud83d lone)") == "A \uFFFD lone");
  CHECK(title(R"(A \udcaf\ud83d\ud83d\udcaf)") == "A \uFFFD\uFFFD\U0001F4AF");
  CHECK(title(R"(A \\ud83d B)") == "A \\ud83d B");
  CHECK(title(R"(at the end \ud83d)") == "at the end \uFFFD");
}

TEST_CASE("feed text: what is no HTML element stays") {
  CHECK(item("<title>Lender &lt;KSMR.O&gt; cuts outlook</title>").title == "Lender <KSMR.O> cuts outlook");
  CHECK(
      item("<title>t</title><description>rival &amp;lt;PLB.N&amp;gt; rose &lt;br/&gt; &lt;est. $1.35&gt;</description>")
          .body == "rival <PLB.N> rose\n<est. $1.35>");
}

TEST_CASE("feed text: the language nearest the text counts") {
  const std::string english = "<language>en</language>";
  CHECK(item("<title xml:lang=\"de\">t</title><dc:language>fr</dc:language>", english).language == "de");
  CHECK(item("<title>t</title><description xml:lang=\"de\">b</description>", english).language == "de");
  CHECK(item("<title>t</title><dc:language>fr</dc:language>", english).language == "fr");
  CHECK(item("<title>t</title>", english).language == "en");
  const std::string rss = "<rss version=\"2.0\"><channel>" + english + "<item><title>t</title></item></channel></rss>";
  CHECK(one(rss, {{"Content-Language", "de-AT"}}).language == "de");
  CHECK(one(rss, {{"Content-Language", "de, en"}}).language == "en");
  CHECK(one("<rss version=\"2.0\" xml:lang=\"it\"><channel><item><title>t</title></item></channel></rss>",
            {{"Content-Language", "de"}})
            .language == "it");
  CHECK(one("<rss version=\"2.0\"><channel><item xml:lang=\"es\"><title>t</title></item></channel></rss>").language ==
        "es");
  CHECK(entry("<title xml:lang=\"pt-BR\">t</title>").language == "pt");
}

TEST_CASE("feed text: a second channel is read, in its own language") {
  const auto both = documents(
      "<rss version=\"2.0\"><channel><language>en</language><item><title>One</title></item></channel>"
      "<channel><language>de</language><item><title>Zwei</title></item></channel></rss>");
  REQUIRE(both.size() == 2);
  CHECK(both[0].language == "en");
  CHECK(both[1].language == "de");
}

TEST_CASE("feed text: namespaces are read as publishers mean them") {
  const std::string inside =
      "<title>Lender shut</title><link>https://wire.example/1</link><pubDate>Fri, 27 Nov 2026 21:15:00 GMT</pubDate>";
  const auto [open, items] = GENERATE_COPY(table<std::string, std::string>({
      {"<rss version=\"2.0\" xmlns=\"http://www.w3.org/2005/Atom\"><channel>", "<item>" + inside + "</item>"},
      {"<rss version=\"2.0\" xmlns=\"https://cyber.harvard.edu/rss/rss.html\"><channel>",
       "<item>" + inside + "</item>"},
      {"<rss version=\"2.0\" xmlns=\"urn:what:ever\"><channel>", "<item>" + inside + "</item>"},
      {"<rss version=\"2.0\" xmlns=\"http://purl.org/dc/elements/1.1/\"><channel>", "<item>" + inside + "</item>"},
      {"<rss version=\"2.0\"><channel>", "<item xmlns=\"http://x.example/ns\">" + inside + "</item>"},
      {"<rss version=\"2.0\"><channel xmlns=\"http://x.example/ns\">", "<item>" + inside + "</item>"},
      {"<rss version=\"2.0\"><channel>", "<item><title xmlns=\"http://x.example/ns\">Lender shut</title>" +
                                             inside.substr(inside.find("<link>")) + "</item>"},
      {"<r:rss xmlns:r=\"urn:what:ever\" version=\"2.0\"><channel>", "<item>" + inside + "</item>"},
      {"<rss version=\"2.0\"><channel>", "<items><item>" + inside + "</item></items>"},
      {"<rss version=\"2.0\" xmlns:m=\"urn:m\"><channel>",
       "<m:item><title>swallowed</title></m:item><item><m:title>foreign</m:title><m:link href=\"https://m.example\"/>" +
           inside + "</item>"},
  }));
  CAPTURE(open, items);
  const std::string close = open.find("r:rss") != std::string::npos ? "</channel></r:rss>" : "</channel></rss>";
  const Document document = one(open + items + close);
  CHECK(document.title == "Lender shut");
  CHECK(document.url == "https://wire.example/1");
  CHECK(document.published_from == PublishedFrom::source);
}

TEST_CASE("feed text: Dublin Core at each of its addresses, mistyped or not declared") {
  const auto declaration = GENERATE(as<std::string>{}, "xmlns:dc=\"http://purl.org/dc/elements/1.1/\"",
                                    "xmlns:dc=\"http://dublincore.org/documents/dcmi-namespace/\"",
                                    "xmlns:dc=\" https://purl.org/dc/elements/1.1 \"",
                                    "xmlns:dc=\"http://purl.org/dc/ elements/1.1/\"", "xmlns:dc=\"urn:typo\"", "");
  CAPTURE(declaration);
  const Document document = one(
      "<rss version=\"2.0\" " + declaration +
      "><channel><item><title>Bank verliert</title><dc:language>de</dc:language><dc:date>2026-11-20T10:00:00Z</dc:date>"
      "</item></channel></rss>");
  CHECK(document.language == "de");
  CHECK(document.published_at == std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + std::chrono::hours(10));
}

TEST_CASE("feed text: a link's relation may be IANA's address") {
  CHECK(entry("<title>t</title><link rel=\"http://www.iana.org/assignments/relation/alternate\" "
              "href=\"https://wire.example/1\"/><link rel=\"self\" href=\"https://wire.example/2\"/>")
            .url == "https://wire.example/1");
}

TEST_CASE("feed text: Atom 0.3 in base64 is decoded where it is text") {
  const auto old = [](const std::string& inside) {
    return one("<feed version=\"0.3\" xmlns=\"http://purl.org/atom/ns#\"><entry><id>urn:1</id><title>T</title>" +
               inside + "</entry></feed>");
  };
  CHECK(old("<content type=\"text/html\" mode=\"base64\">\nUmF0ZXMgPGI+dXA8\nL2I+</content>").body == "Rates up");
  CHECK(old("<content type=\"image/png\" mode=\"base64\">iVBORw0KGgo=</content>").body.empty());
  CHECK(old("<content type=\"text/plain\" mode=\"base64\">%%%</content>").body.empty());
  CHECK(old("<content type=\"text/plain\" mode=\"base64\">gICA</content>").body == "\uFFFD\uFFFD\uFFFD");
}

TEST_CASE("feed text: a video's and an episode's own words are a body where there is no other") {
  const std::string group = "<media:group><media:description>Rates kept</media:description></media:group>";
  const std::string caption = "<media:content><media:description>A branch</media:description></media:content>";
  CHECK(item("<title>T</title>" + group).body == "Rates kept");
  CHECK(item("<title>T</title><description>Lead</description>" + group).body == "Lead");
  CHECK(item("<title>T</title>" + caption).body.empty());
}
