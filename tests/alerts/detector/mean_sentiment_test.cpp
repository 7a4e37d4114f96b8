// The measure `mean_sentiment`: a fall of the mean beyond what chance explains.
#include "alerts/detector/mean_scan.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;

namespace {

RuleOptions mean_rule(const std::string& budget = "1 per year") {
  return measure_rule(Measure::mean_sentiment, budget);
}

/// `rate` stories an hour, of mean about -0.06 and standard deviation 0.55; moved down by `fall` deviations in a span.
std::vector<Observation> mixed_news(int days, double rate, std::uint64_t seed, double fall = 0.0, TimePoint from = {},
                                    TimePoint to = {}) {
  Dice dice(seed);
  std::vector<Observation> rows;
  std::int64_t story = 1;
  for (double t = dice.exponential() / rate; t < 24.0 * days; t += dice.exponential() / rate) {
    const TimePoint at = kMonday + std::chrono::milliseconds{static_cast<std::int64_t>(t * 3.6e6)};
    const double kind = dice.uniform();
    double sentiment = (kind < 0.3 ? -0.75 : kind < 0.75 ? 0.0 : 0.7) + 0.1 * dice.normal();
    if (at >= from && at < to) sentiment -= fall * 0.55;
    sentiment = std::clamp(sentiment, -1.0, 1.0);
    Observation row = news(at, "acme",
                           sentiment < -0.3  ? "negative"
                           : sentiment > 0.3 ? "positive"
                                             : "neutral",
                           story++);
    row.sentiment = row.entities[0].sentiment = sentiment;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

TEST_CASE("the tail of a mean: exact for few draws, the normal one for many") {
  SentimentHistogram coin;  // -0.875 or 0.875, even
  coin.votes.front() = coin.votes.back() = 50.0;
  coin.count = 100.0;
  // Ten draws, none or one of them positive: 11/1024. Barndorff-Nielsen's form is continuous: between 1/1024 and that.
  const double one = log_lower_tail(coin, 10.0, -0.7);
  CHECK(one < std::log(11.0 / 1024.0) + 0.1);
  CHECK(one > std::log(1.0 / 1024.0));
  // 400 draws, two deviations below: 0.0228.
  CHECK(log_lower_tail(coin, 400.0, -2.0 * 0.875 / 20.0) == Approx(std::log(0.02275)).margin(0.05));
  CHECK(log_lower_tail(coin, 400.0, 0.1) == 0.0);
  for (const double x : {0.1, 0.9, 1.1, 3.0, 8.0, 20.0}) {
    CHECK(log_normal_tail(x) == Approx(std::log(0.5 * std::erfc(x / std::sqrt(2.0)))).epsilon(1e-5));
  }
  SentimentHistogram rare;  // good news with a rare bad one: three of five are no matter of 3.7 deviations
  rare.votes.front() = 10.0;
  rare.votes.back() = 90.0;
  rare.count = 100.0;
  rare.sum = 70.0;
  CHECK(log_lower_tail(rare, 5.0, -0.175) > std::log(0.002));
}

TEST_CASE("a fall of one deviation for a day fires, says what it saw, and ends") {
  const TimePoint from = kMonday + 20 * 24h, to = from + 24h;
  const auto rows = mixed_news(24, 4.0, 3, 1.0, from, to);
  TrendDetector detector({mean_rule()});
  const auto all = run(detector, rows);
  std::string told;
  for (const Transition& t : all) told += t.summary + " " + evidence_json(t.evidence) + "\n";
  INFO(told);
  REQUIRE(count_type(all, "alert.firing") == 1);
  const Transition& fired = all.front();
  CHECK(fired.started_at > from);
  CHECK(fired.started_at < to);
  CHECK(fired.measure == Measure::mean_sentiment);
  REQUIRE(fired.evidence.mean);
  const MeanEvidence mean = *fired.evidence.mean;
  CHECK(mean.expected == Approx(-0.05).margin(0.08));
  CHECK(mean.observed < mean.low);
  CHECK(mean.low < mean.expected);
  CHECK(mean.expected < mean.high);
  double sum = 0.0;  // from the rows themselves
  std::uint64_t stories = 0;
  for (const Observation& row : rows) {
    if (row.at < fired.evidence.window_start || row.at > fired.started_at) continue;
    sum += row.sentiment;
    ++stories;
  }
  CHECK(stories == fired.evidence.observed);
  CHECK(mean.observed == Approx(sum / static_cast<double>(stories)).margin(1e-5));
  CHECK(fired.evidence.p_value <= fired.evidence.p_threshold);
  CHECK(fired.summary.find("The acme Company: mean sentiment -0.") == 0);
  CHECK(all.back().type == "alert.resolved");
  CHECK(all.back().reason == "calm");
  CHECK(all.back().ended_at.value() > to);
  CHECK(all.back().ended_at.value() < to + 30h);
}

TEST_CASE("as many negative stories among more of all are no fall of the mean; good news raise no alert") {
  auto rows = mixed_news(20, 2.0, 4);
  auto more = mixed_news(20, 20.0, 5);
  std::erase_if(more,
                [](const Observation& row) { return row.at < kMonday + 15 * 24h || row.at > kMonday + 16 * 24h; });
  for (Observation& row : more) row.story_id += 1'000'000;
  rows.insert(rows.end(), more.begin(), more.end());
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  TrendDetector detector({mean_rule()});
  CHECK(run(detector, rows).empty());
  const TimePoint from = kMonday + 15 * 24h;
  TrendDetector better({mean_rule()});
  CHECK(run(better, mixed_news(20, 4.0, 6, -1.0, from, from + 24h)).empty());
}

TEST_CASE("a fall that stays becomes the level, and the alert says so") {
  const TimePoint from = kMonday + 20 * 24h;
  TrendDetector detector({mean_rule()});
  const auto all = run(detector, mixed_news(60, 4.0, 7, 1.0, from, kMonday + 1000 * 24h));
  REQUIRE(count_type(all, "alert.firing") == 1);
  const auto end = std::find_if(all.begin(), all.end(), [](const Transition& t) { return t.type == "alert.resolved"; });
  REQUIRE(end != all.end());
  CHECK(end->reason == "new level");
  CHECK(end->ended_at.value() - end->started_at >= 19 * 24h);
}

TEST_CASE("stories without a score do not vote, and one story votes once") {
  auto rows = mixed_news(10, 2.0, 8);
  std::int64_t story = 500'000;
  for (int i = 0; i < 60; ++i) {
    Observation unsure = news(kMonday + 8 * 24h + std::chrono::minutes{i}, "acme", "negative", ++story);
    unsure.entities[0].label = i % 2 == 0 ? Label::abstained : Label::unscored;
    rows.push_back(unsure);
    rows.push_back(news(kMonday + 9 * 24h + std::chrono::minutes{i}, "acme", "negative", 400'000));
  }
  std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  TrendDetector detector({mean_rule()});
  CHECK(run(detector, rows).empty());
  for (Observation& row : rows) {
    if (row.story_id > 500'000) row.entities[0].label = Label::negative;
  }
  TrendDetector sure({mean_rule()});
  CHECK(count_type(run(sure, rows), "alert.firing") == 1);
}
