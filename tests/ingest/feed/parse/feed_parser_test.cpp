#include "ingest/feed/parse/feed_parser.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;
using namespace std::string_literals;

namespace {

struct Parsed {
  Feed feed;
  std::string error;
  std::vector<FeedWarning> warnings;

  bool warned(std::string_view kind) const {
    return std::any_of(warnings.begin(), warnings.end(), [&](const FeedWarning& w) { return w.kind == kind; });
  }
};

Parsed parse(const std::string& body, const std::string& type = "", std::size_t max_items = 1000) {
  FeedWarnings warnings;
  auto result = parse_feed(body, type, FeedContext{"https://example.com/feeds/news.xml", max_items}, warnings);
  Parsed parsed;
  if (result) {
    parsed.feed = std::move(*result);
  } else {
    parsed.error = result.error().kind + ": " + result.error().message;
  }
  parsed.warnings = warnings.take();
  return parsed;
}

std::string rss(const std::string& items, const std::string& channel = "") {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" "
         "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
         "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\" xmlns:atom=\"http://www.w3.org/2005/Atom\" "
         "xmlns:media=\"http://search.yahoo.com/mrss/\">\n<channel><title>News</title>" +
         channel + items + "</channel></rss>";
}

}  // namespace

TEST_CASE("feed parser: RSS 2.0") {
  const auto parsed = parse(rss(R"(
    <item><title>Bank &amp; Co slides</title><link>https://example.com/1</link><guid isPermaLink="false">id-1</guid>
      <pubDate>Tue, 05 Mar 2024 14:30:00 GMT</pubDate><description>&lt;p&gt;Shares &lt;b&gt;fell&lt;/b&gt;&lt;/p&gt;</description>
      <category domain="https://example.com/ticker">BNK, CO.L</category></item>
    <item><title><![CDATA[Second <b>story</b>]]></title><link>/2</link><guid>https://example.com/guid/2</guid>
      <description>short</description><content:encoded><![CDATA[<p>the whole text</p>]]></content:encoded></item>)",
                                R"(<language>en-US</language><ttl>30</ttl><lastBuildDate>now-ish</lastBuildDate>
    <atom:link href="https://example.com/self" rel="self"/>
    <skipHours><hour>0</hour><hour>23</hour><hour>24</hour><hour>77</hour></skipHours><skipDays><day>Sunday</day><day>Noday</day></skipDays>)"));
  REQUIRE(parsed.error.empty());
  CHECK(parsed.feed.format == "RSS 2.0");
  CHECK(parsed.feed.language == "en-US");
  CHECK(parsed.feed.ttl == std::chrono::minutes(30));
  CHECK(parsed.feed.updated == "now-ish");
  CHECK(parsed.feed.skip_hours.count() == 2);
  CHECK(parsed.feed.skip_days.to_ulong() == 1);
  REQUIRE(parsed.feed.items.size() == 2);
  const FeedItem& first = parsed.feed.items[0];
  CHECK(first.id == "id-1");
  CHECK(first.title == "Bank & Co slides");
  CHECK(first.body == "<p>Shares <b>fell</b></p>");
  CHECK(first.link == "https://example.com/1");
  CHECK(first.date == "Tue, 05 Mar 2024 14:30:00 GMT");
  CHECK(first.entities == std::vector<std::string>{"BNK", "CO.L"});
  const FeedItem& second = parsed.feed.items[1];
  CHECK(second.title == "Second <b>story</b>");
  CHECK(second.body == "<p>the whole text</p>");
  CHECK(second.link == "https://example.com/2");
  CHECK(second.id == "https://example.com/guid/2");
}

