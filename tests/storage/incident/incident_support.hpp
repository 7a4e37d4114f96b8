#pragma once
// For the tests of incidents: a database and, in one line each, what incident_view shows.
#include <fmt/format.h>

#include "storage/incident/incident_log.hpp"
#include "storage/incident/incident_reader.hpp"
#include "storage/incident/run_log.hpp"
#include "storage/source/source_coverage.hpp"
#include "tests/storage/storage_support.hpp"

namespace storage_test {

struct IncidentBench : DocumentStore {
  template <class Step>
  void commit(const Step& step) {
    Transaction transaction(connection);
    step();
    transaction.commit();
  }
  /// A daemon that starts at one minute and is alive until another.
  void run(std::int64_t from, std::int64_t until) {
    commit([&] {
      RunLog runs(connection);
      runs.begin({at_minute(from), at_minute(from), "m", {}});
      runs.alive(at_minute(until));
    });
  }
  /// The source answers every ten minutes, and is expected to within fifteen.
  void answers(const std::string& source, std::int64_t from, std::int64_t until) {
    SourceCoverage coverage(connection, {});
    for (auto minute = from; minute <= until; minute += 10) coverage.success(source, at_minute(minute), minutes(15));
  }
  /// "source_down wire 40-70 3": minutes since at_minute(0), documents; in the order in which they begin.
  std::vector<std::string> shown(const IncidentQuery& query = {}) {
    std::vector<std::string> lines;
    for (const auto& row : list_incidents(connection, query).items) {
      const auto minute = [](TimePoint at) {
        return fmt::format("{:.10g}", static_cast<double>((at - at_minute(0)).count()) / 60'000);
      };
      lines.insert(lines.begin(),
                   fmt::format("{} {} {}-{} {}", row.kind, row.source.value_or("*"), minute(row.from),
                               row.to ? minute(*row.to) : "", row.documents ? std::to_string(*row.documents) : "?"));
    }
    return lines;
  }
  using Lines = std::vector<std::string>;
};

}  // namespace storage_test
