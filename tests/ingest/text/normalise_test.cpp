#include "ingest/text/normalise.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using namespace std::chrono_literals;

Document raw(std::string title, std::string body) {
  Document document;
  document.title = std::move(title);
  document.body = std::move(body);
  document.received_at = TimePoint{1000ms};
  document.published_at = TimePoint{900ms};
  return document;
}

TEST_CASE("a document becomes plain text") {
  const auto document = normalise(raw(" <b>AT&amp;T</b>\n falls\xFF", "<p>One</p><p>Two &lt;3</p>"), DocumentLimits{},
                                  {Markup::html, Markup::html});
  REQUIRE(document.has_value());
  CHECK(document->title == "AT&T falls\uFFFD");
  CHECK(document->body == "One\n\nTwo <3");
  CHECK_FALSE(document->published_clamped);
}

TEST_CASE("a time in the future is clamped and flagged") {
  Document early = raw("x", "");
  early.published_at = early.received_at + 1ms;
  const auto document = normalise(early, DocumentLimits{});
  CHECK(document->published_at == early.received_at);
  CHECK(document->published_clamped);
}

TEST_CASE("a removal's time in the future is clamped too") {
  Document removal = raw("x", "");
  removal.action = Action::remove;
  removal.published_at = removal.received_at + 1ms;
  CHECK(normalise(removal, DocumentLimits{})->published_at == removal.received_at);
}

TEST_CASE("a time before 1970 is a mistake: clamped and flagged") {
  Document old = raw("x", "");
  old.published_at = TimePoint{-1ms};
  const auto document = normalise(old, DocumentLimits{});
  CHECK(document->published_at == old.received_at);
  CHECK(document->published_clamped);
  old.published_at = TimePoint{};
  CHECK_FALSE(normalise(old, DocumentLimits{})->published_clamped);
}

TEST_CASE("plain text loses nothing but real tags of its body") {
  const auto plain = [](const std::string& title, const std::string& body) {
    const auto document = normalise(raw(title, body), DocumentLimits{});
    return document->title + "|" + document->body;
  };
  CHECK(plain("if a<b and c>d then sell", "x<y and y>z") == "if a<b and c>d then sell|x<y and y>z");
  CHECK(plain("AT&amp;T <b>falls</b>", "AT&amp;T") == "AT&T <b>falls</b>|AT&amp;T");  // titles come from pages
  CHECK(plain("t", "<p>One &amp; <a href=\"https://x/?a>b\">two</a></p> while a<b and c>d") ==
        "t|One & two\nwhile a<b and c>d");
  CHECK(plain("t", "<script async src='x'>var a;</script>Text<br/>more <ACME> and <i>less</i>") ==
        "t|Text\nmore <ACME> and less");
  CHECK(plain("t", "5 < 6, <3, a<i, <i and <>, </>") == "t|5 < 6, <3, a<i, <i and <>, </>");
}

TEST_CASE("a text that is blank, or nothing but markup, is rejected") {
  CHECK(normalise(raw("", ""), DocumentLimits{}).error() == Rejection{"/title", "no text"});
  CHECK(normalise(raw("<p>&nbsp;</p>", " \n"), DocumentLimits{}, {Markup::html, Markup::html}).error() ==
        Rejection{"/title", "no text"});
}

TEST_CASE("a blank title takes the body's first line") {
  const auto document = normalise(raw(" ", "First line<br>second"), DocumentLimits{});
  CHECK(document->title == "First line");
  CHECK(document->body == "second");
  const auto single = normalise(raw("", "Only line"), DocumentLimits{});
  CHECK(single->title == "Only line");
  CHECK(single->body.empty());
  DocumentLimits narrow;
  narrow.max_title_bytes = 6;
  const auto cut = normalise(raw("", "ééééé"), narrow);
  CHECK(cut->title == "ééé");
  CHECK(cut->body == "ééééé");
}

TEST_CASE("a headline of a megabyte is rejected with its size") {
  const auto rejected = normalise(raw(std::string(1'000'000, 'x'), ""), DocumentLimits{});
  CHECK(rejected.error() == Rejection{"/title", "1000000 bytes, at most 16384"});
}

}  // namespace
}  // namespace tapewatch::ingest
