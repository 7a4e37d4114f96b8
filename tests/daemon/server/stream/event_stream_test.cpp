// Server-sent events: what is sent, from where, to whom.
#include <boost/asio/thread_pool.hpp>
#include <mutex>

#include "daemon/server/stream/event_hub.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

/// An event table in memory.
class MemoryLog final : public EventLog {
 public:
  void append(std::int64_t id, const std::string& data) {
    const std::lock_guard lock(mutex_);
    events_.push_back({id, "document", data});
  }
  void expire_before(std::int64_t id) {
    const std::lock_guard lock(mutex_);
    std::erase_if(events_, [&](const StreamEvent& event) { return event.id < id; });
  }
  Range range() override {
    const std::lock_guard lock(mutex_);
    if (events_.empty()) return {};
    return {events_.front().id, events_.back().id};
  }
  std::vector<StreamEvent> after(std::int64_t id, std::size_t limit) override {
    const std::lock_guard lock(mutex_);
    std::vector<StreamEvent> found;
    for (const StreamEvent& event : events_) {
      if (event.id > id && found.size() < limit) found.push_back(event);
    }
    return found;
  }

 private:
  std::mutex mutex_;
  std::vector<StreamEvent> events_;
};

struct StreamServer {
  explicit StreamServer(ServerOptions options = any_port()) : server(std::move(options), log) {
    server.router.get("/v1/stream", Access::read, StreamHandler{});
  }
  /// An open stream: its greeting has arrived.
  std::unique_ptr<Client> open(const std::string& more = {}) {
    auto client = std::make_unique<Client>(server.port());
    client->send(get("/v1/stream", more));
    greeting = client->read_until("retry: 2000\n\n");
    return client;
  }
  void commit(std::int64_t id) {
    log->append(id, "{\"n\":" + std::to_string(id) + "}");
    server.server->notify_commit();
  }

  std::shared_ptr<MemoryLog> log = std::make_shared<MemoryLog>();
  TestServer server;
  std::string greeting;
};

std::string frame(std::int64_t id) {
  return "id: " + std::to_string(id) + "\nevent: document\ndata: {\"n\":" + std::to_string(id) + "}\n\n";
}

}  // namespace

TEST_CASE("an event's frame has a data field for each of its lines") {
  CHECK(event_frame({7, "alert", "{\"a\":1}"}) == "id: 7\nevent: alert\ndata: {\"a\":1}\n\n");
  CHECK(event_frame({8, "document", "a\nb"}) == "id: 8\nevent: document\ndata: a\ndata: b\n\n");
}

TEST_CASE("a resuming client gets everything after its id, in order, without a gap or a repeat, and continues live") {
  ServerOptions options = any_port();
  options.event_page = 3;
  StreamServer stream(options);
  for (std::int64_t id = 1; id <= 20; ++id) stream.log->append(id, "{\"n\":" + std::to_string(id) + "}");
  stream.server.start();
  const auto client = stream.open("Last-Event-ID: 4\r\n");
  CHECK(has(stream.greeting, "Content-Type: text/event-stream"));
  for (std::int64_t id = 5; id <= 20; ++id) CHECK(client->read_until("\n\n") == frame(id));
  for (std::int64_t id = 21; id <= 40; ++id) stream.commit(id);
  for (std::int64_t id = 21; id <= 40; ++id) CHECK(client->read_until("\n\n") == frame(id));
}

TEST_CASE("a cut stream resumes where it was cut, whatever happened meanwhile") {
  StreamServer stream;
  stream.server.start();
  std::int64_t seen = 0;
  std::int64_t committed = 0;
  for (int connection = 0; connection < 5; ++connection) {
    for (int i = 0; i < 7; ++i) stream.commit(++committed);  // without clients
    const auto client = stream.open("Last-Event-ID: " + std::to_string(seen) + "\r\n");
    for (int i = 0; i < 3; ++i) stream.commit(++committed);
    while (seen < committed - connection) CHECK(client->read_until("\n\n") == frame(++seen));
  }
}

