// A feed's response, from its bytes to normalised documents. The first line is its Content-Type.
#include "config/notation/utf8.hpp"
#include "ingest/date/news_date.hpp"
#include "ingest/feed/parse/feed_parser.hpp"
#include "ingest/text/normalise.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text(data, size);
  const std::size_t line = std::min(input.find('\n'), input.size());
  const std::string_view body = input.substr(std::min(line + 1, input.size()));
  const ingest::TimePoint now{std::chrono::milliseconds(1'772'000'000'000)};
  ingest::FeedWarnings warnings;
  const auto feed = ingest::parse_feed(body, input.substr(0, line), {"https://example.com/feed.xml", 100}, warnings);
  if (!feed) return 0;
  fuzz::require(feed->items.size() <= 100, "at most max_items");
  for (const auto& item : feed->items) {
    for (const auto* text : {&item.id, &item.link, &item.title, &item.body, &item.date}) {
      fuzz::require(notation::is_utf8(*text), "a feed's texts are UTF-8");
    }
    ingest::parse_news_date(item.date, feed->language, now);
    ingest::Document document;
    document.title = item.title;
    document.body = item.body;
    document.received_at = document.published_at = now;
    const auto normalised = ingest::normalise(std::move(document), {}, {ingest::Markup::html, ingest::Markup::html});
    if (normalised) fuzz::require(notation::is_utf8(normalised->title + normalised->body), "so are documents'");
  }
  return 0;
}
