// Feeds in the shapes of forty-six kinds of publisher, in words of our own: central banks, regulators, exchanges,
// wires, dailies, portals, blogs and their platforms. What each gives is one document of known fields. Twenty stand
// here, beside them what a state of the feed decides; the others are lines of publishers.ndjson.
#include <unicode/unistr.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <map>

#include "config/notation/rfc3339.hpp"
#include "ingest/feed/feed_state.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;

namespace {

struct Expected {
  std::string id, title, body, url, published, language;
  std::vector<std::string> entities;
};

const TimePoint kNow = std::chrono::sys_days(std::chrono::year(2026) / 11 / 28) + std::chrono::hours(6);

std::vector<Document> read(const std::string& url, const std::string& body, FeedHeaders headers = {}) {
  FeedOptions options;
  options.name = "desk";
  options.url = url;
  FeedResponse response;
  response.status = 200;
  response.body = body;
  response.headers = std::move(headers);
  response.final_url = url;
  return FeedState(options, {}, "").on_response(response, kNow, 0).items;
}

void check(const std::vector<Document>& documents, const Expected& expected) {
  REQUIRE(documents.size() == 1);
  const Document& document = documents[0];
  if (!expected.id.empty()) CHECK(document.id == expected.id);
  CHECK(document.title == expected.title);
  CHECK(document.body == expected.body);
  CHECK(document.url == expected.url);
  CHECK(tapewatch::notation::format_rfc3339(document.published_at) == expected.published);
  CHECK(document.language == expected.language);
  CHECK(document.entities == expected.entities);
}

}  // namespace

TEST_CASE("publishers: a central bank's RSS 1.0 with cb: elements") {
  check(read("https://bank.example/rss/press.rdf", R"(<?xml version="1.0" encoding="UTF-8"?>
<rdf:RDF xmlns="http://purl.org/rss/1.0/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:cb="http://www.cbwiki.net/wiki/index.php/Specification_1.1">
<channel rdf:about="https://bank.example/rss/press.rdf"><title>Press</title><link>https://bank.example/</link>
<items><rdf:Seq><rdf:li rdf:resource="https://bank.example/press/7"/></rdf:Seq></items></channel>
<item rdf:about="https://bank.example/press/7"><title>Rate decision</title><link>https://bank.example/press/7</link>
<description>The council keeps the rate.</description><dc:date>2026-11-27T14:15:00+01:00</dc:date><dc:language>en</dc:language>
<cb:speech><cb:simpleTitle>Rate</cb:simpleTitle><cb:occurrenceDate>2026-11-27</cb:occurrenceDate></cb:speech></item></rdf:RDF>)"),
        {"https://bank.example/press/7",
         "Rate decision",
         "The council keeps the rate.",
         "https://bank.example/press/7",
         "2026-11-27T13:15:00.000Z",
         "en",
         {}});
}

TEST_CASE("publishers: a regulator whose items all link one page, dated by day") {
  const auto documents = read("https://regulator.example/rss",
                              "<rss version=\"2.0\"><channel><language>en-us</language>"
                              "<item><title>Lender A fined</title><link>https://regulator.example/orders</link>"
                              "<pubDate>11/27/2026</pubDate></item>"
                              "<item><title>Lender B barred</title><link>https://regulator.example/orders</link>"
                              "<pubDate>11/27/2026</pubDate></item></channel></rss>");
  REQUIRE(documents.size() == 2);
  CHECK(documents[0].id != documents[1].id);
}

TEST_CASE("publishers: filings of an authority in Atom, data in <content>") {
  check(read("https://filings.example/cgi?output=atom", R"(<?xml version="1.0" encoding="ISO-8859-1"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Filings</title><updated>2026-11-27T17:00:00-05:00</updated>
<entry><category label="form type" scheme="https://filings.example/" term="8-K"/>
<content type="text/xml"><accession-number>0000099901-26-000012</accession-number></content>
<id>urn:tag:filings.example,2008:accession-number=0000099901-26-000012</id>
<link href="https://filings.example/x.htm" rel="alternate" type="text/html"/>
<summary type="html">&lt;b&gt;Filed:&lt;/b&gt; 2026-11-27&lt;br&gt;Item 4.02: Non-Reliance</summary>
<title>8-K - Kesmar Bancorp, Inc.</title><updated>2026-11-27T16:04:58-05:00</updated></entry></feed>)"),
        {"urn:tag:filings.example,2008:accession-number=0000099901-26-000012",
         "8-K - Kesmar Bancorp, Inc.",
         "Filed: 2026-11-27\nItem 4.02: Non-Reliance",
         "https://filings.example/x.htm",
         "2026-11-27T21:04:58.000Z",
         "",
         {}});
}