TEST_CASE("the query parameter resumes too; nonsense is refused") {
  StreamServer stream;
  stream.log->append(1, "{\"n\":1}");
  stream.log->append(2, "{\"n\":2}");
  stream.server.start();
  Client client(stream.server.port());
  client.send(get("/v1/stream?last_event_id=1"));
  client.read_until("retry: 2000\n\n");
  CHECK(client.read_until("\n\n") == frame(2));
  Client bad(stream.server.port());
  bad.send(get("/v1/stream?last_event_id=abc"));
  CHECK(has(bad.read_response(), "400 Bad Request"));
}

TEST_CASE("an id that is gone, or was never given, gets a gap event with the available range") {
  StreamServer stream;
  for (std::int64_t id = 1; id <= 10; ++id) stream.log->append(id, "{\"n\":" + std::to_string(id) + "}");
  stream.log->expire_before(6);
  stream.server.start();
  const auto expired = stream.open("Last-Event-ID: 2\r\n");
  CHECK(expired->read_until("\n\n") == "event: gap\ndata: {\"requested\":2,\"oldest\":6,\"newest\":10}\n\n");
  for (std::int64_t id = 6; id <= 10; ++id) CHECK(expired->read_until("\n\n") == frame(id));
  const auto edge = stream.open("Last-Event-ID: 5\r\n");  // 6 is the next one: nothing is missing
  CHECK(edge->read_until("\n\n") == frame(6));
  const auto future = stream.open("Last-Event-ID: 99\r\n");
  CHECK(future->read_until("\n\n") == "event: gap\ndata: {\"requested\":99,\"oldest\":6,\"newest\":10}\n\n");
}

TEST_CASE("a silent stream is kept alive by comments") {
  ServerOptions options = any_port();
  options.event_heartbeat = 20ms;
  StreamServer stream(options);
  stream.server.start();
  const auto client = stream.open();
  CHECK(client->read_until("\n\n") == ": still here\n\n");
  CHECK(client->read_until("\n\n") == ": still here\n\n");
}

TEST_CASE("clients are bounded, and a closed one gives its place back") {
  ServerOptions options = any_port();
  options.max_sse_clients = 1;
  options.event_heartbeat = 20ms;
  StreamServer stream(options);
  stream.server.start();
  auto first = stream.open();
  first->read_until(": still here\n\n");
  Client second(stream.server.port());
  second.send(get("/v1/stream"));
  CHECK(has(second.read_response(), "503 "));
  first.reset();
  // The server sees the close before anything else that this client does later; one retry loop, no fixed wait.
  for (int tries = 0; tries < 500; ++tries) {
    Client again(stream.server.port());
    again.send(get("/v1/stream"));
    if (has(again.read_until("\r\n\r\n"), "200 OK")) return;
  }
  FAIL("the place was not given back");
}

TEST_CASE("the hub: a client that has fallen behind must read the table; without clients nothing is kept") {
  boost::asio::thread_pool pool(1);
  const auto log = std::make_shared<MemoryLog>();
  for (std::int64_t id = 1; id <= 3; ++id) log->append(id, "{}");
  const auto hub = std::make_shared<EventHub>(pool.get_executor(), log, 4, 2, silent_logger());
  std::promise<void> woken;
  std::atomic<int> wakes = 0;
  const auto client = hub->join([&] {
    if (++wakes == 1) woken.set_value();
  });
  woken.get_future().get();
  REQUIRE(hub->start() == 3);  // it starts at the newest
  CHECK(hub->take(3, 1000).frames.empty());
  CHECK(hub->take(1, 1000).behind);
  for (std::int64_t id = 4; id <= 12; ++id) log->append(id, "{}");
  hub->notify();
  for (int tries = 0; tries < 1'000'000 && hub->take(11, 1000).cursor != 12; ++tries) std::this_thread::yield();
  CHECK(hub->start() == 8);  // a backlog of four
  CHECK(hub->take(7, 1000).behind);
  const auto portion = hub->take(8, 1);
  CHECK(portion.cursor == 9);  // at least one frame, however small the bound
  CHECK(hub->take(9, 1000).cursor == 12);
  hub->leave(client);
  CHECK_FALSE(hub->start());
  CHECK(hub->clients() == 0);
  pool.join();
}

TEST_CASE("a stop ends the streams at once") {
  StreamServer stream;
  stream.server.start();
  const auto client = stream.open();
  auto stopped = std::async(std::launch::async, [&] { return stream.server.server->stop_and_wait(5s); });
  CHECK(client->closes());
  CHECK(stopped.get());
}
