// An output's loop against brokers and a database that follow a script.
#include "daemon/pipeline/output/output_loop.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using Kind = ingest::OutputResult::Kind;

namespace {

constexpr auto kPatience = 60s;  // ends a hanging test; nothing else waits for it

/// What brokers have, shared by the test and the loop's thread.
struct Brokers {
  struct Step {
    Kind kind = Kind::done;
    bool applied = false;  // the brokers have it all the same
  };
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<ingest::OutputRecord> topic;
  std::optional<ingest::CommittedEvent> position;
  std::vector<std::size_t> transactions;  // records of each that was committed
  std::deque<Step> script;                // of publish(), before it does as it is told
  std::size_t most_bytes = 1'000'000;     // of a batch
  int opened = 0;

  template <class Change>
  void change(const Change& change) {
    const std::lock_guard lock(mutex);
    change(*this);
    changed.notify_all();
  }
  template <class Done>
  void wait(const Done& done) {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, kPatience, [&] { return done(*this); }));
  }
  void wait_position(std::int64_t event) {
    wait([&](const Brokers& b) { return b.position && b.position->event == event; });
  }
};

class ScriptedOutput final : public ingest::KafkaOutput {
 public:
  explicit ScriptedOutput(std::shared_ptr<Brokers> brokers) : brokers_(std::move(brokers)) {}
  ingest::OutputResult open() override {
    brokers_->change([](Brokers& b) { ++b.opened; });
    return {};
  }
  ingest::OutputResult committed(std::optional<ingest::CommittedEvent>& found) override {
    brokers_->change([&](Brokers& b) { found = b.position; });
    return {};
  }
  ingest::OutputResult publish(const std::vector<ingest::OutputRecord>& records,
                               const ingest::CommittedEvent& last) override {
    ingest::OutputResult result;
    brokers_->change([&](Brokers& b) {
      Brokers::Step step{Kind::done, true};
      if (!b.script.empty()) {
        step = b.script.front();
        b.script.pop_front();
      }
      std::size_t bytes = 0;
      for (const auto& record : records) bytes += record.value.size();
      if (bytes > b.most_bytes) step = {Kind::too_large, false};
      result = {step.kind, "as the script says"};
      if (!step.applied) return;
      b.topic.insert(b.topic.end(), records.begin(), records.end());
      b.transactions.push_back(records.size());
      b.position = last;
    });
    return result;
  }
  void idle() override {}

 private:
  const std::shared_ptr<Brokers> brokers_;
};

struct Events {
  std::mutex mutex;
  std::deque<storage::OutputEvent> events;
  std::int64_t position = 0, newest = 0;

  void add(const std::string& type, const std::string& json) {
    const std::lock_guard lock(mutex);
    ++newest;
    events.push_back({newest, type, type + std::to_string(newest), json, TimePoint(std::chrono::milliseconds(newest))});
  }
  void add_documents(int count) {
    for (int i = 0; i < count; ++i) add("document", "{}");
  }
  void drop_before(std::int64_t event) {
    const std::lock_guard lock(mutex);
    while (!events.empty() && events.front().id < event) events.pop_front();
  }
};

class ScriptedJournal final : public OutputJournal {
 public:
  explicit ScriptedJournal(std::shared_ptr<Events> events) : events_(std::move(events)) {}
  std::vector<storage::OutputEvent> after(std::int64_t event, std::size_t limit) override {
    const std::lock_guard lock(events_->mutex);
    std::vector<storage::OutputEvent> page;
    for (const auto& one : events_->events) {
      if (one.id > event && page.size() < limit) page.push_back(one);
    }
    return page;
  }
  Range range() override {
    const std::lock_guard lock(events_->mutex);
    return {events_->events.empty() ? 0 : events_->events.front().id, events_->newest};
  }
  std::optional<storage::TimePoint> written_at(std::int64_t event) override {
    const std::lock_guard lock(events_->mutex);
    for (const auto& one : events_->events) {
      if (one.id == event) return one.at;
    }
    return std::nullopt;
  }
  std::int64_t position() override {
    const std::lock_guard lock(events_->mutex);
    return events_->position;
  }
  void advance(std::int64_t event) override {
    const std::lock_guard lock(events_->mutex);
    events_->position = event;
  }

