#include "daemon/pipeline/intake/feed_loop.hpp"

#include <algorithm>
#include <set>

#include "daemon/observe/log.hpp"
#include "storage/source/source_coverage.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/queue.hpp"
#include "tests/support/script_server.hpp"
#include "tests/support/test_certificates.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using script_test::answer_200;
using script_test::Connection;
using script_test::say;
using script_test::Script;
using script_test::ScriptServer;

namespace {

namespace asio = boost::asio;

std::string feed_of(int from, int to) {
  std::string text = "<rss version=\"2.0\"><channel>";
  for (int i = from; i <= to; ++i) {
    const std::string n = std::to_string(i);
    text += "<item><guid isPermaLink=\"false\">" + n + "</guid><title>Item " + n +
            "</title><pubDate>Tue, 05 Mar 2024 10:" + (i < 10 ? "0" : "") + n + ":00 GMT</pubDate></item>";
  }
  return text + "</channel></rss>";
}

ingest::FeedOptions feed_at(const std::string& url, const std::string& name = "fed") {
  ingest::FeedOptions options;
  options.name = name;
  options.url = url;
  options.interval = 10ms;
  options.max_backoff = 20ms;
  options.host_spacing = 0ms;
  options.timeout = 5s;
  return options;
}

/// A loop with everything it needs, on one io_context that the test drives.
struct Bench {
  explicit Bench(std::size_t capacity = 100) : documents(capacity) {}

  FeedLoop& start(std::vector<ingest::FeedOptions> feeds, std::map<std::string, std::string> saved = {},
                  ProxyOptions proxy = {}) {
    FeedLoopParts parts;
    parts.access.proxy = std::move(proxy);
    parts.access.user_agent = "tapewatch/1 (+https://desk.example/feeds)";
    parts.saved_state = [saved](const std::string& source) -> std::optional<std::string> {
      const auto found = saved.find(source);
      return found == saved.end() ? std::nullopt : std::optional(found->second);
    };
    parts.log = silent_logger();
    parts.contacts = &contacts;
    loop = std::make_unique<FeedLoop>(io, std::move(feeds), std::move(parts), documents, registry, metrics);
    loop->start();
    return *loop;
  }
  ~Bench() { stop(); }

  void stop() {
    if (!loop) return;
    bool done = false;
    loop->stop([&] { done = true; });
    run_until([&] { return done; });
    loop.reset();
  }
  template <class Condition>
  void run_until(Condition condition) {
    io.restart();
    while (!condition()) REQUIRE(io.run_one_for(20s) > 0);
  }
  /// Waits for a record without ever blocking the loop.
  Incoming next() {
    run_until([&] { return documents.size() > 0; });
    return std::move(*tests::take_one(documents));
  }
  std::vector<Incoming> next(std::size_t count) {
    std::vector<Incoming> records;
    while (records.size() < count) records.push_back(next());
    return records;
  }

  asio::io_context io;
  DocumentQueue documents;
  SourceRegistry registry;
  Metrics metrics{"test", "none"};
  WriterQueue writer{1, 8};
  ContactLog contacts{writer, {}, {.every = 1ms}};
  std::unique_ptr<FeedLoop> loop;
};

/// The contacts of each source that the database would get.
std::vector<storage::SourceContacts> told(Bench& bench) {
  const storage_test::TempFolder folder;
  auto database = storage::Connection::open_writer(folder.file());
  for (auto batch = bench.writer.pop(0, 0ms); !batch.commands.empty(); batch = bench.writer.pop(0, 0ms)) {
    for (const Command& command : batch.commands) {
      command.apply(database, wall_now());
      command.done(true);
    }
  }
  return storage::SourceCoverage(database, {}).all();
}

const ingest::Document& document_of(const Incoming& incoming) { return std::get<ingest::Document>(incoming.content); }

}  // namespace

TEST_CASE("feed loop: items come in order and numbered, the state with the last, and 304 brings nothing") {
  Bench bench;
  ScriptServer server(
      bench.io, Script([](Connection& c, const std::string& asked) {
        const bool known = asked.find("If-None-Match: \"v1\"") != std::string::npos;
        return say(c, known ? "HTTP/1.1 304 Not Modified\r\n\r\n" : answer_200(feed_of(1, 3), "ETag: \"v1\"\r\n"));
      }));
  bench.start({feed_at(server.url())});
  const auto records = bench.next(3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(records[i].number == i);
    CHECK(records[i].source == "fed");
    CHECK(document_of(records[i]).title == "Item " + std::to_string(i + 1));
    CHECK(records[i].feed_state.has_value() == (i == 2));
  }
  bench.run_until([&] { return server.requests().size() >= 4; });
  CHECK(bench.documents.size() == 0);
  const auto health = bench.loop->reports().at(0);
  CHECK(health.kind == "feed");
  CHECK(health.state == "running");
  CHECK(health.documents == 3);
  CHECK(health.last_success);
  CHECK(health.next_poll);
}

