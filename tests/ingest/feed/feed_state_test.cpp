#include "ingest/feed/feed_state.hpp"

#include "tests/ingest/feed/feed_answers.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::ingest;
using namespace tapewatch::ingest::test;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> ids(const FeedOutcome& outcome) {
  std::vector<std::string> result;
  for (const Document& document : outcome.items) result.push_back(document.id);
  return result;
}

bool warned(const FeedOutcome& outcome, std::string_view kind) {
  return std::any_of(outcome.warnings.begin(), outcome.warnings.end(), [&](const auto& w) { return w.kind == kind; });
}

}  // namespace

TEST_CASE("feed state: a date without a time of day is that day, and a new item counts when it arrives on it") {
  const auto dated = GENERATE(as<std::string>{}, "5 Mar 2024", "Tue, 05 Mar 2024 00:00:00 GMT", "2024-03-05");
  CAPTURE(dated);
  FeedState state(options(), {}, "");
  const TimePoint day = kStart - 14h;
  const auto first = state.on_response(answer(item("a", "First", dated)), kStart, 0);
  REQUIRE(first.items.size() == 1);
  CHECK(first.items[0].published_at == day);  // it may have been there all day
  CHECK(warned(first, "date"));
  const auto next = state.on_response(answer(item("a", "First", dated) + item("b", "Second", dated)), kStart + 60s, 0);
  REQUIRE(next.items.size() == 1);
  CHECK(next.items[0].published_at == kStart + 60s);
  CHECK(next.items[0].published_from == PublishedFrom::source);
  const auto later = state.on_response(answer(item("c", "Third", dated)), kStart + 72h, 0);
  REQUIRE(later.items.size() == 1);
  CHECK(later.items[0].published_at == day + (dated.find("GMT") != std::string::npos ? 24h : 36h));
}

TEST_CASE("feed state: receipt times follow the response, polling follows the wall clock") {
  FeedState state(options(), {}, "");
  FeedResponse response = answer(item("a", "First") + item("b", "Second", "Tue, 05 Mar 2024 10:00:00 GMT"));
  response.received_at = kStart - 2h;  // a wall clock that is two hours ahead
  const auto outcome = state.on_response(response, kStart, 0);
  REQUIRE(outcome.items.size() == 2);
  CHECK(outcome.items[0].published_at == kStart - 4h);
  CHECK(outcome.items[1].published_at == kStart - 2h);
  CHECK(outcome.items[1].published_clamped);
  CHECK(outcome.items[1].received_at == kStart - 2h);
  CHECK(outcome.next_poll == kStart + 60s);
}

TEST_CASE("feed state: items become documents once, oldest first, again when their text changes") {
  FeedState state(options(), {}, "");
  const std::string two = item("b", "Second", "Tue, 05 Mar 2024 13:30:00 GMT") + item("a", "First");
  const auto first = state.on_response(answer(two), kStart, 0);
  CHECK(first.kind == FeedOutcome::Kind::read);
  CHECK(ids(first) == std::vector<std::string>{"a", "b"});
  CHECK(first.items[0].source == "fed");
  CHECK(first.items[0].title == "First");
  CHECK(first.items[0].url == "https://example.com/a");
  CHECK(first.items[0].published_at == kStart - 1h);
  CHECK(first.items[0].published_from == PublishedFrom::source);
  CHECK(first.items[0].received_at == kStart);
  REQUIRE(first.state);
  CHECK(first.next_poll == kStart + 60s);

  const auto same = state.on_response(answer(two), kStart + 60s, 0);
  CHECK(same.kind == FeedOutcome::Kind::unchanged);
  CHECK_FALSE(same.state);
  const auto reordered = state.on_response(answer(item("a", "First") + item("c", "Third")), kStart + 120s, 0);
  CHECK(ids(reordered) == std::vector<std::string>{"c"});
  const auto edited = state.on_response(answer(item("a", "First, corrected") + item("c", "Third")), kStart + 180s, 0);
  CHECK(ids(edited) == std::vector<std::string>{"a"});
  CHECK(edited.items[0].title == "First, corrected");
}