TEST_CASE("publishers: a press-release wire that marks tickers, ISINs and the issuer") {
  check(read("https://releases.example/rss",
             R"(<rss version="2.0" xmlns:dc="http://dublincore.org/documents/dcmi-namespace/">
<channel><language>en</language><item><guid isPermaLink="true">https://releases.example/9</guid>
<link>https://releases.example/9</link><category domain="https://www.releases.example/rss/stock">Nasdaq:KSMR</category>
<category domain="https://www.releases.example/rss/ISIN">US48267K1017</category>
<category domain="https://www.releases.example/rss/subject">Earnings</category><title>Kesmar délivre</title>
<description><![CDATA[<p>Paris, 27 nov.</p>]]></description><pubDate>Fri, 27 Nov 2026 21:05 GMT</pubDate>
<dc:contributor>Kesmar Bancorp, Inc.</dc:contributor><dc:language>fr</dc:language></item></channel></rss>)"),
        {"https://releases.example/9",
         "Kesmar délivre",
         "Paris, 27 nov.",
         "https://releases.example/9",
         "2026-11-27T21:05:00.000Z",
         "fr",
         {"Nasdaq:KSMR", "US48267K1017", "Kesmar Bancorp, Inc."}});
}

TEST_CASE("publishers: a wire that writes RICs in angle brackets") {
  check(read("https://wire.example/rss", R"(<rss version="2.0"><channel><language>en</language><item>
<title>UPDATE 2-Lender &lt;KSMR.O&gt; cuts outlook</title><link>https://wire.example/1?feedType=RSS</link>
<guid isPermaLink="false">tag:wire.example:1</guid><description>Shares &amp;lt;KSMR.O&amp;gt; sink.&lt;br clear="all"/&gt;</description>
<pubDate>Fri, 27 Nov 2026 16:05:00 -0500</pubDate></item></channel></rss>)"),
        {"tag:wire.example:1",
         "UPDATE 2-Lender <KSMR.O> cuts outlook",
         "Shares <KSMR.O> sink.",
         "https://wire.example/1?feedType=RSS",
         "2026-11-27T21:05:00.000Z",
         "en",
         {}});
}