 private:
  const std::shared_ptr<Events> events_;
};

struct OutputBench {
  OutputBench() {
    options.name = "desk";
    options.documents = "docs";
    options.alerts = "alerts";
    options.linger = 0ms;
    options.look_every = 2ms;
    options.retry_first = 1ms;
    options.retry_most = 2ms;
  }
  OutputLoop& start(const std::string& process = "p") {
    OutputLoopParts parts;
    parts.journal = std::make_unique<ScriptedJournal>(events);
    parts.log = std::make_shared<spdlog::logger>("test");
    parts.open = [brokers = brokers](const ingest::StopAsked&) { return std::make_unique<ScriptedOutput>(brokers); };
    parts.process = process;
    loop = std::make_unique<OutputLoop>(options, std::move(parts), metrics);
    loop->start();
    return *loop;
  }
  std::vector<std::int64_t> published() {
    const std::lock_guard lock(brokers->mutex);
    std::vector<std::int64_t> numbers;
    for (const auto& record : brokers->topic) numbers.push_back(record.event);
    return numbers;
  }
  static std::vector<std::int64_t> up_to(std::int64_t last) {
    std::vector<std::int64_t> numbers;
    for (std::int64_t i = 1; i <= last; ++i) numbers.push_back(i);
    return numbers;
  }

  ingest::KafkaOutputOptions options;
  std::shared_ptr<Brokers> brokers = std::make_shared<Brokers>();
  std::shared_ptr<Events> events = std::make_shared<Events>();
  Metrics metrics{"test", "none"};
  std::unique_ptr<OutputLoop> loop;
};

}  // namespace

TEST_CASE("an output publishes what there is and what comes, in batches, and tells the database at the end") {
  OutputBench bench;
  bench.options.batch = 4;
  bench.events->add_documents(9);
  auto& loop = bench.start();
  bench.brokers->wait_position(9);
  bench.events->add("alert", "{}");
  loop.wake();
  bench.brokers->wait_position(10);
  loop.stop();
  CHECK(bench.published() == OutputBench::up_to(10));
  CHECK(bench.brokers->transactions == std::vector<std::size_t>{4, 4, 1, 1});
  CHECK(bench.brokers->position->by == "p");
  CHECK(bench.brokers->position->written_at == 10);
  CHECK(bench.events->position == 10);
  const auto report = loop.report();
  CHECK(report.published == 10);
  CHECK(report.position == 10);
  CHECK(report.state == "stopped");
  CHECK_FALSE(report.waiting_since);
}

TEST_CASE("whatever becomes of a transaction, each event is published once and in order") {
  const auto step = GENERATE(Brokers::Step{Kind::again, false}, Brokers::Step{Kind::aborted, false},
                             Brokers::Step{Kind::lost, false}, Brokers::Step{Kind::lost, true});
  OutputBench bench;
  bench.options.batch = 3;
  bench.events->add_documents(10);
  for (int i = 0; i < 7; ++i) bench.brokers->script.push_back(i % 2 == 0 ? step : Brokers::Step{Kind::done, true});
  auto& loop = bench.start();
  bench.brokers->wait_position(10);
  loop.stop();
  CHECK(bench.published() == OutputBench::up_to(10));
  CHECK(bench.brokers->opened == (step.kind == Kind::lost ? (step.applied ? 3 : 5) : 1));
}

TEST_CASE("transactions that are aborted one after the other get another client") {
  OutputBench bench;
  bench.events->add_documents(2);
  for (int i = 0; i < 6; ++i) bench.brokers->script.push_back({Kind::aborted, false});
  auto& loop = bench.start();
  bench.brokers->wait_position(2);
  loop.stop();
  CHECK(bench.published() == OutputBench::up_to(2));
  CHECK(bench.brokers->opened == 3);
}