TEST_CASE("feed loop: every answer is a contact, 304 like 200; a failure is reported as one") {
  Bench bench;
  bool fails = false;
  ScriptServer server(bench.io, Script([&fails](Connection& c, const std::string& asked) {
                        const bool known = asked.find("If-None-Match") != std::string::npos;
                        return say(c, fails   ? "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"
                                      : known ? "HTTP/1.1 304 Not Modified\r\n\r\n"
                                              : answer_200(feed_of(1, 1), "ETag: \"v1\"\r\n"));
                      }));
  bench.start({feed_at(server.url())});
  bench.run_until([&] { return server.requests().size() > 1 && bench.loop->reports()[0].last_success; });
  CHECK(told(bench).at(0).last_success);
  bench.run_until([&, before = server.requests().size()] { return server.requests().size() > before + 2; });
  const auto heard = told(bench);  // of 304s alone
  REQUIRE(heard.size() == 1);
  CHECK(heard[0].source == "fed");  // the source of its documents
  CHECK(heard[0].last_success);
  CHECK_FALSE(heard[0].last_error_at);
  fails = true;
  bench.run_until([&] { return bench.loop->reports()[0].errors > 0; });
  told(bench);
  bench.run_until([&] { return bench.loop->reports()[0].errors > 2; });
  const auto failed = told(bench);
  REQUIRE(failed.size() == 1);
  CHECK(failed[0].last_error == "http_status: status 500");
  CHECK_FALSE(failed[0].last_success);
}

TEST_CASE("feed loop: after a restart the committed state counts") {
  Bench bench;
  ScriptServer server(bench.io, answer_200(feed_of(1, 2), "ETag: \"v1\"\r\n"));
  bench.start({feed_at(server.url())});
  const std::string state = bench.next(2).back().feed_state.value();
  bench.stop();

  Bench restarted;
  ScriptServer again(restarted.io, answer_200(feed_of(1, 3), "ETag: \"v2\"\r\n"));
  // The address differs in this test, so only the listed items are remembered.
  restarted.start({feed_at(again.url())}, {{"fed", state}});
  CHECK(document_of(restarted.next()).title == "Item 3");
}

TEST_CASE("feed loop: a full queue holds the feed, and everything comes in the end, in order") {
  Bench bench(2);
  ScriptServer server(bench.io, answer_200(feed_of(1, 20), "ETag: \"v1\"\r\n"));
  bench.start({feed_at(server.url())});
  bench.run_until([&] { return bench.documents.size() == 2; });
  asio::steady_timer timer(bench.io, 200ms);  // the feed tries again and again meanwhile
  bool over = false;
  timer.async_wait([&](const boost::system::error_code&) { over = true; });
  bench.run_until([&] { return over; });
  CHECK(server.requests().size() == 1);
  const auto records = bench.next(20);
  for (std::size_t i = 0; i < records.size(); ++i) {
    CHECK(records[i].number == i);
    CHECK(document_of(records[i]).title == "Item " + std::to_string(i + 1));
  }
}

TEST_CASE("feed loop: a bad feed shows in its health and is counted, its neighbour continues") {
  Bench bench;
  ScriptServer bad(bench.io, std::string("HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n"));
  ScriptServer page(bench.io, answer_200("<!doctype html><html></html>"));
  ScriptServer good(bench.io, answer_200(feed_of(1, 1)));
  bench.start({feed_at(bad.url(), "bad"), feed_at(page.url(), "page"), feed_at(good.url(), "good"),
               feed_at("http://127.0.0.1:1/", "closed")});
  CHECK(bench.next().source == "good");
  bench.run_until([&] {
    const auto all = bench.loop->reports();
    return all[0].errors > 1 && all[1].errors > 1 && all[3].errors > 1;
  });
  const auto all = bench.loop->reports();
  CHECK(all[0].state == "backing_off");
  CHECK(all[0].last_error == "http_status: status 500");
  CHECK(all[1].last_error.rfind("html: an HTML page", 0) == 0);
  CHECK(all[2].errors == 0);
  CHECK(all[3].last_error.rfind("connect: ", 0) == 0);
  const std::string metrics = bench.metrics.expose();
  CHECK(metrics.find("source=\"bad\"") != std::string::npos);
  CHECK(metrics.find("kind=\"html\"") != std::string::npos);
}

