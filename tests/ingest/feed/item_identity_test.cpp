#include "ingest/feed/item_identity.hpp"

#include <set>

#include "ingest/document/content_hash.hpp"
#include "ingest/feed/feed_state.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;
using namespace std::chrono_literals;

namespace {

const TimePoint kStart = std::chrono::sys_days(std::chrono::year(2026) / 3 / 5) + 14h;

FeedState feed_of(std::string_view saved = "") {
  FeedOptions options;
  options.name = "desk";
  options.url = "https://wire.example/feed.xml";
  return FeedState(std::move(options), {}, saved);
}

/// What every poll made of its answer.
class Polls {
 public:
  FeedOutcome poll(const std::string& items, const std::string& format = "rss") {
    FeedResponse response;
    response.status = 200;
    response.body = format == "atom" ? "<feed xmlns=\"http://www.w3.org/2005/Atom\">" + items + "</feed>"
                                     : "<rss version=\"2.0\"><channel>" + items + "</channel></rss>";
    FeedOutcome outcome = state_.on_response(response, kStart + 60s * polls_++, 0);
    for (const Document& document : outcome.items) ids_.insert(document.id);
    arrivals_ += outcome.items.size();
    if (outcome.state) saved_ = *outcome.state;
    return outcome;
  }
  void restart() { state_ = std::make_unique<FeedState>(feed_of(saved_)); }
  std::size_t documents() const { return ids_.size(); }  ///< different ids
  std::size_t arrivals() const { return arrivals_; }     ///< documents and revisions

 private:
  struct State {
    std::unique_ptr<FeedState> state = std::make_unique<FeedState>(feed_of());
    FeedOutcome on_response(const FeedResponse& response, TimePoint now, double jitter) const {
      return state->on_response(response, now, jitter);
    }
    State& operator=(std::unique_ptr<FeedState> next) {
      state = std::move(next);
      return *this;
    }
  };
  State state_;
  int polls_ = 0;
  std::string saved_;
  std::set<std::string> ids_;
  std::size_t arrivals_ = 0;
};

std::string item(const std::string& title, const std::string& link, const std::string& guid = "",
                 const std::string& date = "Thu, 05 Mar 2026 09:00:00 GMT", const std::string& body = "") {
  return "<item><title>" + title + "</title>" + (link.empty() ? "" : "<link>" + link + "</link>") +
         (guid.empty() ? "" : "<guid>" + guid + "</guid>") + (date.empty() ? "" : "<pubDate>" + date + "</pubDate>") +
         (body.empty() ? "" : "<description>" + body + "</description>") + "</item>";
}

bool warned(const FeedOutcome& outcome, std::string_view words) {
  return std::any_of(outcome.warnings.begin(), outcome.warnings.end(), [&](const FeedWarning& warning) {
    return warning.kind == "id" && warning.detail.find(words) != std::string::npos;
  });
}

const std::string kPage = "https://regulator.example/decisions";

}  // namespace

TEST_CASE("item identity: one page linked by every item does not make them one document") {
  const auto [a, b, guid] = GENERATE_COPY(table<std::string, std::string, std::string>({
      {kPage, kPage, ""},
      {kPage + "#first", kPage + "#second", ""},
      {kPage + "#!/12", kPage + "#!/13", ""},
      {kPage + "?utm_source=rss&amp;utm_content=1", kPage + "?utm_source=rss&amp;utm_content=2", ""},
      {kPage, kPage + "/", ""},
      {"http://regulator.example/decisions", kPage, ""},
      {kPage, kPage, kPage},
      {"", "", "decisions"},
  }));
  CAPTURE(a, b, guid);
  Polls polls;
  const auto outcome = polls.poll(item("Lender A fined", a, guid) + item("Lender B shut", b, guid));
  CHECK(outcome.items.size() == 2);
  CHECK(polls.documents() == 2);
  const bool page_shared = a.find("#") == std::string::npos || !guid.empty();
  if (page_shared) CHECK(warned(outcome, "not unique"));
  CHECK(outcome.item_identity == (a.empty() ? "title and date" : "link and title"));
  // Later ones, before and after a restart, are arrivals; the listed ones are known.
  CHECK(polls.poll(item("Lender C probed", a, guid) + item("Lender A fined", a, guid)).items.size() == 1);
  polls.restart();
  CHECK(polls.poll(item("Lender D sold", b, guid) + item("Lender C probed", a, guid)).items.size() == 1);
  CHECK(polls.documents() == 4);
  CHECK(polls.arrivals() == 4);
}