TEST_CASE("a process that was killed after the brokers committed, before the database heard, doubles nothing") {
  OutputBench bench;
  bench.events->add_documents(8);
  bench.brokers->position = ingest::CommittedEvent{5, 5, "killed"};
  auto& loop = bench.start();
  bench.brokers->wait_position(8);
  loop.stop();
  CHECK(bench.published() == std::vector<std::int64_t>{6, 7, 8});
}

TEST_CASE("a record that its topic does not take is left out by name, and everything else is published") {
  OutputBench bench;
  bench.events->add_documents(20);
  bench.events->add("document", std::string(500, 'x'));
  bench.events->add_documents(20);
  bench.brokers->most_bytes = 100;
  auto& loop = bench.start();
  bench.brokers->wait_position(41);
  loop.stop();
  CHECK(bench.published() == OutputBench::up_to(41));
  const auto& left_out = bench.brokers->topic.at(20);
  CHECK(left_out.type == "gap");
  CHECK(left_out.key == "document21");
  CHECK(left_out.value.find("500 bytes are more than the topic takes") != std::string::npos);
  CHECK(loop.report().left_out == 1);
  CHECK(bench.metrics.expose().find("tapewatch_output_left_out_total{output=\"desk\"} 1") != std::string::npos);
}

TEST_CASE("events that the database has dropped meanwhile are told, counted, and stop nothing") {
  OutputBench bench;
  bench.events->add_documents(30);
  bench.events->drop_before(21);
  bench.events->position = 4;
  auto& loop = bench.start();
  bench.brokers->wait_position(30);
  loop.stop();
  const auto& topic = bench.brokers->topic;
  REQUIRE(topic.size() == 12);
  CHECK(topic[0].type == "gap");
  CHECK(topic[0].topic == "docs");
  CHECK(topic[1].topic == "alerts");
  CHECK(topic[0].value.find(R"({"first":5,"last":20,)") == 0);
  CHECK(topic[2].event == 21);
  CHECK(loop.report().lost == 16);
}

TEST_CASE("events without a topic are passed by") {
  OutputBench bench;
  bench.options.documents = "";
  bench.options.batch = 2;
  bench.events->add_documents(5);
  bench.events->add("alert", "{}");
  bench.events->add_documents(3);
  auto& loop = bench.start();
  bench.brokers->wait_position(6);
  loop.stop();
  CHECK(bench.published() == std::vector<std::int64_t>{6});
}

TEST_CASE("the position is committed again while there is nothing to publish") {
  OutputBench bench;
  bench.options.position_every = 1ms;
  bench.events->add_documents(1);
  auto& loop = bench.start();
  bench.brokers->wait([](const Brokers& b) { return b.transactions.size() >= 3; });
  loop.stop();
  CHECK(bench.published() == OutputBench::up_to(1));
}

TEST_CASE("an output that is fenced by another process stops; one that was fenced by a mere time-out goes on") {
  OutputBench bench;
  bench.events->add_documents(3);
  auto& loop = bench.start("first");
  bench.brokers->wait_position(3);
  bench.brokers->change([](Brokers& b) { b.script.push_back({Kind::lost, false}); });
  bench.events->add_documents(1);
  loop.wake();
  bench.brokers->wait_position(4);

  bench.brokers->change([](Brokers& b) {
    b.position = ingest::CommittedEvent{4, 4, "second"};
    b.script.push_back({Kind::lost, false});
  });
  bench.events->add_documents(1);
  loop.wake();
  bench.brokers->wait([](const Brokers& b) { return b.opened == 3; });
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (loop.report().state != "halted" && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  CHECK(loop.report().last_error.find("another process publishes under the transactional id tapewatch-desk") == 0);
  loop.stop();
  CHECK(bench.published() == OutputBench::up_to(4));
}