TEST_CASE("feed parser: links of RSS where they may hide") {
  const auto link = [](const std::string& inside) {
    return parse(rss("<item><title>t</title>" + inside + "</item>")).feed.items.at(0).link;
  };
  CHECK(link("<guid>https://example.com/permalink</guid>") == "https://example.com/permalink");
  CHECK(link("<guid isPermaLink=\"true\">https://example.com/permalink</guid>") == "https://example.com/permalink");
  CHECK(link("<guid isPermaLink=\"false\">https://example.com/permalink</guid>").empty());
  CHECK(link("<guid>abc-123</guid>").empty());
  CHECK(link("<atom:link href=\"/atom\"/>") == "https://example.com/atom");
  CHECK(link("<atom:link rel=\"self\" href=\"/self\"/>").empty());
  CHECK(link("<link/><atom:link rel=\"alternate\" href=\"/alt\"/>") == "https://example.com/alt");
  CHECK(link("<link href=\"/href\"/>") == "https://example.com/href");
  CHECK(link("<link xml:base=\"https://other.org/x/\">y</link>") == "https://example.com/feeds/y");
  CHECK(link("<feedburner:origLink>https://example.com/original</feedburner:origLink><link>https://feeds.example/p</"
             "link>") == "https://example.com/original");
  CHECK(link("<link>javascript:alert(1)</link>").empty());
}

TEST_CASE("feed parser: namespaces count, not prefixes; forgotten declarations are guessed") {
  const auto odd = parse(
      R"(<rss version="2.0" xmlns:x="http://purl.org/rss/1.0/modules/content/" xmlns:d="http://purl.org/dc/elements/1.1/">
    <channel><item><title>t</title><x:encoded>full</x:encoded><d:date>2024-03-05</d:date></item></channel></rss>)");
  CHECK(odd.feed.items.at(0).body == "full");
  CHECK(odd.feed.items.at(0).date == "2024-03-05");
  const auto undeclared = parse(
      "<rss><channel><item><title>t</title><dc:date>2024-03-05</dc:date><content:encoded>b</content:encoded></item></"
      "channel></rss>");
  CHECK(undeclared.feed.items.at(0).date == "2024-03-05");
  CHECK(undeclared.feed.items.at(0).body == "b");
  const auto media = parse(rss("<item><media:title>of the picture</media:title><title>of the story</title></item>"));
  CHECK(media.feed.items.at(0).title == "of the story");
  const auto cases =
      parse("<RSS><Channel><Item><Title>T</Title><PUBDATE>d</PUBDATE><Guid>g</Guid></Item></Channel></RSS>");
  CHECK(cases.feed.items.at(0).title == "T");
  CHECK(cases.feed.items.at(0).date == "d");
  CHECK(cases.feed.items.at(0).id == "g");
}

