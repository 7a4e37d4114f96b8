// [[ingest.post]] over HTTP, with a queue, an applier and a database behind it.
#include "daemon/api/post_source_api.hpp"

#include "config/notation/ascii.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/document_reader.hpp"
#include "storage/document/held_documents.hpp"
#include "storage/source/dead_letters.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/gzip.hpp"
#include "tests/support/queue.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace http_test;

namespace {

ingest::PostOptions vendor() {
  ingest::PostOptions options;
  options.name = "vendor";
  options.path = "/in/vendor";
  options.token = "t0ps3cret";
  options.items = {"$.data[*]", "$"};
  options.fields.title = {{"/headline"}};
  options.fields.id = {{"/news_id"}};
  options.fields.source = {{"@header:X-Publisher"}};
  options.actions = {{"spiked", ingest::Action::remove}};
  return options;
}

/// A server with one source, and a writer that commits what is queued once it runs.
struct Bench {
  explicit Bench(ingest::PostOptions options = vendor(), std::size_t room = 8, ServerOptions http = any_port(),
                 std::optional<config::TokenTable> tokens = std::nullopt)
      : queue(room), server(std::move(http), nullptr, std::move(tokens)) {
    sources.push_back(
        std::make_unique<PostSource>(std::move(options), ingest::DocumentLimits{},
                                     PostSource::Parts{queue, 0, clock, server.metrics, silent_logger()}));
    add_post_source_routes(server.router, sources, {1 << 20, [this] { return paused.load(); }});
    server.start();
  }
  ~Bench() {
    queue.close();
    if (writer.joinable()) writer.join();
  }

  void write() {
    writer = std::thread([this] {
      while (auto incoming = tests::take_one(queue)) {
        Scored record;
        record.incoming = std::move(*incoming);
        record.unscored_reason = "language:test";
        record.story_key = std::to_string(record.incoming.number);
        storage::Transaction transaction(connection);
        const Applied applied = applier.apply(record, clock.now());
        applier.finish();
        transaction.commit();
        record.incoming.on_commit(applied.commit);
      }
    });
  }
  std::string send(const std::string& body, const std::string& headers = "Authorization: Bearer t0ps3cret\r\n") {
    Client client(server.port());
    client.send(post("/in/vendor", body, headers));
    return client.read_response();
  }
  std::vector<storage::DeadLetterRow> letters() {
    return storage::DeadLetters(connection, storage::StorageOptions{}).list("vendor", 10);
  }
  SourceReport report() const { return sources.front()->report(); }

  tests::ScratchFolder folder;
  storage::Connection connection = storage::Connection::open_writer(folder.at("t.db"), storage::StorageOptions{});
  Applier applier{connection, ApplierOptions{}};
  EventClock clock;
  DocumentQueue queue;
  std::atomic<bool> paused = false;
  std::vector<std::unique_ptr<PostSource>> sources;
  TestServer server;
  std::thread writer;
};

}  // namespace

TEST_CASE("a vendor's webhook is stored by its shape, answered after the commit, and told line by line") {
  Bench bench;
  bench.write();
  const auto answer = bench.send(
      R"({"data":[{"news_id":7,"headline":"Mill closes"},{"news_id":8},{"news_id":9,"headline":"Mill opens","published_at":"soon"}]})",
      "Authorization: Bearer t0ps3cret\r\nX-Publisher: PR\r\nContent-Type: text/plain\r\n");
  CHECK(has(answer, " 200 "));
  CHECK(has(answer, R"({"index":0,"id":"7","source":"PR","status":"stored","document":")"));
  CHECK(has(answer,
            R"({"index":1,"id":null,"status":"rejected","errors":[{"pointer":"/headline","detail":"missing"}]})"));
  CHECK(has(answer, R"("warnings":[{"pointer":"/published_at")"));
  const auto stored = storage::DocumentReader(bench.connection).list({});
  CHECK(stored.items.size() == 2);
  const auto letters = bench.letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].content.pointer == "/headline");
  CHECK(letters[0].content.payload.starts_with("{\"data\":"));
  CHECK(letters[0].content.position.starts_with("/in/vendor@"));
  CHECK(letters[0].content.headers ==
        std::vector<storage::DeadLetterHeader>{{"x-publisher", "PR"}, {"content-type", "text/plain"}});
  const auto report = bench.report();
  CHECK(report.kind == "post");
  CHECK(report.documents == 2);
  CHECK(report.dead_letters == 1);
  CHECK(report.last_success);
  REQUIRE(report.warnings.size() == 1);
  CHECK(has(bench.server.metrics.expose(), "tapewatch_source_last_success_timestamp_seconds{source=\"vendor\"}"));
}