TEST_CASE("feed loop: a host that asks for fewer requests is left alone by all its feeds, others go on") {
  Bench bench;
  ScriptServer busy(bench.io,
                    std::string("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n"));
  ScriptServer beside(bench.io, answer_200(feed_of(1, 1)));  // the same host, another port
  ScriptServer elsewhere(bench.io, answer_200(feed_of(1, 1)));
  bench.start({feed_at(busy.url(), "busy"), feed_at(beside.url(), "beside"),
               feed_at(elsewhere.url("/", "localhost"), "elsewhere")});
  bench.run_until([&] { return bench.loop->reports()[0].errors == 1; });
  const auto before = beside.requests().size();  // at most one more was already on its way
  bench.run_until([&, polls = elsewhere.requests().size()] { return elsewhere.requests().size() > polls + 5; });
  CHECK(busy.requests().size() == 1);
  CHECK(beside.requests().size() <= before + 1);
  bench.run_until([&] { return bench.loop->reports()[1].next_poll.value_or(wall_now()) > wall_now() + 50min; });
}

TEST_CASE("feed loop: 410 rests a feed for days and affects neither the other feeds nor the stop") {
  Bench bench;
  ScriptServer gone(bench.io, std::string("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"));
  ScriptServer good(bench.io, answer_200(feed_of(1, 1)));
  bench.start({feed_at(gone.url(), "gone"), feed_at(good.url(), "good")});
  bench.run_until([&] { return good.requests().size() > 5 && bench.loop->reports()[0].errors > 0; });
  CHECK(gone.requests().size() == 1);
  CHECK(bench.loop->reports()[0].state == "stopped");
  CHECK(bench.loop->reports()[0].next_poll.value() > wall_now() + 70h);
}

TEST_CASE("feed loop: items that are not documents become dead letters, and a feed without others is not heard") {
  Bench bench;
  ScriptServer server(bench.io,
                      answer_200("<rss><channel><item><guid>1</guid><title> </title></item></channel></rss>"));
  ScriptServer empty(bench.io, answer_200("<rss><channel/></rss>", "ETag: \"e\"\r\n"));
  bench.start({feed_at(server.url(), "blank"), feed_at(empty.url(), "empty")});
  const auto records = bench.next(1);
  CHECK(records[0].source == "blank");
  CHECK(records[0].number == 0);
  CHECK(records[0].feed_state);
  const auto& letter = std::get<DeadLetter>(records[0].content);
  CHECK(letter.reason == "no text");
  CHECK(letter.position == "blank 1");
  bench.run_until([&] { return bench.loop->reports()[0].errors > 0 && bench.loop->reports()[1].errors > 0; });
  for (const SourceReport& report : bench.loop->reports()) {
    CHECK(report.state == "silent");
    CHECK_FALSE(report.last_success);
    CHECK(report.last_error.starts_with("no_items: "));
    CHECK(report.next_poll);
  }
  const auto contacts = told(bench);  // coverage counts successes alone
  REQUIRE(contacts.size() == 2);
  for (const auto& contact : contacts) CHECK_FALSE(contact.last_success);
}

TEST_CASE("feed loop: stop aborts a fetch, a wait for room and a sleep at once") {
  const auto started = std::chrono::steady_clock::now();
  {
    Bench bench(1);
    ScriptServer mute(bench.io, Script([](Connection& c, const std::string&) { return c.wait_for_close(); }));
    ScriptServer many(bench.io, answer_200(feed_of(1, 9)));
    ingest::FeedOptions sleeper = feed_at(many.url(), "sleeper");
    sleeper.interval = 24h;
    bench.start({feed_at(mute.url(), "mute"), feed_at(many.url(), "many"), sleeper});
    bench.run_until([&] { return !mute.requests().empty() && bench.documents.size() == 1; });
  }
  CHECK(std::chrono::steady_clock::now() - started < 10s);
}