TEST_CASE("item identity: a text that follows another on one page is a document of its own") {
  Polls polls;
  for (int i = 0; i < 5; ++i) polls.poll(item("Decision " + std::to_string(i), kPage));
  CHECK(polls.documents() == 5);
}

TEST_CASE("item identity: one title and link with different texts, in one answer or on another day") {
  Polls polls;
  const std::string monday = item("Market brief", kPage, "", "Mon, 02 Mar 2026 08:00:00 GMT", "Shares rose");
  const std::string tuesday = item("Market brief", kPage, "", "Tue, 03 Mar 2026 08:00:00 GMT", "Shares fell");
  CHECK(polls.poll(tuesday + monday).items.size() == 2);
  CHECK(polls.poll(item("Market brief", kPage, "", "Wed, 04 Mar 2026 08:00:00 GMT", "Shares slept") + tuesday)
            .items.size() == 1);
  CHECK(polls.documents() == 3);
  // An edit of the same day is a revision, and a repeated item is one.
  CHECK(
      polls.poll(item("Market brief", kPage, "", "Wed, 04 Mar 2026 09:00:00 GMT", "Shares slept late")).items.size() ==
      1);
  CHECK(polls.documents() == 3);
  // A publisher that dates its items anew each day tells nothing new.
  Polls dated;
  dated.poll(item("Imprint", kPage, "", "Mon, 02 Mar 2026 08:00:00 GMT", "Who we are"));
  CHECK(dated.poll(item("Imprint", kPage, "", "Tue, 03 Mar 2026 08:00:00 GMT", "Who we are")).items.empty());
  Polls twice;
  CHECK(twice.poll(monday + monday).items.size() == 1);
}

TEST_CASE("item identity: the publisher's guid decides where it is one") {
  Polls polls;
  const auto first = polls.poll(item("Lender A fined", kPage, "n-1") + item("Lender B shut", kPage, "n-2"));
  CHECK(first.item_identity == "guid");
  CHECK(first.warnings.empty());
  const auto edited = polls.poll(item("Lender A fined 4 mln", kPage, "n-1") + item("Lender B shut", kPage, "n-2"));
  REQUIRE(edited.items.size() == 1);
  CHECK(edited.items[0].id == "n-1");
  CHECK(polls.documents() == 2);
  // Atom lists versions of an entry under one id (RFC 4287, 4.1.1).
  Polls atom;
  const std::string entry = "<entry><id>urn:n:1</id><title>Lender A fined</title><updated>2026-03-0";
  CHECK(atom.poll(entry + "5T09:00:00Z</updated><summary>new</summary></entry>" + entry +
                      "4T09:00:00Z</updated><summary>old</summary></entry>",
                  "atom")
            .items.size() == 1);
}

TEST_CASE("item identity: ids that change at each poll are seen and bridged by title and date") {
  const bool restarts = GENERATE(false, true);
  Polls polls;
  FeedOutcome outcome;
  for (int poll = 0; poll < 26; ++poll) {
    std::string items;
    for (int i = 0; i < 3; ++i) {
      const std::string session = std::to_string(poll * 3 + i);
      items += item("Story " + std::to_string(i), "https://wire.example/s/" + session + "/x", "s-" + session,
                    "Thu, 05 Mar 2026 0" + std::to_string(i) + ":00:00 GMT");
    }
    outcome = polls.poll(items);
    if (restarts) polls.restart();
  }
  CHECK(polls.documents() == 3);
  CHECK(polls.arrivals() == 3);
  CHECK(outcome.item_identity == "title and date");
  CHECK(warned(outcome, "change at each poll"));
  CHECK(polls.poll(item("Story 3", "https://wire.example/s/900/x", "s-900")).items.size() == 1);
  CHECK(polls.poll(item("Story 3", "https://wire.example/s/901/x", "s-901")).items.empty());
}

TEST_CASE("item identity: stable ids with equal titles and dates are not bridged") {
  Polls polls;
  const std::string day = "2026-03-05";
  polls.poll(item("Director dealing", kPage + "/1", "1", day) + item("Results", kPage + "/2", "2", day));
  CHECK(polls.poll(item("Director dealing", kPage + "/3", "3", day) + item("Results", kPage + "/2", "2", day))
            .items.size() == 1);
  CHECK(polls.documents() == 3);
  Polls lone;
  lone.poll(item("Director dealing", kPage + "/1", "1", day));
  CHECK(lone.poll(item("Director dealing", kPage + "/3", "3", day)).items.size() == 1);
}