TEST_CASE("each dead letter of a request stands alone, or names the one that has the body") {
  Bench bench(vendor(), 32);
  bench.write();
  const std::string small = R"({"data":[{"news_id":1},{"news_id":2,"headline":"Mill opens"},{"news_id":3}]})";
  CHECK(has(bench.send(small), " 200 "));
  auto letters = bench.letters();
  REQUIRE(letters.size() == 2);
  for (const auto& letter : letters) CHECK(letter.content.payload == small);
  CHECK(letters[0].content.position.ends_with("#2"));

  std::string large = R"({"padding":")" + std::string(600'000, 'x') + R"(","data":[{})";
  for (int i = 0; i < 20; ++i) large += ",{}";
  CHECK(has(bench.send(large + "]}"), " 200 "));
  letters = storage::DeadLetters(bench.connection, storage::StorageOptions{}).list("vendor", 21);
  REQUIRE(letters.size() == 21);
  const auto& first = letters.back().content;
  CHECK(first.payload.size() == 512 * 1024);
  CHECK(letters[5].content.payload == first.payload);  // the sixteenth
  for (std::size_t i = 0; i < 5; ++i) {
    CHECK(letters[i].content.payload.empty());
    CHECK(letters[i].content.reason == "missing; what it came in is in the dead letter " + first.position);
  }
}

TEST_CASE("the same request again stores nothing twice; removals and embargoes work as from Kafka") {
  Bench bench;
  bench.write();
  const std::string one = R"({"news_id":7,"headline":"Mill closes"})";
  CHECK(has(bench.send(one), "\"status\":\"stored\""));
  CHECK(has(bench.send(script_test::gzip(one), "Authorization: Bearer t0ps3cret\r\nContent-Encoding: gzip\r\n"),
            "\"status\":\"repeated\""));
  CHECK(has(bench.send(R"({"news_id":7,"action":"spiked"})"), "\"status\":\"removed\""));
  CHECK(has(bench.send(R"({"news_id":8,"headline":"Mill opens","embargo_until":"2199-01-01T00:00:00Z"})"),
            "\"status\":\"held\""));
  CHECK(storage::HeldDocuments(bench.connection).any());
}

