// Step 25: incidents.
#include "storage/incident/run_log.hpp"
#include "storage/maintain/database_check.hpp"
#include "storage/schema/schema.hpp"
#include "storage/source/source_coverage.hpp"
#include "tests/storage/schema/schema_support.hpp"

using namespace storage_test;

TEST_CASE("what an earlier schema has kept of sources is told of: from when they were expected again") {
  const TempFolder folder;
  run_sql(folder.file(), fixture("version_19.sql"));
  const auto ms = [](std::int64_t minute) { return std::to_string(to_ms(at_minute(minute))); };
  run_sql(folder.file(), "INSERT INTO source_span (source, since, until) VALUES ('gazette', " + ms(0) + ", " + ms(30) +
                             "), ('gazette', " + ms(50) + ", " + ms(90) + ")");
  auto connection = Connection::open_writer(folder.file());
  CHECK(check_database(connection).problems.empty());
  const auto down = [&] {
    auto read = connection.prepare(
        "SELECT from_ms, to_ms FROM incident_view WHERE kind = 'source_down' AND source = 'gazette' ORDER BY from_ms");
    std::vector<std::string> spans;
    while (read.step()) spans.push_back(read.text(0) + "-" + read.text(1));
    return spans;
  };
  // Until when the daemon ran is not known: nothing lasts.
  const std::string known = ms(30) + "-" + ms(50);
  CHECK(down() == std::vector<std::string>{known});
  CHECK(number(connection, "SELECT count(*) FROM incident_view WHERE kind <> 'source_down'") == 0);
  // The first run of the new version does not know when the one before ended.
  RunLog(connection).begin({at_minute(100), at_minute(100), "m", {}});
  CHECK(number(connection, "SELECT count(*) FROM incident_view WHERE kind = 'daemon_down'") == 0);
  SourceCoverage(connection, {}).success("gazette", at_minute(101), minutes(30));
  CHECK(down() == std::vector<std::string>{known, ms(90) + "-" + ms(101)});
}