TEST_CASE("publishers: a blog platform's RSS with content:encoded and a short guid") {
  check(read("https://blog.example/feed/", R"(<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"
 xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:atom="http://www.w3.org/2005/Atom" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>Desk</title>
<atom:link href="https://blog.example/feed/" rel="self" type="application/rss+xml"/><link>https://blog.example</link>
<language>en-GB</language><sy:updatePeriod>hourly</sy:updatePeriod><item><title>Why it&#8217;s down</title>
<link>https://blog.example/why/</link><dc:creator><![CDATA[ann]]></dc:creator><pubDate>Fri, 27 Nov 2026 10:00:00 +0000</pubDate>
<category><![CDATA[All]]></category><guid isPermaLink="false">https://blog.example/?p=12</guid>
<description><![CDATA[Short [&#8230;]]]></description><content:encoded><![CDATA[<p>Long &amp; full</p>
<!-- more --><script>x()</script>]]></content:encoded></item></channel></rss>)"),
        {"https://blog.example/?p=12",
         "Why it’s down",
         "Long & full",
         "https://blog.example/why/",
         "2026-11-27T10:00:00.000Z",
         "en",
         {}});
}

TEST_CASE("publishers: a newsletter platform, enclosures and HTML in CDATA titles") {
  check(
      read("https://letter.example/feed", R"(<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><language><![CDATA[en]]></language><item>
<title><![CDATA[Rates & <i>fear</i>]]></title><description><![CDATA[Three charts]]></description>
<itunes:title>Episode</itunes:title><link>https://letter.example/p/rates</link><guid isPermaLink="false">https://letter.example/p/rates</guid>
<pubDate>Fri, 27 Nov 2026 11:30:41 GMT</pubDate><enclosure url="https://letter.example/i.png" length="0" type="image/png"/></item></channel></rss>)"),
      {"https://letter.example/p/rates",
       "Rates & fear",
       "Three charts",
       "https://letter.example/p/rates",
       "2026-11-27T11:30:41.000Z",
       "en",
       {}});
}

TEST_CASE("publishers: a statistics office in Atom with XHTML") {
  check(read("https://stats.example/atom.xml", R"(<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="sv"><id>urn:s</id>
<entry xml:base="https://stats.example/news/"><id>urn:s:1</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">KPI <b>upp</b></div></title>
<link href="kpi.html"/><published>2026-11-27T08:00:00Z</published><updated>2026-11-27T09:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Priserna &lt; 2 %</p></div></content></entry></feed>)"),
        {"urn:s:1",
         "KPI upp",
         "Priserna < 2 %",
         "https://stats.example/news/kpi.html",
         "2026-11-27T08:00:00.000Z",
         "sv",
         {}});
}

TEST_CASE("publishers: a JSON Feed of a microblog, without titles") {
  check(read("https://micro.example/feed.json",
             R"({"version":"https://jsonfeed.org/version/1.1","title":"m","language":"en-US",
"items":[{"id":1234567890123,"url":"https://micro.example/1","content_text":"Bank shut <again>\nSecond line",
"date_published":"2026-11-27T08:00:00-05:00"}]})",
             {{"Content-Type", "application/feed+json"}}),
        {"1234567890123",
         "Bank shut <again>",
         "Second line",
         "https://micro.example/1",
         "2026-11-27T13:00:00.000Z",
         "en",
         {}});
}

TEST_CASE("publishers: a Chinese portal in GBK with local time") {
  const std::string gbk = "\xD2\xF8\xD0\xD0\xB5\xB9\xB1\xD5";  // 银行倒闭
  check(read("https://news.example.cn/rss.xml",
             "<?xml version=\"1.0\" encoding=\"gb2312\"?><rss version=\"2.0\"><channel>"
             "<language>zh-cn</language><item><title>" +
                 gbk +
                 "</title><link>https://news.example.cn/1</link>"
                 "<pubDate>Fri, 27 Nov 2026 22:15:00 CST</pubDate></item></channel></rss>"),
        {"", "银行倒闭", "", "https://news.example.cn/1", "2026-11-27T14:15:00.000Z", "zh", {}});
}

TEST_CASE("publishers: a Japanese exchange with an era year and full-width digits") {
  check(read("https://kabu.example.jp/rss",
             "<rss version=\"2.0\"><channel><language>ja</language><item><title>決算</title>"
             "<link>https://kabu.example.jp/1</link><guid>1</guid><pubDate>令和８年１１月２７日 15:00:00 "
             "JST</pubDate></item></channel></rss>"),
        {"1", "決算", "", "https://kabu.example.jp/1", "2026-11-27T06:00:00.000Z", "ja", {}});
}

TEST_CASE("publishers: an Indian daily whose zone is IST") {
  check(read("https://daily.example.in/rss",
             "<rss version=\"2.0\"><channel><language>en-in</language><item><title>Rupee slips</title>"
             "<link>https://daily.example.in/1.cms</link><guid>https://daily.example.in/1.cms</guid>"
             "<pubDate>Fri, 27 Nov 2026 20:00:00 IST</pubDate></item></channel></rss>"),
        {"https://daily.example.in/1.cms",
         "Rupee slips",
         "",
         "https://daily.example.in/1.cms",
         "2026-11-27T14:30:00.000Z",
         "en",
         {}});
}