TEST_CASE("feed parser: RSS 1.0 and 0.9") {
  const auto one = parse(R"(<?xml version="1.0"?>
    <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://example.com/"><title>ECB</title><dc:language>de</dc:language><dc:date>2024-03-05T10:00:00Z</dc:date>
      <items><rdf:Seq><rdf:li rdf:resource="https://example.com/1"/></rdf:Seq></items></channel>
    <item rdf:about="https://example.com/1"><title>Zinsen</title><link>https://example.com/1</link><dc:date>2024-03-05T09:00:00Z</dc:date></item>
    <item rdf:about="https://example.com/2"><title>Ohne Link</title></item></rdf:RDF>)");
  REQUIRE(one.error.empty());
  CHECK(one.feed.format == "RSS 1.0");
  CHECK(one.feed.language == "de");
  CHECK(one.feed.updated == "2024-03-05T10:00:00Z");
  REQUIRE(one.feed.items.size() == 2);
  CHECK(one.feed.items[0].id == "https://example.com/1");
  CHECK(one.feed.items[0].date == "2024-03-05T09:00:00Z");
  CHECK(one.feed.items[1].link == "https://example.com/2");
  const auto old = parse(
      R"(<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://my.netscape.com/rdf/simple/0.9/">
    <channel><title>x</title></channel><item><title>a</title><link>http://e.org/a</link></item></rdf:RDF>)");
  CHECK(old.feed.format == "RSS 0.90");
  CHECK(old.feed.items.size() == 1);
  const auto doctype = parse(R"(<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN"
    "http://my.netscape.com/publish/formats/rss-0.91.dtd"><rss version="0.91"><channel><item><title>b</title></item></channel></rss>)");
  CHECK(doctype.feed.format == "RSS 0.91");
  CHECK(doctype.feed.items.size() == 1);
}

TEST_CASE("feed parser: Atom 1.0") {
  const auto parsed = parse(R"(<?xml version="1.0" encoding="utf-8"?>
    <feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en" xml:base="https://base.example/dir/">
    <title>Agency</title><updated>2024-03-05T12:00:00Z</updated>
    <entry><id>tag:example,2024:1</id><title type="html">Rates &amp;lt;up&amp;gt;</title>
      <link rel="self" href="self"/><link rel="alternate" type="application/json" href="json"/><link rel="alternate" type="text/html" href="page"/>
      <published>2024-03-05T10:00:00Z</published><updated>2024-03-05T11:00:00Z</updated>
      <summary>short</summary><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Whole <em>text</em></p></div></content>
      <category scheme="urn:ticker" term="ABC"/><category term="ignored"/></entry>
    <entry xml:lang="fr"><id>https://example.com/2</id><title>Deux</title><content src="https://example.com/2.html" type="text/html"/>
      <summary>resume</summary><updated>2024-03-05T09:00:00Z</updated></entry>
    <entry><title>Three</title><content type="image/png">aGVsbG8=</content></entry></feed>)");
  REQUIRE(parsed.error.empty());
  CHECK(parsed.feed.format == "Atom 1.0");
  CHECK(parsed.feed.language == "en");
  REQUIRE(parsed.feed.items.size() == 3);
  const FeedItem& first = parsed.feed.items[0];
  CHECK(first.id == "tag:example,2024:1");
  CHECK(first.title == "Rates &lt;up&gt;");
  CHECK(first.link == "https://base.example/dir/page");
  CHECK(first.date == "2024-03-05T10:00:00Z");
  CHECK(first.body == "<p>Whole <em>text</em></p>");
  CHECK(first.entities == std::vector<std::string>{"ABC"});
  CHECK(parsed.feed.items[1].language == "fr");
  CHECK(parsed.feed.items[1].body == "resume");
  CHECK(parsed.feed.items[1].link == "https://example.com/2");
  CHECK(parsed.feed.items[2].body.empty());
}

TEST_CASE("feed parser: Atom 0.3, prefixed Atom, a lone entry") {
  const auto old =
      parse(R"(<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title mode="escaped">a &amp;amp; b</title>
    <issued>2004-03-05T10:00:00Z</issued><modified>2004-03-06T10:00:00Z</modified><link rel="alternate" href="http://e.org/1"/></entry></feed>)");
  CHECK(old.feed.format == "Atom 0.3");
  CHECK(old.feed.items.at(0).date == "2004-03-05T10:00:00Z");
  const auto prefixed = parse(
      R"(<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry><a:title>t</a:title><a:id>i</a:id></a:entry></a:feed>)");
  CHECK(prefixed.feed.items.at(0).id == "i");
  const auto lone = parse(R"(<entry xmlns="http://www.w3.org/2005/Atom"><title>t</title><id>i</id></entry>)");
  CHECK(lone.feed.items.at(0).title == "t");
}

TEST_CASE("feed parser: JSON Feed") {
  const auto parsed = parse(R"({"version":"https://jsonfeed.org/version/1.1","title":"x","language":"en-GB","items":[
    {"id":"1","title":"One","content_html":"<p>a</p>","content_text":"a","url":"/one","date_published":"2024-03-05T10:00:00Z"},
    {"id":2,"content_text":"no title","external_url":"https://other.org/","date_modified":"2024-03-05T11:00:00Z","language":"de"},
    {"id":"https://example.com/3","title":"Three"},"junk",null]})");
  REQUIRE(parsed.error.empty());
  CHECK(parsed.feed.format == "JSON Feed 1.1");
  CHECK(parsed.feed.language == "en-GB");
  REQUIRE(parsed.feed.items.size() == 3);
  CHECK(parsed.feed.items[0].link == "https://example.com/one");
  CHECK(parsed.feed.items[0].body == "<p>a</p>");
  CHECK(parsed.feed.items[1].id == "2");
  CHECK(parsed.feed.items[1].body == "no title");
  CHECK(parsed.feed.items[1].date == "2024-03-05T11:00:00Z");
  CHECK(parsed.feed.items[1].language == "de");
  CHECK(parsed.feed.items[2].link == "https://example.com/3");
  CHECK(parsed.warned("items"));
  CHECK(parse("\xEF\xBB\xBF {\"version\":\"https://jsonfeed.org/version/1\",\"items\":[]}").error.empty());
  CHECK(parse("{\"items\": 3}").error.rfind("format: JSON, but not a JSON Feed", 0) == 0);
  CHECK(parse("[1,2]").error.rfind("format: ", 0) == 0);
  CHECK(parse("{\"items\": [").error.rfind("json: ", 0) == 0);
  CHECK(parse(std::string(5'000'000, '[')).error.rfind("json: ", 0) == 0);
}

