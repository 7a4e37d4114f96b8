#include "daemon/outputs.hpp"

#include "daemon/observe/log.hpp"
#include "storage/output/output_log.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kNow{1'767'600'000'000ms};

OutputReport output_report(const std::string& name, const std::string& state) {
  OutputReport report;
  report.name = name;
  report.state = state;
  return report;
}

/// No broker answers there.
ingest::KafkaOutputOptions unreachable(const std::string& name) {
  ingest::KafkaOutputOptions options;
  options.name = name;
  options.brokers = "127.0.0.1:1";
  options.documents = "docs";
  options.step = 20ms;
  options.open_patience = 20ms;
  return options;
}

std::vector<std::string> names_of(const Outputs& outputs) {
  std::vector<std::string> names;
  for (const auto& report : outputs.reports()) names.push_back(report.name + " " + report.state);
  return names;
}

}  // namespace

TEST_CASE("readiness: an output that has published nothing for a minute while events wait is named, not fatal") {
  CHECK(outputs_checks({}, kNow).empty());
  auto fine = output_report("fine", "publishing");
  fine.waiting_since = kNow - 59s;
  const auto all_fine = outputs_checks(std::vector{fine}, kNow);
  REQUIRE(all_fine.size() == 1);
  CHECK(all_fine[0].name == "outputs");
  CHECK(all_fine[0].ok);

  auto stuck = output_report("desk", "failing");
  stuck.waiting_since = kNow - 60s;
  stuck.lag = 12;
  stuck.last_error = "no broker";
  auto halted = output_report("other", "halted");
  const auto check = outputs_checks(std::vector{fine, stuck, halted}, kNow).at(0);
  CHECK_FALSE(check.ok);
  CHECK_FALSE(check.fatal);
  CHECK(check.detail == "desk (12 events wait: no broker); other (0 events wait); GET /v1/outputs");
}

TEST_CASE("outputs of another configuration take the place of the present ones; those that stay do not notice") {
  const storage_test::TempFolder folder;
  config::Config config;
  config.storage.path = folder.file();
  config.outputs = {unreachable("stays"), unreachable("goes"), unreachable("changes")};
  auto database = storage::Connection::open_writer(config.storage.path, config.storage);
  put_outputs_in_force(database, config.outputs);
  CHECK(storage::OutputLog(database).position("goes") == 0);
  WriterQueue queue(1, 100);
  CommitNotifier notifier;
  Metrics metrics("test", "none");
  Outputs outputs({config, queue, notifier, metrics, std::make_shared<spdlog::logger>("test")});
  outputs.start();
  notifier.notify();

  config::Config next = config;
  next.outputs = {unreachable("new"), unreachable("changes"), unreachable("stays")};
  put_outputs_in_force(database, next.outputs);
  CHECK_FALSE(storage::OutputLog(database).position("goes"));
  outputs.replacement(next, {"changes"})();
  const auto reports = outputs.reports();
  REQUIRE(reports.size() == 3);
  for (const auto& report : reports) CHECK(report.state != "stopped");
  CHECK(reports[0].name == "new");
  CHECK(metrics.expose().find("tapewatch_output_lag_events{output=\"goes\"}") == std::string::npos);
  CHECK(metrics.expose().find("tapewatch_output_lag_events{output=\"new\"}") != std::string::npos);
  outputs.stop();
  CHECK(names_of(outputs) == std::vector<std::string>{"new stopped", "changes stopped", "stays stopped"});
}
