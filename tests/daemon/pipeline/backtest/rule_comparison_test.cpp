// Two rule sets over the same rows, stored once.
#include "daemon/pipeline/backtest/rule_comparison.hpp"

#include "storage/connection/transaction.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z

/// The burst through an applier with the rules `now`, compared with `before`; every document arrives twice.
std::pair<RuleComparison, std::int64_t> compare(const alerts::RuleOptions& now, const alerts::RuleOptions& before) {
  const storage_test::TempFolder folder;
  auto database = storage::Connection::open_writer(folder.file());
  ApplierOptions options;
  options.rules = {now};
  options.detector.model_version = tests::kModel;
  Applier applier(database, options);
  RuleComparison comparison({before}, options.detector);
  storage::Transaction transaction(database);
  for (const Scored& record : tests::quiet_then_burst(kFrom)) {
    for (int time = 0; time < 2; ++time) comparison.observe(record, applier.apply(record, record.scored_at));
  }
  const TimePoint calm = kFrom + 40h;
  const auto steps = applier.tick(calm, calm);
  comparison.tick(storage::Clock(database).last_seq(), calm, steps);
  applier.finish();
  transaction.commit();
  return {std::move(comparison), storage_test::number(database, "SELECT count(*) FROM document")};
}

}  // namespace

TEST_CASE("the same rules over the same rows: nothing gained, nothing lost, and equal evidence") {
  const auto [comparison, documents] = compare(tests::burst_rule(), tests::burst_rule());
  CHECK(documents == 76);
  REQUIRE(comparison.now().size() == 1);
  REQUIRE(comparison.before().size() == 1);
  CHECK(comparison.now()[0].ended_at);
  CHECK(change_json({true, &comparison.now()[0]}) == change_json({true, &comparison.before()[0]}));
  CHECK(comparison.difference().same == 1);
  CHECK(comparison.difference().changes.empty());
}

TEST_CASE("a rule that wants more stories loses the alert; the old rules see the same rows and keep it") {
  auto strict = tests::burst_rule();
  strict.min_stories = 50;
  const auto lost = compare(strict, tests::burst_rule()).first;
  REQUIRE(lost.difference().lost == 1);
  CHECK(lost.difference().gained == 0);
  const auto gained = compare(tests::burst_rule(), strict).first;
  REQUIRE(gained.difference().gained == 1);
  // Whichever side it is on, the alert is the same to the byte.
  CHECK(change_json({true, lost.difference().changes[0].alert}) ==
        change_json({true, gained.difference().changes[0].alert}));
}