TEST_CASE("feed parser: the content decides, not the content type") {
  CHECK(parse(rss("<item><title>t</title></item>"), "text/html; charset=iso-8859-1").feed.items.size() == 1);
  CHECK(parse(rss("<item><title>t</title></item>"), "application/json").feed.items.size() == 1);
  CHECK(parse("{\"items\":[{\"id\":\"1\"}]}", "application/rss+xml").feed.items.size() == 1);
}

TEST_CASE("feed parser: a body that is not a feed is named") {
  const auto html = parse(
      "<!DOCTYPE html>\n<html><head><link rel=\"alternate\" type='application/rss+xml' "
      "href=\"/real.xml\"></head><body>Sorry</body></html>");
  CHECK(html.error == "html: an HTML page instead of a feed; it names a feed at https://example.com/real.xml");
  CHECK(parse("<html><body>503</body></html>").error == "html: an HTML page instead of a feed");
  CHECK(parse("<?xml version=\"1.0\"?><!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Strict//EN\"><html/>")
            .error.rfind("html:", 0) == 0);
  CHECK(parse("Forbidden", "text/html").error.rfind("html:", 0) == 0);
  CHECK(parse("Forbidden").error == "format: neither XML nor JSON: \"Forbidden\"");
  CHECK(parse("").error == "empty: an empty answer");
  CHECK(parse(" \n\t ").error == "empty: an empty answer");
  CHECK(parse("<?xml version=\"1.0\"?><opml version=\"2.0\"/>").error == "format: XML, but not a feed: <opml>");
  CHECK(parse("<rss").error.rfind("xml: broken XML", 0) == 0);
  CHECK(parse("\x89PNG\r\n\x1A\n\0\0"s).error.rfind("format: neither", 0) == 0);
  CHECK(parse("<rss/>").error.empty());  // a feed without items
}

TEST_CASE("feed parser: broken markup loses only the broken item") {
  const auto parsed =
      parse(rss("<item><title>one</title></item><item><title>two</b></title></item>"
                "<item><title>profit < loss</title></item><item><title>four</title></item>",
                "<language>en</language>"));
  REQUIRE(parsed.error.empty());
  CHECK_FALSE(parsed.feed.complete);
  REQUIRE(parsed.feed.items.size() == 3);
  CHECK(parsed.feed.items[0].title == "one");
  CHECK(parsed.feed.items[1].title == "profit < loss");
  CHECK(parsed.feed.items[2].title == "four");
  CHECK(parsed.feed.language == "en");
  CHECK(parsed.warned("xml"));
}

TEST_CASE("feed parser: a truncated response gives its complete items and counts as incomplete") {
  const std::string whole = rss("<item><title>one</title></item><item><title>two</title></item>");
  const auto parsed = parse(whole.substr(0, whole.find("two") + 1));
  CHECK_FALSE(parsed.feed.complete);
  REQUIRE(parsed.feed.items.size() == 1);
  CHECK(parsed.feed.items[0].title == "one");
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    const auto part = parse(whole.substr(0, cut));
    const bool ok = !part.error.empty() || !part.feed.complete;
    INFO(cut);
    CHECK(ok);
  }
}

TEST_CASE("feed parser: stray bytes, ampersands and names XML does not know") {
  const auto parsed = parse("PHP Warning: something in line 3\n" +
                            rss("<item><title>AT&T \x01 caf\xC3\xA9 &eacute;&nbsp;&#150; R&D</title></item>"));
  REQUIRE(parsed.error.empty());
  CHECK(parsed.feed.items.at(0).title == "AT&T  café é\xC2\xA0– R&D");
  CHECK(parsed.warned("xml"));
  CHECK(parse("\n\n  " + rss("<item><title>t</title></item>")).feed.items.size() == 1);
}