TEST_CASE("what cannot be read at all is a dead letter; an empty body is refused") {
  Bench bench;
  bench.write();
  const auto answer = bench.send("headline: none");
  CHECK(has(answer, " 200 "));
  CHECK(has(answer, R"("status":"rejected","errors":[{"pointer":"","detail":"not JSON)"));
  CHECK(bench.letters().size() == 1);
  CHECK(has(bench.send(" \n"), " 400 "));
  CHECK(has(bench.send("[]"), R"({"results":[]})"));
  CHECK(has(bench.send("{}", "Authorization: Bearer t0ps3cret\r\nContent-Encoding: br\r\n"), " 415 "));
  CHECK(bench.letters().size() == 1);
}

TEST_CASE("NDJSON is answered as NDJSON") {
  Bench bench;
  bench.write();
  const auto answer = bench.send("{\"news_id\":1,\"headline\":\"A\"}\n{\"news_id\":2,\"headline\":\"B\"}\n",
                                 "Authorization: Bearer t0ps3cret\r\nContent-Type: application/x-ndjson\r\n");
  CHECK(body_of(answer).starts_with(R"({"index":0,"id":"1")"));
  CHECK(has(answer, "}\n{\"index\":1,\"id\":\"2\""));
}

TEST_CASE("the token is asked for before the body is read, and a wrong one shows in the health") {
  Bench bench;
  for (const char* headers :
       {"", "Authorization: Bearer wrong\r\n", "Authorization: Basic t0ps3cret\r\n", "X-Token: t0ps3cret\r\n"}) {
    Client client(bench.server.port());
    client.send("POST /in/vendor HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n" + std::string(headers) +
                "\r\n");  // the body never comes
    const auto answer = client.read_response();
    CHECK(has(answer, " 401 "));
    CHECK_FALSE(has(answer, "t0ps3cret"));
  }
  CHECK(bench.report().errors == 4);
  CHECK(bench.report().last_error == "a request without the token of this source was refused");
  CHECK(has(bench.server.metrics.expose(), "kind=\"unauthorized\""));
  CHECK(bench.queue.size() == 0);
}

TEST_CASE("the token may be a header of the vendor's own, and is no token of a role") {
  auto options = vendor();
  options.token_header = "X-Webhook-Token";
  const auto tokens = config::parse_tokens("all admin " + config::token_hash("adminadmin"), "tokens");
  Bench bench(options, 8, any_port(), tokens.tokens);
  bench.write();
  const std::string one = R"({"news_id":7,"headline":"Mill closes"})";
  CHECK(has(bench.send(one, "X-Webhook-Token: t0ps3cret\r\n"), "\"status\":\"stored\""));
  CHECK(has(bench.send(one, "Authorization: Bearer adminadmin\r\n"), " 401 "));
  CHECK(has(bench.send(one), " 401 "));
}

TEST_CASE("a source without a token is not for pages under a foreign name, even where roles have tokens") {
  auto options = vendor();
  options.token.clear();
  const auto tokens = config::parse_tokens("all admin " + config::token_hash("adminadmin"), "tokens");
  Bench bench(options, 8, any_port(), tokens.tokens);
  bench.write();
  const std::string one = R"({"news_id":7,"headline":"Mill closes"})";
  CHECK(has(bench.send(one, ""), "\"status\":\"stored\""));
  Client client(bench.server.port());
  client.send("POST /in/vendor HTTP/1.1\r\nHost: evil.example\r\nContent-Length: " + std::to_string(one.size()) +
              "\r\n\r\n" + one);
  CHECK(has(client.read_response(), " 421 "));
}

TEST_CASE("without room, or while ingestion is paused, a request is refused before anything is taken") {
  Bench bench(vendor(), 2);
  const auto full = [&](int documents) {
    std::string list;
    for (int i = 0; i < documents; ++i) {
      list += (i ? "," : "") + std::string(R"({"headline":"A )") + char('a' + i) + "\"}";
    }
    return bench.send("[" + list + "]");
  };
  CHECK(has(full(3), " 413 "));
  bench.paused = true;
  const auto paused = full(1);
  CHECK(has(paused, " 503 "));
  CHECK(has(paused, "Retry-After: 30"));
  bench.paused = false;
  std::vector<Incoming> filler(1);
  REQUIRE(bench.queue.try_push_all(filler));
  const auto refused = full(2);
  CHECK(has(refused, " 503 "));
  CHECK(has(refused, "Retry-After: 1"));
  CHECK(bench.queue.size() == 1);
}

TEST_CASE("what is not committed at the deadline is answered with 503: the sender tries again") {
  auto options = any_port();
  options.request_deadline = 300ms;
  Bench bench(vendor(), 8, options);
  const auto late = bench.send(R"({"news_id":7,"headline":"Mill closes"})");
  CHECK(has(late, " 503 "));
  CHECK(has(late, "sending it again is safe"));
  bench.write();
  // The first attempt is committed after all.
  CHECK(has(bench.send(R"({"news_id":7,"headline":"Mill closes"})"), "\"status\":\"repeated\""));
}