TEST_CASE("feed loop: an unusable ca_file is a start-up error") {
  Bench bench;
  auto options = feed_at("https://localhost/");
  options.ca_file = "/nonexistent.pem";
  CHECK_THROWS_WITH(bench.start({options}), Catch::Contains("/nonexistent.pem"));
}

TEST_CASE("feed loop: polls use one connection again and again") {
  Bench bench;
  int answered = 0;
  ScriptServer server(bench.io, Script([&](Connection& c, const std::string& first) -> asio::awaitable<void> {
                        std::string asked = first;
                        while (!asked.empty()) {
                          ++answered;
                          co_await c.send(answer_200(feed_of(1, 1)));
                          asked = co_await c.request();
                        }
                      }));
  bench.start({feed_at(server.url())});
  bench.run_until([&] { return answered > 5; });
  CHECK(server.requests().size() == 1);  // the first request of each connection
}

TEST_CASE("feed loop: credentials go to the feed's own origin alone, and into no message") {
  Bench bench;
  ScriptServer elsewhere(bench.io, answer_200(feed_of(1, 1)));
  ScriptServer own(bench.io, Script([&](Connection& c, const std::string& asked) {
                     const bool moved = asked.rfind("GET /moved ", 0) == 0;
                     return say(c, moved ? script_test::redirect(301, elsewhere.url("/", "localhost"))
                                         : std::string("HTTP/1.1 401 Who are you\r\nContent-Length: 0\r\n\r\n"));
                   }));
  ingest::FeedOptions bearer = feed_at(own.url("/moved"), "bearer");
  bearer.auth.bearer = "t0ken";
  bearer.adopt_redirect_after = 0s;
  ingest::FeedOptions basic = feed_at(own.url("/basic"), "basic");
  basic.auth.user = "desk";
  basic.auth.password = "pa:ss";
  basic.user_agent = "Desk reader";
  bench.start({bearer, basic});
  bench.run_until([&] { return elsewhere.requests().size() > 1 && bench.loop->reports()[1].errors > 0; });
  bool asked_basic = false, asked_bearer = false;
  for (const std::string& asked : own.requests()) {
    const bool is_basic = asked.rfind("GET /basic ", 0) == 0;
    (is_basic ? asked_basic : asked_bearer) = true;
    CHECK(asked.find(is_basic ? "Authorization: Basic ZGVzazpwYTpzcw==\r\n" : "Authorization: Bearer t0ken\r\n") !=
          std::string::npos);
    CHECK(asked.find(is_basic ? "User-Agent: Desk reader\r\n"
                              : "User-Agent: tapewatch/1 (+https://desk.example/feeds)\r\n") != std::string::npos);
  }
  CHECK(asked_basic);
  CHECK(asked_bearer);  // at its own address again, although that has moved: the new one gets no credentials
  for (const std::string& asked : elsewhere.requests()) {
    CHECK(asked.find("t0ken") == std::string::npos);
    CHECK(asked.find("Authorization") == std::string::npos);
  }
  CHECK(bench.loop->reports()[1].last_error == "http_status: status 401");
}

TEST_CASE("feed loop: feeds go through the daemon's proxy, or their own, or none") {
  Bench bench;
  ScriptServer server(bench.io, answer_200(feed_of(1, 1)));
  const std::string none = "http://127.0.0.1:1";
  ingest::FeedOptions own = feed_at("http://feeds.example.com/own.xml", "own");
  own.proxy = server.url("");
  ingest::FeedOptions direct = feed_at(server.url("/direct.xml"), "direct");
  direct.proxy = "";
  bench.start({own, direct}, {}, {none, {}, false, none});
  std::set<std::string> sources;
  for (const Incoming& incoming : bench.next(2)) sources.insert(incoming.source);
  CHECK(sources == std::set<std::string>{"direct", "own"});
  bench.stop();
  const auto asked = [&](const std::string& begin) {
    return std::any_of(server.requests().begin(), server.requests().end(),
                       [&](const std::string& request) { return request.rfind(begin, 0) == 0; });
  };
  CHECK(asked("GET http://feeds.example.com/own.xml HTTP/1.1\r\n"));
  CHECK(asked("GET /direct.xml HTTP/1.1\r\n"));
}