TEST_CASE("feed parser: unescaped HTML in an element is read as HTML") {
  const auto parsed = parse(rss(
      "<item><title>A <b>bold</b> title</title><description><p>one</p> <p>two &amp; three</p></description></item>"));
  CHECK(parsed.feed.items.at(0).title == "A <b>bold</b> title");
  CHECK(parsed.feed.items.at(0).body == "<p>one</p> <p>two &amp; three</p>");
}

TEST_CASE("feed parser: categories and elements are lists of securities only where their form is one") {
  const auto entities = [](const std::string& inside) {
    return parse(rss("<item><title>t</title>" + inside + "</item>")).feed.items.at(0).entities;
  };
  using List = std::vector<std::string>;
  const std::string stocks = "<category domain=\"https://example.com/stocks\">";
  CHECK(entities(stocks + "Banks and Insurance</category>" + stocks + "All sectors</category>").empty());
  CHECK(entities(stocks + "KSMR, Banks</category>").empty());
  CHECK(entities(stocks + "KSMR, NYSE American: KSA</category>") == List{"KSMR", "NYSE American: KSA"});
  CHECK(entities("<category>Nasdaq:KSMR</category><category>NYSE</category><category>Reuters:KSMR</category>") ==
        List{"Nasdaq:KSMR"});
  CHECK(entities("<category>KSMR</category>").empty());  // a word in capitals is not yet a ticker
  CHECK(entities("<x:tickers xmlns:x=\"urn:x\">KSMR PLB</x:tickers><x:stock xmlns:x=\"urn:x\">in stock</x:stock>") ==
        List{"KSMR", "PLB"});
  CHECK(entities("<dc:contributor>Kesmar Bancorp, Inc.</dc:contributor>") == List{"Kesmar Bancorp, Inc."});
}

TEST_CASE("feed parser: a DTD's own entities are expanded, external ones never") {
  const auto bomb =
      parse(R"(<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
    <!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&b;</title><description>&x;</description></item></channel></rss>)");
  REQUIRE(bomb.feed.items.size() == 1);
  CHECK(bomb.feed.items[0].title == std::string(80, 'a'));  // xml_entities_test has the bombs
  CHECK(bomb.feed.items[0].body == "&x;");
}

TEST_CASE("feed parser: hostile shapes end quickly") {
  std::string deep = "<rss><channel><item><title>";
  for (int i = 0; i < 200'000; ++i) deep += "<b>";
  CHECK_FALSE(parse(deep).error.empty());
  std::string closed = "<rss><channel><item><description>";
  for (int i = 0; i < 50'000; ++i) closed += "<b>";
  for (int i = 0; i < 50'000; ++i) closed += "</b>";
  CHECK(parse(closed + "</description></item></channel></rss>").feed.items.size() == 1);
  std::string many = "<rss><channel>";
  for (int i = 0; i < 20'000; ++i) many += "<item><title>t</title></item>";
  const auto limited = parse(many + "</channel></rss>", "", 100);
  CHECK(limited.feed.items.size() == 100);
  CHECK(limited.warned("items"));
  std::string broken = "<rss><channel>";
  for (int i = 0; i < 20'000; ++i) broken += "<item><title>t</title>";
  parse(broken);
}

TEST_CASE("feed parser: mutated feeds never do worse than fail") {
  const std::string whole = rss(
      "<item><title>one &amp; two</title><link>/1</link><guid>g</guid><pubDate>Tue, 05 Mar 2024 14:30:00 GMT</pubDate>"
      "<description><![CDATA[<p>x</p>]]></description></item><item><title>b</title></item>");
  std::uint64_t state = 99;
  const auto random = [&] { return (state = state * 6364136223846793005ULL + 1442695040888963407ULL) >> 33; };
  for (int i = 0; i < 5000; ++i) {
    std::string text = whole;
    for (std::uint64_t j = 0; j <= random() % 4; ++j) {
      const std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 20);
          break;
        default:
          text.insert(at, whole, random() % whole.size(), random() % 30);
          break;
      }
    }
    parse(text);
  }
}