TEST_CASE("feed state: validators go out with the next request and survive a restart with the items' state") {
  FeedState state(options(), {}, "");
  CHECK(header(state.next_request(kStart), "If-None-Match").empty());
  const auto first = state.on_response(
      answer(item("a", "First"), {{"ETag", "W/\"1\""}, {"Last-Modified", "Tue, 05 Mar 2024 13:59:00 GMT"}}), kStart, 0);
  REQUIRE(first.state);
  CHECK(header(state.next_request(kStart + 60s), "If-None-Match") == "W/\"1\"");
  CHECK(header(state.next_request(kStart + 60s), "If-Modified-Since") == "Tue, 05 Mar 2024 13:59:00 GMT");

  FeedState restarted(options(), {}, *first.state);
  CHECK(header(restarted.next_request(kStart + 60s), "If-None-Match") == "W/\"1\"");
  const auto unchanged = restarted.on_response(status(304), kStart + 60s, 0);
  CHECK(unchanged.kind == FeedOutcome::Kind::unchanged);
  CHECK_FALSE(unchanged.state);
  CHECK(restarted.on_response(answer(item("a", "First") + item("b", "New")), kStart + 120s, 0).items.size() == 1);

  FeedState day_later(options(), {}, *first.state);
  CHECK(header(day_later.next_request(kStart + 25h), "If-None-Match").empty());  // a full read once a day

  FeedOptions moved = options();
  moved.url = "https://example.com/other.xml";
  FeedState reconfigured(moved, {}, *first.state);
  CHECK(header(reconfigured.next_request(kStart), "If-None-Match").empty());
  CHECK(reconfigured.on_response(answer(item("a", "First")), kStart, 0).items.empty());  // still known

  FeedState damaged(options(), {}, "{\"format\":1,\"seen\":[[1,2],\"x\"],\"etag\":7");
  CHECK(damaged.on_response(answer(item("a", "First")), kStart, 0).items.size() == 1);
}

TEST_CASE("feed state: an answer that was not read completely leaves no validators") {
  FeedState state(options(), {}, "");
  FeedResponse broken = answer(item("a", "First") + "<item><title>oops</b></title></item>", {{"ETag", "\"1\""}});
  const auto first = state.on_response(broken, kStart, 0);
  CHECK(ids(first) == std::vector<std::string>{"a"});
  CHECK(warned(first, "xml"));
  CHECK(header(state.next_request(kStart + 60s), "If-None-Match").empty());
  FeedResponse html = status(200);
  html.body = "<html></html>";
  html.headers = {{"ETag", "\"2\""}};
  const auto failed = state.on_response(html, kStart + 60s, 0);
  CHECK(failed.kind == FeedOutcome::Kind::failed);
  CHECK(failed.error_kind == "html");
  CHECK(header(state.next_request(kStart + 120s), "If-None-Match").empty());
}

TEST_CASE("feed state: failures back off, never end, and one success forgives them") {
  FeedState state(options(), {}, "");
  std::vector<std::int64_t> waits;
  for (int i = 0; i < 8; ++i) {
    const auto outcome = state.on_response(status(500), kStart, 0);
    CHECK(outcome.error_kind == "http_status");
    CHECK(outcome.error == "status 500");
    waits.push_back((outcome.next_poll - kStart) / 1s);
  }
  CHECK(waits == std::vector<std::int64_t>{60, 120, 240, 480, 960, 1800, 1800, 1800});
  for (int i = 0; i < 1000; ++i) state.on_failure("timeout", "no answer", kStart, 0.5);
  CHECK(state.on_failure("timeout", "no answer", kStart, 0).next_poll == kStart + 30min);
  CHECK(state.on_response(answer(item("a", "x")), kStart, 0).next_poll == kStart + 60s);
  CHECK(state.failures() == 0);
}

