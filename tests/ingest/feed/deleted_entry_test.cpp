// RFC 6721: entries that an Atom feed takes back.
#include "tests/ingest/feed/feed_answers.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;
using namespace tapewatch::ingest::test;
using namespace std::chrono_literals;

namespace {

std::string entry(const std::string& id, const std::string& title) {
  return "<entry><id>" + id + "</id><title>" + title + "</title><link href=\"https://example.com/" + title +
         "\"/><updated>2024-03-05T13:00:00Z</updated></entry>";
}

std::string deleted(const std::string& id) {
  return "<at:deleted-entry ref=\"" + id + "\" when=\"2024-03-05T13:30:00Z\"/>";
}

FeedOutcome poll(FeedState& state, const std::string& entries, TimePoint at) {
  FeedResponse response = content(
      "<feed xmlns=\"http://www.w3.org/2005/Atom\" "
      "xmlns:at=\"http://purl.org/atompub/tombstones/1.0\"><title>t</title>" +
      entries + "</feed>");
  response.received_at = at;
  return state.on_response(response, at, 0.5);
}

std::vector<std::pair<std::string, Action>> told(const FeedOutcome& outcome) {
  std::vector<std::pair<std::string, Action>> items;
  for (const Document& document : outcome.items) items.emplace_back(document.id, document.action);
  return items;
}

using Told = std::vector<std::pair<std::string, Action>>;

}  // namespace

TEST_CASE("an entry that the feed takes back is told once, also over a restart") {
  FeedState state(options(), {}, "");
  CHECK(told(poll(state, entry("urn:1", "one") + entry("urn:2", "two"), kStart)).size() == 2);
  const auto outcome = poll(state, entry("urn:2", "two") + deleted("urn:1"), kStart + 1h);
  CHECK(told(outcome) == Told{{"urn:1", Action::remove}});
  CHECK(outcome.items[0].source == "fed");
  CHECK(told(poll(state, entry("urn:2", "two") + deleted("urn:1"), kStart + 2h)).empty());
  FeedState again(options(), {}, *outcome.state);
  CHECK(told(poll(again, entry("urn:2", "two") + deleted("urn:1"), kStart + 3h)).empty());
}

TEST_CASE("an entry that is no longer listed, or that is listed again, was not taken back") {
  FeedState state(options(), {}, "");
  poll(state, entry("urn:1", "one") + entry("urn:2", "two"), kStart);
  CHECK(told(poll(state, entry("urn:2", "two"), kStart + 1h)).empty());
  CHECK(told(poll(state, entry("urn:2", "two") + deleted("urn:2"), kStart + 2h)).empty());
}

TEST_CASE("an entry is taken back that was never listed here") {
  FeedState state(options(), {}, "");
  CHECK(told(poll(state, entry("urn:2", "two") + deleted("urn:9"), kStart)) ==
        Told{{"urn:2", Action::none}, {"urn:9", Action::remove}});
}
