#include "storage/maintain/database_check.hpp"

#include "tests/storage/maintain/maintain_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("the check finds inconsistencies") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  fill(connection, 20, 1);
  REQUIRE(check_database(connection).problems.empty());
  const auto finds = [&](const std::string& damage, const std::string& what) {
    Transaction transaction(connection);
    connection.execute(damage);
    transaction.commit();
    std::string all;
    for (const auto& problem : check_database(connection).problems) all += problem + "\n";
    CAPTURE(damage, all);
    CHECK(all.find(what) != std::string::npos);
  };
  finds("UPDATE topic_sums SET documents = documents + 1 WHERE minute = (SELECT min(minute) FROM topic_sums)",
        "rollup_topic, sums over documents");
  finds("UPDATE entity_sums SET sum = sum + 1 WHERE minute = (SELECT min(minute) FROM entity_sums)",
        "rollup_entity, sums over documents");
  finds("UPDATE entity_hours SET negative = negative + 1", "companies by the hour: rows that are missing");
  finds("DELETE FROM entity_hours WHERE minute = (SELECT min(minute) FROM entity_hours)", "companies by the hour");
  finds("UPDATE topic_sums SET repeats_source = repeats_source - 1", "rollup_topic, votes of stories by source");
  finds("UPDATE topic_sums SET model = model + 1", "rollup_topic, sums over documents");
  finds("UPDATE topic SET documents = 1", "counters of topics");
  finds("UPDATE document SET topic = 99 WHERE id = 3", "refers to a missing topic");
  finds("UPDATE clock SET seq = 2", "the clock is behind");
}