TEST_CASE("feed state: a permanent redirect is adopted after a stable week, and given up when it dies") {
  FeedState state(options(), {}, "");
  const std::string moved = "https://new.example.com/feed.xml";
  const auto redirected = [&](TimePoint at, const std::string& to, int n) {
    FeedResponse response = answer(item("i" + std::to_string(n), "Item"));
    response.permanent_redirect = to;
    return state.on_response(response, at, 0);
  };
  CHECK(redirected(kStart, moved, 1).notice.empty());
  CHECK(state.next_request(kStart).url == "https://example.com/feed.xml");
  redirected(kStart + 6 * 24h, "https://captive.portal/", 2);
  CHECK(redirected(kStart + 6 * 24h + 1h, moved, 3).notice.empty());
  const auto later = redirected(kStart + 12 * 24h, moved, 4);
  CHECK(later.notice.empty());  // the week started again
  FeedState restarted(options(), {}, *later.state);
  FeedResponse response = answer(item("z", "Item"));
  response.permanent_redirect = moved;
  const auto adopted = restarted.on_response(response, kStart + 14 * 24h, 0);
  CHECK(adopted.notice.find("new.example.com") != std::string::npos);
  CHECK(restarted.next_request(kStart).url == moved);

  restarted.on_failure("resolve", "no address", kStart, 0);
  restarted.on_failure("resolve", "no address", kStart, 0);
  CHECK(restarted.next_request(kStart).url == moved);
  CHECK(restarted.on_failure("resolve", "no address", kStart, 0).notice.find("back to the configured") !=
        std::string::npos);
  CHECK(restarted.next_request(kStart).url == "https://example.com/feed.xml");
}

TEST_CASE("feed state: configured headers go only to the configured origin") {
  FeedOptions with_key = options();
  with_key.headers = {{"X-Api-Key", "secret"}};
  with_key.user_agent = "Desk desk@example.com";
  with_key.adopt_redirect_after = 0s;
  FeedState state(with_key, {}, "");
  CHECK(header(state.next_request(kStart), "X-Api-Key") == "secret");
  CHECK(header(state.next_request(kStart), "User-Agent") == "Desk desk@example.com");
  FeedResponse response = answer(item("a", "x"));
  response.permanent_redirect = "https://other.example.org/feed.xml";
  state.on_response(response, kStart, 0);
  CHECK(state.next_request(kStart).url == "https://other.example.org/feed.xml");
  CHECK(header(state.next_request(kStart), "X-Api-Key").empty());

  FeedOptions in_url = options();
  in_url.url = "https://user:secret@example.com/feed.xml";
  in_url.adopt_redirect_after = 0s;
  FeedState stays(in_url, {}, "");
  stays.on_response(response, kStart, 0);
  CHECK(stays.next_request(kStart).url == in_url.url);
}

TEST_CASE("feed documents: ids are the guid, the link with the title, the hash, in that order") {
  FeedState state(options(), {}, "");
  const auto outcome =
      state.on_response(answer("<item><title>no guid</title><link>http://Example.com/x/?utm_source=rss</link></item>"
                               "<item><title>nothing</title><pubDate>Tue, 05 Mar 2024 13:00:00 GMT</pubDate></item>"
                               "<item><guid>  g 1\n</guid><title>guid</title></item>"),
                        kStart, 0);
  REQUIRE(outcome.items.size() == 3);
  std::map<std::string, std::string> by_title;
  for (const auto& document : outcome.items) by_title[document.title] = document.id;
  CHECK(by_title["no guid"].rfind("https://example.com/x#hash:", 0) == 0);
  CHECK(by_title["nothing"].rfind("hash:", 0) == 0);
  CHECK(by_title["guid"] == "g 1");
}

TEST_CASE("feed documents: guids that are shared or change are not trusted") {
  FeedState shared(options(), {}, "");
  const auto twins =
      shared.on_response(answer("<item><guid>home</guid><title>A</title><link>https://e.org/a</link></item>"
                                "<item><guid>home</guid><title>B</title><link>https://e.org/b</link></item>"),
                         kStart, 0);
  REQUIRE(ids(twins).size() == 2);
  CHECK(ids(twins)[0].rfind("https://e.org/a#", 0) == 0);
  CHECK(ids(twins)[1].rfind("https://e.org/b#", 0) == 0);
  CHECK(warned(twins, "id"));
  FeedState later(options(), {}, *twins.state);  // remembered: only one of them keeps its id
  CHECK(
      later.on_response(answer("<item><guid>home</guid><title>A</title><link>https://e.org/a</link></item>"), kStart, 0)
          .items.empty());

  FeedState changing(options(), {}, "");
  const auto with_guid = [](const std::string& guid) {
    return answer("<item><guid isPermaLink=\"false\">" + guid +
                  "</guid><title>Same</title><link>https://e.org/s</link>"
                  "<pubDate>Tue, 05 Mar 2024 13:00:00 GMT</pubDate></item>");
  };
  CHECK(ids(changing.on_response(with_guid("session-1"), kStart, 0)) == std::vector<std::string>{"session-1"});
  const auto again = changing.on_response(with_guid("session-2"), kStart + 60s, 0);
  CHECK(again.items.empty());
  CHECK(warned(again, "id"));
  CHECK(changing.on_response(with_guid("session-3"), kStart + 120s, 0).items.empty());

  FeedState twice(options(), {}, "");
  CHECK(twice.on_response(answer(item("a", "x") + item("a", "x")), kStart, 0).items.size() == 1);
}

