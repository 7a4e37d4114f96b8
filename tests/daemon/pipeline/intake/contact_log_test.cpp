// Reports of sources end up in the history's coverage. Time is a parameter throughout.
#include "daemon/pipeline/intake/contact_log.hpp"

#include <boost/json.hpp>

#include "daemon/api/sentiment_api.hpp"
#include "storage/source/source_coverage.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;
using storage_test::at_minute;

namespace {

/// A contact log, and a writer that runs when the test tells it to.
struct Bench {
  explicit Bench(std::size_t lane = 8, ContactLogOptions options = {})
      : database(storage::Connection::open_writer(folder.file())), queue(1, lane), contacts(queue, {}, options) {}

  /// Runs the waiting commands, each in a transaction; returns their number.
  std::size_t run_writer(bool commit = true) {
    const auto batch = queue.pop(0, 0ms);
    for (const Command& command : batch.commands) {
      storage::Transaction transaction(database);
      command.apply(database, at_minute(0));
      if (commit) transaction.commit();
    }
    for (const Command& command : batch.commands) {
      if (command.done) command.done(commit);
    }
    return batch.commands.size();
  }
  storage::SourceContacts status(const std::string& source) {
    for (auto& found : storage::SourceCoverage(database, {}).all()) {
      if (found.source == source) return found;
    }
    return {};
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  WriterQueue queue;
  ContactLog contacts;
};

}  // namespace

TEST_CASE("contact log: a feed that fails for a while leaves a hole in its coverage, and nothing else does") {
  Bench bench;
  for (int minute = 0; minute < 240; ++minute) {
    const bool fails = minute >= 60 && minute < 120;
    if (fails) {
      bench.contacts.failed("fed", at_minute(minute), "http_status: status 503");
    } else {
      bench.contacts.heard("fed", at_minute(minute), 2min);
    }
    bench.contacts.heard("wire", at_minute(minute), 2min);
    bench.run_writer();
    CHECK(bench.run_writer() <= 1);  // the second contact of the minute, held while the first was on its way
  }
  storage::DocumentWriter documents(bench.database, {});
  const auto of = [&](const std::string& source, int minute) {
    storage_test::store(bench.database, documents,
                        storage_test::document(source, std::to_string(minute), at_minute(minute), "t"));
  };
  of("fed", 1), of("wire", 2), of("my-desk", 3);

  ReaderPool readers(bench.folder.file(), {}, 1);
  Router router;
  add_sentiment_routes(router, readers);
  const auto coverage = [&](const std::string& more) {
    const auto answer =
        call(router, "GET", "/v1/sentiment?from=2026-03-02T09:00:00Z&to=2026-03-02T13:00:00Z&bucket=1h" + more, {}, {},
             at_minute(240));
    INFO(answer.body);
    REQUIRE(answer.status == 200);
    std::map<std::string, boost::json::array> found;
    const auto body = boost::json::parse(answer.body);
    for (const auto& series : body.at("series").as_array()) {
      boost::json::array points;
      for (const auto& point : series.at("points").as_array()) points.push_back(point.at("coverage"));
      const auto* source = series.at("key").as_object().if_contains("source");
      found[source ? std::string(source->as_string()) : ""] = points;
    }
    return found;
  };
  const auto number = [](const boost::json::value& value) { return value.to_number<double>(); };
  const auto all = coverage("").at("");
  CHECK(number(all[0]) == 1.0);
  CHECK(number(all[1]) == Approx(0.5).margin(0.03));
  CHECK(number(all[2]) == 1.0);
  CHECK(number(all[3]) == 1.0);
  const auto each = coverage("&group_by=source");
  CHECK(number(each.at("fed")[1]) == Approx(0.0).margin(0.06));
  CHECK(number(each.at("wire")[1]) == 1.0);
  CHECK(each.at("my-desk")[1].is_null());  // pushed: nothing polls it, so its coverage is unknown
  CHECK(number(coverage("&source=fed").at("")[1]) == Approx(0.0).margin(0.06));
  CHECK(bench.status("fed").last_error == "http_status: status 503");
}

TEST_CASE("contact log: many contacts are few writes, and a success does not hide a failure") {
  Bench bench;
  for (int second = 0; second < 60; ++second) {
    bench.contacts.heard("fed", at_minute(0) + std::chrono::seconds(second), 1s);
    bench.contacts.failed("fed", at_minute(0) + std::chrono::seconds(second), "timeout");
    bench.run_writer();
  }
  bench.run_writer();
  CHECK(bench.status("fed").successes == 4);
  CHECK(bench.status("fed").errors == 4);
  const std::vector<TimePoint> minute = {at_minute(0), at_minute(1)};
  CHECK(*storage::SourceCoverage(bench.database, {}).coverage(minute, {}, at_minute(1))[0] == 1.0);
  bench.contacts.heard("fed", at_minute(-60), 1s);  // the clock was set back
  CHECK(bench.run_writer() == 1);
}

TEST_CASE("contact log: one command at a time, and a stalled writer loses a bounded number of contacts") {
  Bench bench(8, {.every = 15s, .most_waiting = 10});
  for (int i = 0; i < 50; ++i) bench.contacts.heard("feed-" + std::to_string(i), at_minute(0), 1min);
  CHECK(bench.run_writer() == 1);  // the first contact
  CHECK(bench.run_writer() == 1);  // the ten that waited
  CHECK(bench.run_writer() == 0);
  CHECK(storage::SourceCoverage(bench.database, {}).all().size() == 11);
  for (int i = 0; i < 50; ++i) bench.contacts.heard("feed-" + std::to_string(i), at_minute(0) + 1s, 1min);
  bench.run_writer();
  bench.run_writer();
  CHECK(storage::SourceCoverage(bench.database, {}).all().size() ==
        22);  // a dropped contact is written at the next one
}

TEST_CASE("contact log: the next contact makes up for a full lane or a refused write") {
  Bench bench(1);
  Command other;
  REQUIRE(bench.queue.push_command(other));
  bench.contacts.heard("fed", at_minute(0), 1min);
  bench.queue.pop(0, 0ms);
  bench.contacts.heard("fed", at_minute(0) + 1s, 1min);
  CHECK(bench.run_writer(/*commit=*/false) == 1);
  CHECK(bench.status("fed").successes == 0);
  bench.contacts.heard("fed", at_minute(0) + 2s, 1min);
  CHECK(bench.run_writer() == 1);
  CHECK(bench.status("fed").last_success == at_minute(0) + 2s);
  bench.queue.close();
  bench.contacts.heard("fed", at_minute(5), 1min);  // stopping: nobody waits
}
