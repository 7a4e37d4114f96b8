// The cost of reading news on one core of this machine, before scoring: bench_ingest.
#include <fmt/format.h>
#include <malloc.h>

#include <cmath>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "ingest/entity/entity_finder.hpp"
#include "ingest/feed/parse/feed_parser.hpp"
#include "ingest/kafka/record_decoder.hpp"
#include "ingest/story/story_index.hpp"
#include "ingest/story/story_key.hpp"
#include "ingest/text/html_text.hpp"
#include "ingest/text/language.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace tapewatch::ingest;
using tapewatch::bench::seconds_per_call;

constexpr int kItems = 50;

void print(const char* what, double seconds, std::size_t items, std::size_t bytes) {
  fmt::print("{:<26} {:>9.0f} items/s  {:>7.1f} MB/s\n", what, static_cast<double>(items) / seconds,
             static_cast<double>(bytes) / seconds / 1e6);
}

std::string description(int i) {
  std::string text;
  for (int sentence = 0; sentence < 8; ++sentence) {
    text += fmt::format(
        "<p>Kesmar&nbsp;Bancorp&#8217;s chief said on <b>day {}</b> that profit fell short of forecasts "
        "by {}&nbsp;%, &amp; that <a href=\"https://news.example/{}\">more</a> follows.</p>",
        sentence, i, i);
  }
  return text;
}

std::string rss() {
  std::string feed = R"(<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Wire</title>)";
  for (int i = 0; i < kItems; ++i) {
    feed += fmt::format(
        "<item><title>Kesmar Bancorp cuts forecast {0}</title><link>https://news.example/{0}</link><guid>g-{0}</guid>"
        "<pubDate>Mon, 02 Mar 2026 09:{1:02}:00 GMT</pubDate><description><![CDATA[{2}]]></description></item>",
        i, i % 60, description(i));
  }
  return feed + "</channel></rss>";
}

Record record() {
  Record one;
  one.topic = "news.raw";
  one.payload =
      R"({"id":"1","source":"wire","title":"Kesmar Bancorp cuts forecast","published_at":"2026-03-02T09:00:00Z",)"
      R"("body":"The bank said that profit fell short of what was expected in every region it serves."})";
  return one;
}

void bench_feed() {
  const std::string body = rss();
  FeedContext context;
  const double seconds = seconds_per_call([&] {
    FeedWarnings warnings;
    if (!parse_feed(body, "application/rss+xml", context, warnings)) throw std::runtime_error("the feed is not read");
  });
  print("feed (RSS, 50 items)", seconds, kItems, body.size());
}

void bench_record() {
  const RecordDecoder decoder(KafkaOptions{}, DocumentLimits{});
  const Record one = record();
  const double seconds = seconds_per_call([&] {
    if (!decoder.decode(one, TimePoint{}).at(0)) throw std::runtime_error("the record is not decoded");
  });
  print("Kafka record (JSON)", seconds, 1, one.payload.size());
}

void bench_text() {
  const std::string html = description(7);
  print("HTML to text", seconds_per_call([&] { html_to_text(html); }), 1, html.size());
  const std::string text = html_to_text(html);
  const std::string english[] = {"en"};
  print("language", seconds_per_call([&] { foreign_language(text, english); }), 1, text.size());
  const std::string title = "UPDATE 2-Kesmar Bancorp cuts forecast as loan losses rise - Plain Bourse";
  print("story key", seconds_per_call([&] { story_key(title); }), 1, title.size());
  print("story signature", seconds_per_call([&] { story_signature(title); }), 1, title.size());
}

/// A watch list of `size` companies over a text that names two of them.
void bench_entities(std::size_t size) {
  std::vector<WatchedEntity> companies(size);
  for (std::size_t i = 0; i < size; ++i) {
    companies[i].id = fmt::format("c{}", i);
    companies[i].name = fmt::format("Company {} Holdings", i);
  }
  const EntityFinder finder(companies);
  const std::string text = "Company 3 Holdings sues Company 7 Holdings over patents, the court said on Monday";
  const double seconds = seconds_per_call([&] {
    if (finder.find_all(text, {}).size() != 2) throw std::runtime_error("two companies are expected");
  });
  print(fmt::format("watch list of {}", size).c_str(), seconds, 1, text.size());
}

/// A number as a word.
std::string letters(int number) {
  std::string word;
  for (; word.size() < 3 || number > 0; number /= 26) word += static_cast<char>('a' + number % 26);
  return word;
}

/// Titles of a thousand companies in words of which some are much more common than others, as in news.
std::string invented_title(std::mt19937& random) {
  std::exponential_distribution<double> rank(1.0);
  std::string title = "Kes" + letters(static_cast<int>(rank(random) * 300));
  for (int word = 0; word < 8; ++word) title += " w" + letters(static_cast<int>(std::exp(2 * rank(random))));
  return title;
}

void bench_stories() {
  constexpr int kStories = 100'000;
  std::mt19937 random(1);
  const std::size_t before = mallinfo2().uordblks;
  StoryIndex index{StoryOptions{}};
  for (int i = 0; i < kStories; ++i) {
    index.add({i + 1, TimePoint(std::chrono::seconds(i)), story_signature(invented_title(random))});
  }
  const std::size_t bytes = mallinfo2().uordblks - before;
  std::vector<StorySignature> told;
  for (int i = 0; i < 1000; ++i) told.push_back(story_signature(invented_title(random)));
  std::size_t next = 0, found = 0;
  const double seconds = seconds_per_call([&] {
    const auto& signature = told[next++ % told.size()];
    found += index.best(signature, TimePoint(std::chrono::seconds(kStories)), std::chrono::hours(72)).has_value();
  });
  print("story among 100,000", seconds, 1, sizeof(StorySignature));
  fmt::print("{:<26} {:>9} bytes a story\n", "", bytes / kStories);
  if (found == next) throw std::runtime_error("every title is the same story");
}

}  // namespace

int main() {
  bench_feed();
  bench_record();
  bench_text();
  bench_stories();
  for (const std::size_t size : {20, 2000, 50000}) bench_entities(size);
}
