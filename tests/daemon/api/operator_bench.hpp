#pragma once
// For the tests of what operators ask for: a real database, and a thread that does what a request asks of the writer.
#include <spdlog/sinks/ostream_sink.h>

#include <boost/json.hpp>
#include <sstream>
#include <thread>

#include "daemon/api/audit_api.hpp"
#include "daemon/api/operator_change.hpp"
#include "storage/alert/alert_writer.hpp"
#include "storage/connection/transaction.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/support/scratch_folder.hpp"

namespace http_test {

struct OperatorBench {
  OperatorBench() { add_audit_routes(router, readers); }

  /// Sends the request at `now`; the writer works at the same time.
  ApiResponse ask(const std::string& method, const std::string& target, const std::string& body = {}) {
    std::atomic<bool> answered = false;
    std::thread writing([&] {
      while (!answered) {
        for (auto& command : writer.pop(0, std::chrono::milliseconds(5)).commands) {
          storage::Transaction transaction(database);
          command.apply(database, now);
          transaction.commit();
          command.done(true);
        }
      }
    });
    ApiResponse response = call(router, method, target, body, {}, now);
    answered = true;
    writing.join();
    return response;
  }
  boost::json::value json(const std::string& target) { return boost::json::parse(ask("GET", target).body); }

  void record(const std::string& id, std::int64_t sequence, const std::string& state,
              const std::vector<storage::OutboxMessage>& messages = {}) {
    storage::AlertRow row;
    row.id = id;
    row.rule = "burst";
    row.severity = "critical";
    row.state = state;
    row.key_json = R"({"topic":"earnings"})";
    row.labels_json = R"({"team":"desk"})";
    row.measure = "negative_stories";
    row.evidence_json = R"({"summary":"Earnings: 14 negative stories","observed":14})";
    row.sequence = sequence;
    row.type = "alert." + state;
    if (state == "resolved") row.ended_at = now;
    storage::Transaction transaction(database);
    storage::AlertWriter(database, {}).record(row, messages, now);
    transaction.commit();
  }

  tests::ScratchFolder folder;
  storage::Connection database = storage::Connection::open_writer(folder.at("t.db"));
  ReaderPool readers{folder.at("t.db"), storage::StorageOptions{}, 1};
  WriterQueue writer{1, 8};
  std::ostringstream lines;
  std::shared_ptr<spdlog::logger> log =
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(lines));
  OperatorDesk desk{writer, nullptr, log};
  Router router;
  WallTime now{std::chrono::milliseconds(1'767'600'000'000)};  // 2026-01-05T08:00:00Z
};

}  // namespace http_test
