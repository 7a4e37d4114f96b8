// Advice: what it counts, what it chooses, and what it is worth on alerts that it has not seen.
#include "daemon/pipeline/backtest/advice.hpp"

#include <algorithm>

#include "storage/connection/transaction.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
namespace made = tapewatch::alerts::test;

namespace {

/// A year of news about some companies with real surges among them, and what a rule with a generous budget fires on it.
/// Whoever acknowledges finds an alert useful where it is about a surge.
struct Year {
  static constexpr int kDays = 365;
  static constexpr int kCompanies = 6;

  explicit Year(std::uint64_t seed) {
    made::StreamOptions options;
    options.series = kCompanies;
    options.days = kDays;
    options.largest_rate = 0.5;
    options.gamma_shape = 2.0;
    rows = made::quiet_stream(options, seed);
    made::Dice dice(seed + 1);
    for (TimePoint at = made::kMonday + 24h * 28; at < made::kMonday + 24h * (kDays - 5); at += 24h * 12) {
      const auto company = "company-" + std::to_string(static_cast<int>(dice.uniform() * kCompanies));
      const TimePoint start = at + std::chrono::minutes(static_cast<int>(dice.uniform() * 24 * 60 * 9));
      const std::chrono::minutes length(20 + static_cast<int>(dice.uniform() * 160));
      made::plant(rows, company, "negative", start, length, 10 + static_cast<int>(dice.uniform() * 20));
      surges.push_back({R"({"entity":")" + company + R"("})", start, start + length});
    }
    rule = made::entity_rule();
    rule.false_alarms = alerts::parse_false_alarms("2 per week").value();
    rule.min_stories = 3;
    acknowledge(run({{rule.false_alarms, rule.min_stories, true}}, rows.size()).all(0));
  }

  struct Ran {
    std::vector<TriedSetting> settings;
    std::unique_ptr<SettingsTrial> trial;
    const std::vector<FiredAlert>& all(std::size_t setting) const { return trial->fired(setting); }
  };
  /// The first `count` rows, through a detector of each setting.
  Ran run(std::vector<TriedSetting> settings, std::size_t count) const {
    Ran ran{std::move(settings), nullptr};
    ran.trial = std::make_unique<SettingsTrial>(rule, ran.settings, alerts::DetectorOptions{});
    for (std::size_t i = 0; i < count; ++i) ran.trial->take(ran.trial->detector().observe(rows[i]));
    return ran;
  }

  void acknowledge(const std::vector<FiredAlert>& fired) {
    for (const FiredAlert& alert : fired) {
      storage::JudgedAlert one;
      one.id = alert.firing.alert_id;
      one.key_json = alerts::key_json(alert.firing.key);
      one.started_at = alert.firing.started_at;
      one.ended_at = alert.ended_at;
      const bool surge = std::any_of(surges.begin(), surges.end(), [&](const Surge& s) {
        return s.key == one.key_json && s.from <= one.ended_at.value_or(TimePoint::max()) && one.started_at <= s.to;
      });
      one.verdict = surge ? "useful" : "noise";
      (one.started_at < made::kMonday + 24h * kDays / 2 ? first_half : second_half).push_back(one);
    }
  }

  struct Surge {
    std::string key;
    TimePoint from, to;
  };
  std::vector<alerts::Observation> rows;
  std::vector<Surge> surges;
  alerts::RuleOptions rule;
  std::vector<storage::JudgedAlert> first_half, second_half;
};

std::size_t with_verdict(const std::vector<storage::JudgedAlert>& judged, const std::string& verdict) {
  return static_cast<std::size_t>(
      std::count_if(judged.begin(), judged.end(), [&](const auto& alert) { return alert.verdict == verdict; }));
}

}  // namespace

// Of seeds 1, 2 and 3: all 15 useful ones kept each time, 2 of 36, 3 of 25 and 3 of 27 noise alerts left.
TEST_CASE(
    "advice from half a year of verdicts keeps what is useful in the other half, with half of the noise at most") {
  const Year year(1);
  const auto middle = std::find_if(year.rows.begin(), year.rows.end(),
                                   [](const auto& row) { return row.at >= made::kMonday + 24h * Year::kDays / 2; });
  const auto known = static_cast<std::size_t>(middle - year.rows.begin());
  const auto ran = year.run(tried_settings(year.rule), known);
  Advice advice;
  advice.tried = ran.trial->results(year.first_half, made::kMonday);
  choose_setting(advice, year.first_half);
  REQUIRE(advice.advised);
  const TriedResult& chosen = advice.tried[*advice.advised];
  CHECK(advice.vanished == 0);
  CHECK(advice.warnings.empty());
  CHECK(advice.useful >= 8);
  CHECK(advice.noise >= 20);

  const auto unseen = year.run({chosen.setting}, year.rows.size());
  const TriedResult result = unseen.trial->results(year.second_half, made::kMonday).at(0);
  const std::size_t useful = with_verdict(year.second_half, "useful"), noise = with_verdict(year.second_half, "noise");
  INFO(advice.summary << "; second half: " << result.useful_kept << " of " << useful << " useful kept, "
                      << result.noise_kept << " of " << noise << " noise left");
  CHECK(useful >= 8);
  CHECK(noise >= 20);
  CHECK(result.useful_kept == useful);
  CHECK(2 * result.noise_kept <= noise);
}

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
constexpr auto kNever = [](double) { return false; };

