#include "alerts/notification/inhibition.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;

namespace {

RuleOptions rule(Selection where = {}, Measure measure = Measure::negative_stories) {
  RuleOptions options;
  options.where = std::move(where);
  options.measure = measure;
  return options;
}

const SeriesKey kStream;
const SeriesKey kTopic = {{"topic", "earnings"}};
const SeriesKey kCompany = {{"entity", "halden"}, {"topic", "earnings"}};

}  // namespace

TEST_CASE("inhibition: the whole stream contains its topics, a topic its companies") {
  CHECK(is_part_of(rule(), kTopic, rule(), kStream));
  CHECK(is_part_of(rule(), kCompany, rule(), kStream));
  CHECK(is_part_of(rule(), kCompany, rule(), kTopic));
  CHECK_FALSE(is_part_of(rule(), kStream, rule(), kTopic));
  CHECK_FALSE(is_part_of(rule(), kTopic, rule(), kTopic));
  CHECK_FALSE(is_part_of(rule(), kStream, rule(), kStream));
  CHECK_FALSE(is_part_of(rule(), {{"entity", "halden"}, {"topic", "mergers"}}, rule(), kTopic));
  CHECK_FALSE(is_part_of(rule(), {{"entity", "halden"}, {"source", "wire"}}, rule(), kTopic));
}

TEST_CASE("inhibition: another measure is another question") {
  CHECK_FALSE(is_part_of(rule({}, Measure::mean_sentiment), kTopic, rule(), kStream));
  CHECK(is_part_of(rule({}, Measure::no_data), {{"source", "wire"}}, rule({}, Measure::no_data), kStream));
}

TEST_CASE("inhibition: the whole selects all that the part does") {
  const auto earnings = rule({.topic = {"earnings", "mergers"}});
  CHECK(is_part_of(rule(), kTopic, earnings, kStream));
  CHECK_FALSE(is_part_of(rule(), {{"topic", "macro"}}, earnings, kStream));
  CHECK(is_part_of(rule({.topic = {"mergers"}}), {{"entity", "halden"}}, earnings, kStream));
  CHECK_FALSE(is_part_of(rule({.topic = {"mergers", "macro"}}), {{"entity", "halden"}}, earnings, kStream));
  CHECK_FALSE(is_part_of(rule(), {{"entity", "halden"}}, earnings, kStream));  // of whatever topic
  const auto own = rule({.tag = {"own"}});
  CHECK(is_part_of(own, {{"entity", "halden"}}, own, kStream));
  CHECK_FALSE(is_part_of(rule(), {{"entity", "halden"}}, own, kStream));  // its tags are not known here
  CHECK_FALSE(is_part_of(rule({.source = {"wire", "blog"}}), kTopic, rule({.source = {"wire"}}), kStream));
  CHECK(is_part_of(rule({.source = {"wire"}}), kTopic, rule({.source = {"wire"}}), kStream));
}