TEST_CASE("publishers: an aggregator that names the source and links through itself") {
  check(read("https://aggregator.example/rss/search",
             R"(<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<language>en-US</language><item><title>Bank fails - Plain Times</title><link>https://aggregator.example/rss/articles/CBMi?oc=5</link>
<guid isPermaLink="false">CBMi</guid><pubDate>Fri, 27 Nov 2026 07:00:00 GMT</pubDate>
<description>&lt;a href="https://aggregator.example/x" target="_blank"&gt;Bank fails&lt;/a&gt;&amp;nbsp;&amp;nbsp;&lt;font color="#6f6f6f"&gt;Plain Times&lt;/font&gt;</description>
<source url="https://times.example">Plain Times</source></item></channel></rss>)"),
        {"CBMi",
         "Bank fails - Plain Times",
         "Bank fails Plain Times",
         "https://aggregator.example/rss/articles/CBMi?oc=5",
         "2026-11-27T07:00:00.000Z",
         "en",
         {}});
}

TEST_CASE("publishers: a feed proxy that keeps the original link and rewrites the default namespace") {
  check(read("https://proxy.example/fund", R"(<rss xmlns="http://backend.userland.com/rss2" version="2.0"
 xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"><channel><item><title>Fund closes</title>
<link>https://proxy.example/~r/fund/~3/abc/</link><guid isPermaLink="false">f-1</guid><pubDate>27 Nov 2026 07:00:00 Z</pubDate>
<feedburner:origLink>https://fund.example/closes</feedburner:origLink></item></channel></rss>)"),
        {"f-1", "Fund closes", "", "https://fund.example/closes", "2026-11-27T07:00:00.000Z", "", {}});
}

TEST_CASE("publishers: a ministry's Atom 0.3") {
  check(read("https://ministry.example/atom",
             R"(<feed version="0.3" xmlns="http://purl.org/atom/ns#" xml:lang="de"><entry>
<title mode="escaped" type="text/html">Haushalt &amp;amp; Steuern</title><link rel="alternate" type="text/html" href="https://ministry.example/1"/>
<id>tag:1</id><issued>2026-11-27T09:00:00+01:00</issued><modified>2026-11-27T09:10:00+01:00</modified>
<summary type="text/plain">Entwurf &lt; 3 %</summary></entry></feed>)"),
        {"tag:1",
         "Haushalt & Steuern",
         "Entwurf < 3 %",
         "https://ministry.example/1",
         "2026-11-27T08:00:00.000Z",
         "de",
         {}});
}

TEST_CASE("publishers: a SharePoint list with a private namespace on the item and a local date") {
  check(read("https://intranet.example/listfeed.aspx",
             R"(<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>
<title>News</title><item xmlns="http://schemas.example/list"><title>Board statement</title><link>https://intranet.example/1</link>
<description>&lt;div&gt;&lt;b&gt;Body:&lt;/b&gt; Losses&lt;/div&gt;</description><pubDate>Fri, 27 Nov 2026 07:00:00 GMT</pubDate>
<guid isPermaLink="true">https://intranet.example/1</guid></item></channel></rss>)"),
        {"https://intranet.example/1",
         "Board statement",
         "Body: Losses",
         "https://intranet.example/1",
         "2026-11-27T07:00:00.000Z",
         "",
         {}});
}

TEST_CASE("publishers: a page generator with entities of its own DTD") {
  check(read("https://old.example/rss.xml", R"(<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN"
 "http://my.netscape.com/publish/formats/rss-0.91.dtd" [<!ENTITY firm "Kesmar Bancorp">]>
<rss version="0.91"><channel><language>en</language><item><title>&firm; cuts&nbsp;jobs</title><link>https://old.example/1.html</link>
<description>It&rsquo;s official</description></item></channel></rss>)",
             {{"Last-Modified", "Fri, 27 Nov 2026 07:00:00 GMT"}}),
        {"",
         "Kesmar Bancorp cuts jobs",
         "It’s official",
         "https://old.example/1.html",
         "2026-11-27T07:00:00.000Z",
         "en",
         {}});
}

TEST_CASE("publishers: a video channel with Media RSS in groups") {
  check(read("https://video.example/feeds?channel=1", R"(<feed xmlns:yt="http://www.youtube.com/xml/schemas/2015"
 xmlns:media="http://search.yahoo.com/mrss/" xmlns="http://www.w3.org/2005/Atom"><entry><id>yt:video:1</id><yt:videoId>1</yt:videoId>
<title>Press conference</title><link rel="alternate" href="https://video.example/watch?v=1"/>
<published>2026-11-27T07:00:00+00:00</published><media:group><media:title>Other</media:title>
<media:description>Rates kept</media:description></media:group></entry></feed>)"),
        {"yt:video:1",
         "Press conference",
         "Rates kept",
         "https://video.example/watch?v=1",
         "2026-11-27T07:00:00.000Z",
         "",
         {}});
}

TEST_CASE("publishers: a company site that renews guid and link at each request") {
  FeedOptions options;
  options.name = "desk";
  options.url = "https://company.example/rss";
  FeedState state(options, {}, "");
  std::map<std::string, int> seen;
  for (int poll = 0; poll < 10; ++poll) {
    std::string items;
    for (int i = 0; i < 3; ++i) {
      const std::string token = std::to_string(poll * 7919 + i);
      items += "<item><title>Notice " + std::to_string(i) +
               "</title><link>https://company.example/n;jsessionid=" + token + "</link><guid>" + token +
               "</guid><pubDate>Fri, 27 Nov 2026 0" + std::to_string(i) + ":00:00 GMT</pubDate></item>";
    }
    FeedResponse response;
    response.status = 200;
    response.body = "<rss version=\"2.0\"><channel>" + items + "</channel></rss>";
    for (const Document& document : state.on_response(response, kNow + std::chrono::minutes(poll), 0).items) {
      ++seen[document.id];
    }
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("publishers: a Thai exchange with Buddhist years and Thai digits") {
  check(read("https://set.example.co.th/rss",
             "<rss version=\"2.0\"><channel><language>th</language><item><title>ข่าว</title>"
             "<link>https://set.example.co.th/1</link><guid>1</guid><pubDate>๒๗ พ.ย. ๒๕๖๙ 14:00:00 "
             "+0700</pubDate></item></channel></rss>"),
        {"1", "ข่าว", "", "https://set.example.co.th/1", "2026-11-27T07:00:00.000Z", "th", {}});
}

namespace {

namespace json = boost::json;

/// A line's feed in the bytes of its encoding; UTF-8 if it names none.
std::string bytes_of(const json::object& line) {
  const std::string text(line.at("feed").as_string());
  const auto* encoding = line.if_contains("encoding");
  if (encoding == nullptr) return text;
  const auto wide = icu::UnicodeString::fromUTF8(text);
  std::string bytes(text.size(), '\0');
  const auto length = wide.extract(0, wide.length(), bytes.data(), static_cast<std::uint32_t>(bytes.size()),
                                   encoding->as_string().c_str());
  bytes.resize(static_cast<std::size_t>(length));
  return bytes;
}

void check_line(const json::object& line) {
  FeedHeaders headers;
  if (const auto* type = line.if_contains("content_type")) {
    headers.emplace_back("Content-Type", std::string(type->as_string()));
  }
  const auto documents = read(std::string(line.at("url").as_string()), bytes_of(line), std::move(headers));
  const json::array& expect = line.at("expect").as_array();
  REQUIRE(documents.size() == expect.size());
  for (std::size_t i = 0; i < expect.size(); ++i) {
    const json::object& wanted = expect[i].as_object();
    const auto text = [&](const char* name) { return std::string(wanted.at(name).as_string()); };
    std::vector<std::string> entities = documents[i].entities;
    if (const auto* named = wanted.if_contains("entities")) {
      entities.clear();
      for (const auto& entity : named->as_array()) entities.emplace_back(entity.as_string());
    }
    check({documents[i]}, {wanted.contains("id") ? text("id") : "", text("title"), text("body"), text("url"),
                           text("published"), text("language"), entities});
  }
}

}  // namespace

TEST_CASE("publishers: every shape of publishers.ndjson") {
  std::ifstream file(TAPEWATCH_SOURCE_DIR "/tests/ingest/feed/publishers.ndjson");
  std::size_t lines = 0;
  for (std::string text; std::getline(file, text); ++lines) {
    const json::value line = json::parse(text);
    INFO(line.at("publisher").as_string());
    check_line(line.as_object());
  }
  CHECK(lines > 25);
}