TEST_CASE("item identity: a state saved before titles counted keeps the ids of its items") {
  const std::string date = "Thu, 05 Mar 2026 09:00:00 GMT";
  const std::string trace = hash_hex(kPage + "\x1F" + "Lender A fined\x1F" + date + "\x1F").substr(0, 16);
  const std::string saved =
      R"({"format":1,"url":"https://wire.example/feed.xml","seen":[[")" + kPage + "\",\"0\",\"" + trace + "\"]]}";
  FeedState state = feed_of(saved);
  FeedResponse response;
  response.status = 200;
  response.body = "<rss version=\"2.0\"><channel>" + item("Lender A fined", kPage + "#a", "", date) +
                  item("Lender B shut", kPage + "#b", "", date) + "</channel></rss>";
  const auto outcome = state.on_response(response, kStart, 0);
  REQUIRE(outcome.items.size() == 2);  // the saved one with the text that it has now
  CHECK(outcome.items[0].id == kPage);
  CHECK(outcome.items[1].id.rfind(kPage + "#b#hash:", 0) == 0);
}

TEST_CASE("a feed whose items vanish or cannot be read is not heard, and is polled on as usual") {
  FeedState state = feed_of();
  FeedResponse response;
  response.status = 200;
  response.headers = {{"ETag", "\"1\""}};
  const auto answer = [&](const std::string& channel) {
    response.body = "<rss version=\"2.0\"><channel>" + channel + "</channel></rss>";
    return state.on_response(response, kStart, 0);
  };
  const auto empty = answer("<title>Nothing yet</title>");
  CHECK(empty.kind == FeedOutcome::Kind::silent);
  CHECK(empty.error_kind == "no_items");
  CHECK(empty.error == "RSS 2.0 without an item");
  CHECK(empty.next_poll == kStart + 60s);
  CHECK(answer("<item><guid>1</guid></item>").kind == FeedOutcome::Kind::silent);
  CHECK(answer(item("Story", kPage)).kind == FeedOutcome::Kind::read);
  const auto vanished = answer("<title>Template broken</title>");
  CHECK(vanished.kind == FeedOutcome::Kind::silent);
  CHECK(vanished.error.find("it listed items before") != std::string::npos);
  // The same bytes again are no more of a feed, and the next request asks for everything.
  CHECK(answer("<title>Template broken</title>").kind == FeedOutcome::Kind::silent);
  CHECK(header_value(state.next_request(kStart + 60s).headers, "If-None-Match").empty());
  CHECK(answer(item("Story", kPage)).items.empty());  // still known
}

TEST_CASE("a feed that only takes entries back is heard") {
  Polls polls;
  const auto outcome =
      polls.poll("<at:deleted-entry xmlns:at=\"http://purl.org/atompub/tombstones/1.0\" ref=\"urn:1\"/>", "atom");
  CHECK(outcome.kind == FeedOutcome::Kind::read);
  CHECK(outcome.items.size() == 1);
}

TEST_CASE("a 304 that was not asked for is a failure") {
  FeedState state = feed_of();
  FeedResponse unmodified;
  unmodified.status = GENERATE(304u, 204u);
  state.next_request(kStart);
  const auto outcome = state.on_response(unmodified, kStart, 0);
  CHECK(outcome.kind == FeedOutcome::Kind::failed);
  CHECK(outcome.error_kind == "not_modified");
  FeedResponse full;
  full.status = 200;
  full.headers = {{"ETag", "\"1\""}};
  full.body = "<rss version=\"2.0\"><channel>" + item("Story", kPage) + "</channel></rss>";
  CHECK(state.on_response(full, kStart + 60s, 0).kind == FeedOutcome::Kind::read);
  state.next_request(kStart + 120s);
  CHECK(state.on_response(unmodified, kStart + 120s, 0).kind == FeedOutcome::Kind::unchanged);
  state.next_request(kStart + 48h);  // the daily full read sends no validators
  CHECK(state.on_response(unmodified, kStart + 48h, 0).kind == FeedOutcome::Kind::failed);
}