/// A database with a quiet day and a burst of sixteen stories about a company, which a rule has found.
struct Stored {
  Stored() : database(storage::Connection::open_writer(folder.file())) {
    ApplierOptions live;
    rule = tests::burst_rule();
    live.rules = {rule};
    live.detector.model_version = detector.model_version = tests::kModel;
    Applier applier(database, live);
    storage::Transaction transaction(database);
    for (const Scored& record : tests::quiet_then_burst(kFrom)) applier.apply(record, record.scored_at);
    applier.finish();
    transaction.commit();
  }
  void acknowledge(const std::string& verdict) {
    database
        .prepare(
            "INSERT INTO acknowledgement (alert, at, author, comment, verdict, token) SELECT number, 0, 'ann', '', "
            "?, '' FROM alert")
        .bind(1, verdict)
        .run();
  }
  std::optional<Advice> ask(const std::function<bool(double)>& is_over = kNever, std::size_t memory = 1 << 28) {
    auto reader = storage::Connection::open_reader(folder.file());
    return advise(reader, {rule, kFrom, kFrom + 240h, detector, tags, 10, memory}, is_over);
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  alerts::RuleOptions rule;
  alerts::DetectorOptions detector;
  EntityTags tags = tags_by_entity(*tests::two_companies());
};

const TriedResult& with_min_stories(const Advice& advice, std::size_t count) {
  const auto found = std::find_if(advice.tried.begin(), advice.tried.end(), [&](const TriedResult& result) {
    return result.setting.min_stories == count && result.setting.budget.count == 1.0;
  });
  REQUIRE(found != advice.tried.end());
  return *found;
}

}  // namespace

TEST_CASE("advice replays the stored history with every setting, and says what each would lose") {
  Stored stored;
  stored.acknowledge("useful");
  const auto advice = stored.ask();
  REQUIRE(advice);
  CHECK(advice->tried.size() == 7 * 6);
  CHECK(advice->tried.front().setting.present);
  CHECK(advice->tried.front().useful_kept == 1);
  CHECK(advice->documents == 76);
  CHECK(advice->useful == 1);
  CHECK(with_min_stories(*advice, 12).useful_kept == 1);
  const TriedResult& deaf = with_min_stories(*advice, 20);  // the burst has sixteen
  CHECK(deaf.useful_kept == 0);
  CHECK(deaf.lost.size() == 1);
  CHECK(deaf.alerts == 0);
  CHECK(advice->advised == 0);  // there is no noise to be rid of
  REQUIRE(advice->warnings.size() == 1);
  CHECK(advice->warnings[0].find("it rests on 1 verdict,") == 0);

  // The same whatever the detectors may take.
  const auto one_by_one = stored.ask(kNever, 1);
  REQUIRE(one_by_one);
  for (std::size_t i = 0; i < advice->tried.size(); ++i) {
    CHECK(one_by_one->tried[i].alerts == advice->tried[i].alerts);
    CHECK(one_by_one->tried[i].lost == advice->tried[i].lost);
  }
}

TEST_CASE("what was noise alone is gone with the setting nearest to the present") {
  Stored stored;
  stored.acknowledge("noise");
  const auto advice = stored.ask();
  REQUIRE(advice);
  REQUIRE(advice->advised);
  const TriedResult& advised = advice->tried[*advice->advised];
  CHECK(advised.noise_kept == 0);
  CHECK(advised.setting.min_stories == 20);
  CHECK(advised.setting.budget.count == 1.0);
  CHECK(advice->summary ==
        "1 per 7d with min_stories 20 keeps 0 useful alerts and raises 0 instead of 1 with the verdict noise");
}

TEST_CASE("no verdict, no advice; a useful alert that cannot come again is left out and told") {
  Stored stored;
  const auto nothing = stored.ask();
  REQUIRE(nothing);
  CHECK_FALSE(nothing->advised);
  CHECK(nothing->tried.empty());
  CHECK(nothing->unjudged == 1);
  CHECK(nothing->summary == "no alert of this time has a verdict: acknowledge alerts as useful or noise first");

  stored.acknowledge("useful");
  stored.rule.group_by = {"topic"};  // it was another rule then
  const auto other = stored.ask();
  REQUIRE(other);
  CHECK(other->vanished == 1);
  REQUIRE(other->warnings.size() == 2);
  CHECK(other->warnings[1].find("of 1 useful alert, 1 does not come again") == 0);

  stored.rule.measure = alerts::Measure::story;
  CHECK(stored.ask()->tried.empty());
}

TEST_CASE("advice ends at its deadline, and says how far it came") {
  Stored stored;
  stored.acknowledge("useful");
  double reached = 0.0;
  int rows = 0;
  CHECK_FALSE(stored.ask([&](double done) {
    CHECK(done >= reached);
    reached = done;
    return ++rows > 100;
  }));
  CHECK(reached > 0.01);
  CHECK(reached < 1.0);
}
