#include "storage/sentiment/rollup.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("a delta is added to its row, for topics and for companies, and removed again") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  for (const bool company : {false, true}) {
    const std::string table = company ? "rollup_entity" : "rollup_topic";
    RollupKey key{{}, 30, 1, 2, 3};
    if (company) key.entity = 5;
    RollupDelta in, again, out;
    in.add_document(Label::negative, -500'000, 1);
    in.add_votes(Label::negative, -500'000, {true, false, true, true});
    again.add_document(Label::unscored, std::nullopt, 1);
    out.add_document(Label::negative, -500'000, -1);
    for (const auto& delta : {in, again}) add_to_rollup(connection, key, delta);
    CHECK(number(connection, "SELECT documents FROM " + table) == 2);
    CHECK(number(connection, "SELECT negative FROM " + table) == 1);
    CHECK(number(connection, "SELECT unscored FROM " + table) == 1);
    CHECK(number(connection, "SELECT sum FROM " + table) == -500'000);
    CHECK(number(connection, "SELECT sum_squares FROM " + table) == 250'000'000);
    CHECK(number(connection, "SELECT negative_stories_all FROM " + table) == 1);
    CHECK(number(connection, "SELECT stories_topic FROM " + table) == 0);
    CHECK(number(connection, "SELECT story_sum_source FROM " + table) == -500'000);
    const std::string stored = company ? "entity_sums" : "topic_sums";
    CHECK(number(connection, "SELECT repeats_all * 10 + repeats_topic FROM " + stored) == 12);
    CHECK(number(connection, "SELECT repeat_sum_all * 10 + repeat_sum_topic FROM " + stored) == -500'000);
    add_to_rollup(connection, key, out);
    CHECK(number(connection, "SELECT sum FROM " + table) == 0);
    CHECK(number(connection, "SELECT stories_all FROM " + table) == 1);  // a vote stays
    CHECK(number(connection, "SELECT count(*) FROM " + table) == 1);
    key.model = 4;  // another version counts in a row of its own
    add_to_rollup(connection, key, in);
    CHECK(number(connection, "SELECT sum FROM " + table + " WHERE model = 4") == -500'000);
    CHECK(number(connection, "SELECT sum FROM " + table + " WHERE model = 3") == 0);
  }
}