TEST_CASE("feed documents: dates that are missing, odd or in the future") {
  FeedState state(options(), {}, "");
  const auto outcome = state.on_response(
      answer("<item><guid>1</guid><title>future</title><pubDate>Wed, 06 Mar 2024 14:00:00 GMT</pubDate></item>"
             "<item><guid>2</guid><title>unreadable</title><pubDate>whenever</pubDate></item>"
             "<item><guid>3</guid><title>local</title><pubDate>5 mars 2024 13:00</pubDate></item>",
             {{"Last-Modified", "Tue, 05 Mar 2024 12:00:00 GMT"}}),
      kStart, 0);
  REQUIRE(outcome.items.size() == 3);
  for (const auto& document : outcome.items) {
    if (document.title == "future") {
      CHECK(document.published_at == kStart);
      CHECK(document.published_clamped);
    } else if (document.title == "unreadable") {
      CHECK(document.published_at == kStart - 2h);
      CHECK(document.published_from == PublishedFrom::record);
    } else {
      CHECK(document.published_at == kStart - 1h);
    }
  }
  CHECK(warned(outcome, "date"));
  FeedState bare(options(), {}, "");
  const auto undated = bare.on_response(answer("<item><guid>1</guid><title>t</title></item>"), kStart, 0);
  CHECK(undated.items.at(0).published_from == PublishedFrom::received);
  CHECK(undated.items.at(0).published_at == kStart);
}

TEST_CASE("feed documents: what cannot be a document is rejected once, with the reason") {
  FeedState state(options(), {}, "");
  const std::string items =
      "<item><guid>1</guid><title> </title></item>" + item("2", std::string(1'000'000, 'x')) + item("3", "good");
  const auto outcome = state.on_response(answer(items), kStart, 0);
  CHECK(ids(outcome) == std::vector<std::string>{"3"});
  REQUIRE(outcome.rejected.size() == 2);
  CHECK(outcome.rejected[0].position == "1");
  CHECK(outcome.rejected[0].rejection.reason == "no text");
  CHECK(outcome.rejected[1].payload.size() < 40'000);
  CHECK(state.on_response(answer(items + item("4", "x")), kStart, 0).rejected.empty());
}

TEST_CASE("feed documents: languages are primary tags, the configured one wins") {
  const auto language = [](FeedOptions with, const std::string& channel) {
    return FeedState(std::move(with), {}, "")
        .on_response(answer(item("a", "x"), {}, channel), kStart, 0)
        .items.at(0)
        .language;
  };
  CHECK(language(options(), "<language>en-GB</language>") == "en");
  CHECK(language(options(), "<language>DE_ch</language>") == "de");
  CHECK(language(options(), "<language>English</language>") == "en");  // read as records' are
  CHECK(language(options(), "<language>en_US.UTF-8</language>") == "en");
  CHECK(language(options(), "<language>Klingonese tongue</language>").empty());
  CHECK(language(options(), "<language>und</language>").empty());
  CHECK(language(options(), "").empty());
  FeedOptions configured = options();
  configured.language = "fr";
  CHECK(language(configured, "<language>en</language>") == "fr");
}

TEST_CASE("feed state: its memory stays bounded") {
  FeedOptions large = options();
  FeedState state(large, {}, "");
  std::size_t largest = 0;
  for (int round = 0; round < 40; ++round) {
    std::string items;
    for (int i = 0; i < 100; ++i) {
      items += item(std::to_string(round * 100 + i), "Item " + std::to_string(round * 100 + i));
    }
    const auto outcome = state.on_response(answer(items), kStart + round * 60s, 0);
    CHECK(outcome.items.size() == 100);
    largest = std::max(largest, outcome.state->size());
  }
  CHECK(largest < 30'000);
}