TEST_CASE("feed loop: a reload adds, changes and removes feeds, and leaves the others alone") {
  Bench bench;
  ScriptServer one(bench.io, answer_200(feed_of(1, 2), "ETag: \"v1\"\r\n"));
  ScriptServer two(bench.io, answer_200(feed_of(1, 3), "ETag: \"v2\"\r\n"));
  ScriptServer three(bench.io, answer_200(feed_of(7, 7), "ETag: \"v3\"\r\n"));
  bench.start({feed_at(one.url(), "stays"), feed_at(one.url(), "moves"), feed_at(one.url(), "goes")});
  bench.next(6);
  auto moved = feed_at(two.url(), "moves");
  moved.interval = 20ms;
  bench.loop->replace({{feed_at(three.url(), "comes"), moved, feed_at(one.url(), "stays")}, {"moves"}, {}});

  const auto news = bench.next(2);
  std::map<std::string, std::string> titles;
  for (const auto& record : news) titles[record.source] = document_of(record).title;
  // What the old address listed is known at the new one.
  CHECK(titles == std::map<std::string, std::string>{{"comes", "Item 7"}, {"moves", "Item 3"}});
  for (const auto& record : news) CHECK(record.number == (record.source == "moves" ? 2 : 0));  // its numbers go on
  std::set<std::string> names;
  for (const auto& report : bench.loop->reports()) names.insert(report.name);
  CHECK(names == std::set<std::string>{"comes", "moves", "stays"});
  const std::string metrics = bench.metrics.expose();
  CHECK(metrics.find("last_success_timestamp_seconds{source=\"goes\"}") == std::string::npos);
  CHECK(metrics.find("last_success_timestamp_seconds{source=\"comes\"}") != std::string::npos);
  // Nobody asks for it any more, while the one that stays is polled on.
  const auto polls = [&](ScriptServer& server) { return server.requests().size(); };
  bench.run_until([&, before = polls(one)] { return polls(one) > before + 5; });
  CHECK(bench.loop->reports().size() == 3);
  CHECK(bench.documents.size() == 0);
}

TEST_CASE("feed loop: what a removed feed was fetching is dropped, and the feed may come back") {
  Bench bench;
  bool answer = false, asked = false;
  ScriptServer server(bench.io, Script([&](Connection& c, const std::string&) -> asio::awaitable<void> {
                        asked = true;
                        while (!answer) {
                          asio::steady_timer soon(bench.io, 1ms);
                          co_await soon.async_wait(asio::use_awaitable);
                        }
                        co_await say(c, answer_200(feed_of(1, 1), "ETag: \"v1\"\r\n"));
                      }));
  bench.start({feed_at(server.url())});
  bench.run_until([&] { return asked; });
  bench.loop->replace({{}, {}, {}});
  CHECK(bench.loop->reports().empty());
  answer = true;
  asked = false;
  bench.loop->replace({{feed_at(server.url())}, {}, {}});
  const auto record = bench.next();
  CHECK(record.number == 0);
  CHECK(record.source_slot == 1);  // of the one that came back
  CHECK(asked);
  CHECK(bench.documents.size() == 0);
}

TEST_CASE("feed loop: a client that no feed uses after a reload is closed with its connections") {
  Bench bench;
  const script_test::Authority authority;
  std::map<std::string, int> polls;  // by the path
  std::size_t closed = 0;
  ScriptServer server(bench.io, Script([&](Connection& c, const std::string& first) -> asio::awaitable<void> {
                        std::string asked = first;
                        while (!asked.empty()) {
                          ++polls[asked.substr(4, asked.find(' ', 4) - 4)];
                          co_await c.send(answer_200(feed_of(1, 1)));
                          asked = co_await c.request();
                        }
                        ++closed;
                      }));
  const auto feed = [&](const std::string& name) {
    auto options = feed_at(server.url("/" + name), name);
    options.ca_file = authority.file();
    return options;
  };
  const auto polled = [&](const std::string& path) {
    bench.run_until([&, enough = polls[path] + 5] { return polls[path] > enough; });
  };
  bench.start({feed("stays"), feed("changes"), feed("goes")});
  for (const std::string path : {"/stays", "/changes", "/goes"}) polled(path);
  CHECK(closed == 0);
  const std::size_t connections = server.requests().size();  // one for each first request
  bench.loop->replace({{feed("stays"), feed("changes")}, {"stays", "changes"}, {}});
  for (const std::string path : {"/stays", "/changes"}) polled(path);
  bench.run_until([&, bound = polls["/stays"] + 500] { return closed == connections || polls["/stays"] > bound; });
  CHECK(closed == connections);
  CHECK(server.requests().size() > connections);
}
