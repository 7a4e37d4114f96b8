#include "daemon/commands/feed.hpp"

#include <boost/json.hpp>
#include <sstream>

#include "tests/model/files.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;
using Catch::Matchers::Contains;

constexpr const char* kItems =
    "<?xml version='1.0'?><rss version='2.0'><channel><title>Desk</title><language>en-GB</language>"
    "<item><guid>b</guid><title>Orvane &amp; Co lifts its outlook</title><description>&lt;p&gt;More &lt;b&gt;detail"
    "&lt;/b&gt;.&lt;/p&gt;</description><link>/b.html</link><pubDate>Fri, 27 Nov 2026 14:05:06 GMT</pubDate>"
    "<category domain='stock'>ORVN</category></item>"
    "<item><guid>a</guid><title>Harbour dues rise</title><pubDate>Fri, 27 Nov 2026 13:00:00 GMT</pubDate></item>"
    "<item><guid>c</guid><title> </title></item></channel></rss>";

struct Ran {
  int status = 0;
  std::vector<json::object> documents;
  std::string errors;
};

Ran run(const FeedCommandOptions& options, const std::string& input = "") {
  Ran ran;
  std::istringstream in(input);
  std::ostringstream out, err;
  ran.status = run_feed(options, in, out, err);
  ran.errors = err.str();
  std::istringstream lines(out.str());
  for (std::string line; std::getline(lines, line);) ran.documents.push_back(json::parse(line).as_object());
  return ran;
}

std::string write(const model::test::ScratchFolder& folder, const std::string& name, const std::string& bytes) {
  model::test::write_file(folder.path() / name, bytes);
  return (folder.path() / name).string();
}

TEST_CASE("feed command: a file's documents as they would be stored, what is refused beside them") {
  const model::test::ScratchFolder folder;
  FeedCommandOptions options;
  options.target = write(folder, "desk.xml", kItems);
  options.base_url = "https://desk.example/feed.xml";
  options.watchlist = write(folder, "list.csv", "id,name,ticker,mic\norvane,Orvane & Co,ORVN,XLON\n");
  const Ran ran = run(options);
  CHECK(ran.status == 0);
  REQUIRE(ran.documents.size() == 2);
  CHECK(json::serialize(ran.documents[1]) ==
        R"({"id":"b","source":"desk","title":"Orvane & Co lifts its outlook","body":"More detail.",)"
        R"("url":"https://desk.example/b.html","published_at":"2026-11-27T14:05:06.000Z","language":"en",)"
        R"("entities":["orvane"]})");
  CHECK(ran.documents[0].at("id") == "a");  // the oldest first, as the daemon stores them
  CHECK(ran.documents[0].at("entities").as_array().empty());
  CHECK_THAT(ran.errors, Contains("tapewatch feed: refused: item c: /title: no text"));
}

TEST_CASE("feed command: what a publisher says beside the text") {
  FeedCommandOptions options;
  options.target = "-";
  const Ran ran =
      run(options,
          "<rss><channel><item><guid>1</guid><title>t</title><source url='https://wire.example/'>Wire</source>"
          "<prn:subject>ERN</prn:subject><prn:subject>DIV</prn:subject></item></channel></rss>");
  REQUIRE(ran.documents.size() == 1);
  CHECK(json::serialize(ran.documents[0].at("meta")) ==
        R"({"origin":["Wire"],"origin_url":["https://wire.example/"],"subject":["DIV","ERN"]})");
}

TEST_CASE("feed command: standard input, a source, a charset of the sender") {
  FeedCommandOptions options;
  options.target = "-";
  options.source = "wire";
  options.content_type = "text/xml; charset=windows-1252";
  const Ran ran =
      run(options, "<rss><channel><item><guid>1</guid><title>Zinss\xE4tze bei 5 \x80</title></item></channel></rss>");
  CHECK(ran.status == 0);
  REQUIRE(ran.documents.size() == 1);
  CHECK(ran.documents[0].at("source") == "wire");
  CHECK(ran.documents[0].at("title") == "Zinssätze bei 5 €");
  CHECK_THAT(ran.errors, Contains("warning: "));  // no date
}

TEST_CASE("feed command: a language that the model does not read shows as it would be stored") {
  FeedCommandOptions options;
  options.target = "-";
  const Ran ran = run(options,
                      "<rss><channel><item><guid>1</guid><title>Die Zentralbank senkt den Leitzins und die Börsen "
                      "steigen nach der Entscheidung deutlich</title></item></channel></rss>");
  REQUIRE(ran.documents.size() == 1);
  CHECK(ran.documents[0].at("language") == "de");
}

TEST_CASE("feed command: polls are told one by one, the second sees the same bytes") {
  const model::test::ScratchFolder folder;
  FeedCommandOptions options;
  options.target = write(folder, "desk.xml", kItems);
  options.polls = 2;
  options.interval = std::chrono::milliseconds(1);
  const Ran ran = run(options);
  CHECK(ran.status == 0);
  CHECK(ran.documents.size() == 2);
  CHECK_THAT(ran.errors, Contains("poll 1: 200: 2 documents, 1 refused\n"));
  CHECK_THAT(ran.errors, Contains("poll 2: 200 unchanged\n"));
}

TEST_CASE("feed command: status 1 where nothing can be read, with the reason") {
  const model::test::ScratchFolder folder;
  FeedCommandOptions options;
  options.target = (folder.path() / "missing.xml").string();
  CHECK(run(options).status == 1);
  CHECK_THAT(run(options).errors, Contains("missing.xml: cannot be read: No such file"));
  options.target = "-";
  const Ran page = run(options, "<!doctype html><html><body>Welcome</body></html>");
  CHECK(page.status == 1);
  CHECK_THAT(page.errors, Contains("html: "));
  const Ran blank = run(options, "<rss><channel><item><guid>1</guid><title> </title></item></channel></rss>");
  CHECK(blank.status == 1);
  CHECK(blank.documents.empty());
  CHECK_FALSE(blank.errors.empty());
  options.target = "http://127.0.0.1:1/feed.xml";
  CHECK(run(options).status == 1);
  CHECK_THAT(run(options).errors, Contains("connect: 127.0.0.1"));
}

TEST_CASE("feed command: wrong usage is status 2") {
  const model::test::ScratchFolder folder;
  FeedCommandOptions options;
  options.target = "ftp://desk.example/feed.xml";
  CHECK(run(options).status == 2);
  options.target = "-";
  options.polls = 2;
  CHECK_THAT(run(options).errors, Contains("standard input can be read once"));
  options.polls = 1;
  options.watchlist = write(folder, "list.csv", "id,name\nx\n");
  const Ran ran = run(options, kItems);
  CHECK(ran.status == 2);
  CHECK_THAT(ran.errors, Contains("list.csv:2: "));
}

}  // namespace
}  // namespace tapewatch
