// Tested by tests/alerts/detector/surge_engine_test.cpp
#include "alerts/detector/surge_judge.hpp"

#include <algorithm>
#include <cmath>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/elementary.hpp"
#include "alerts/detector/event_minutes.hpp"

namespace tapewatch::alerts {
namespace {

constexpr double kMarginal = 3.0;                         // above the threshold
constexpr double kTightLimit = -0.3, kLooseLimit = -1.3;  // thresholds between which calm comes to take less
constexpr double kLeastCalm = 0.3;                        // of the evidence, where nearly nothing is heard,
constexpr double kLeastMarginal = 0.1;                    // and of that, after an alarm that only just was one
constexpr double kSurgeDecay = 0.9715;                    // an hour: half-life a day

double hours_between(std::int64_t from, std::int64_t to) {
  return static_cast<double>(to - from) / static_cast<double>(kHourMs);
}

/// The rival rate of the test that ends a surge: the geometric mean of normal and surge, but large enough that one and
/// a half windows, at least an hour, of normal news suffice: the root of g - 1 - ln g = needed, by Newton's method.
double rival_rate(double ratio, double level, double hours, double dispersion, double needed_evidence) {
  const double stretch = std::clamp(1.5 * hours, 1.0, 72.0);
  const double needed = needed_evidence * dispersion / std::max(level * stretch, 1e-6);
  double x = 1.0 + std::sqrt(2.0 * needed) + needed / 1.5;
  for (int i = 0; i < 30; ++i) x -= (x - 1.0 - natural_log(x) - needed) / (1.0 - 1.0 / x);
  return std::max({x, 1.3, std::min(std::sqrt(ratio), 3.0)});
}

}  // namespace

SurgeJudge::Verdict SurgeJudge::hear(std::int64_t now, const std::vector<Score>& scores,
                                     const AlarmThreshold& threshold, const SeriesBaseline& baseline,
                                     SharedBaseline& shared, std::size_t series) {
  const Score* best = nullptr;
  const Score* episode = nullptr;
  for (const Score& score : scores) {
    if (!best || score.score > best->score) best = &score;
    if (score.score <= threshold.watched()) continue;
    if (episode_) {
      const double rest = std::max(1.0, score.hours) * static_cast<double>(kHourMs);
      episode_end_ = std::max(episode_end_, now + static_cast<std::int64_t>(rest));
      episode_peak_ = std::max(episode_peak_, score.score);
    } else if (score.from >= episode_mask_ && (!episode || score.score > episode->score)) {
      episode = &score;
    }
  }
  if (open_) return judge_open(now, scores, best, threshold, baseline, shared, series);
  if (!episode_ && episode) {
    episode_ = true;
    episode_peak_ = episode->score;
    episode_end_ = now + static_cast<std::int64_t>(std::max(1.0, episode->hours) * static_cast<double>(kHourMs));
  }
  Verdict verdict;
  if (best && best->score > threshold.value()) verdict.alarm = *best;
  return verdict;
}

SurgeJudge::Verdict SurgeJudge::judge_open(std::int64_t now, const std::vector<Score>& scores, const Score* best,
                                           const AlarmThreshold& threshold, const SeriesBaseline& baseline,
                                           const SharedBaseline& shared, std::size_t series) {
  pass(now, baseline, shared, series);
  const double spread = baseline.hourly_spread(level_, shared, series);
  evidence_ = std::max(0.0, evidence_ - natural_log(rival_) / spread);
  if (evidence_ <= 0.0) zero_ = now;
  votes_ += 1.0;
  const double rate = std::max(1.0, (votes_ + 1.0) / (expected_ + 1.0 / std::max(ratio_, 1.0)));
  const Score* second = nullptr;
  double second_score = threshold.value() + shared.model().escalation_margin;
  for (const Score& score : scores) {
    if (score.from < std::max(opened_, told_)) continue;
    const double escalation = SurgeScan::escalation(score, rate, 1.0 / (votes_ / score.dispersion + 1.0));
    if (escalation > second_score) second = &score, second_score = escalation;
  }
  Verdict verdict;
  if (best && best->score > threshold.value()) verdict.alarm = *best;
  if (best && best->score > peak_) {
    peak_ = best->score;
    follow(*best, baseline, shared, series);
  }
  if (second) {
    verdict.escalated = true;
    verdict.alarm = *second;
    ratio_ = std::max(ratio_, second->count / second->mean);
    told_ = now;
    votes_ = expected_ = 0.0;
  }
  return verdict;
}

void SurgeJudge::follow(const Score& score, const SeriesBaseline& baseline, const SharedBaseline& shared,
                        std::size_t series) {
  ratio_ = std::max(1.5, score.count / score.mean);
  rival_ = rival_rate(ratio_, level_, score.hours, baseline.hourly_spread(level_, shared, series),
                      needed_evidence(shared.model()));
}

void SurgeJudge::open(std::int64_t now, const Score& score, AlarmThreshold& threshold, SeriesBaseline& baseline,
                      SharedBaseline& shared, std::size_t series) {
  const SurgeModel& model = shared.model();
  threshold.hear_alert(score.score);
  episode_ = false;
  open_ = true;
  opened_ = told_ = zero_ = passed_ = now;
  from_ = score.from;
  accept_hours_ = std::min(model.accept_days * 24.0, std::max(24.0, static_cast<double>(shared.age())));
  level_ = score.level;
  test_level_ = score.level * (1.0 + std::sqrt(score.level_variance + shared.drift()));
  peak_ = score.score;
  limit_ = threshold.value();
  evidence_ = 0.0;
  votes_ = score.count;
  expected_ = score.mean;
  follow(score, baseline, shared, series);
  sums_.restart();
  baseline.unlearn(hour_at(score.from), shared);
}

void SurgeJudge::take_back(std::int64_t at, const SeriesBaseline& baseline, const SharedBaseline& shared,
                           std::size_t series) {
  sums_.take_back(at);
  if (!open_ || at < from_) return;
  votes_ = std::max(0.0, votes_ - 1.0);
  if (at >= opened_) evidence_ += natural_log(rival_) / baseline.hourly_spread(level_, shared, series);
}

void SurgeJudge::pass(std::int64_t now, const SeriesBaseline& baseline, const SharedBaseline& shared,
                      std::size_t series) {
  if (!open_ || now <= passed_) return;
  const std::int64_t hour = baseline.hour();
  const auto part = [&](std::int64_t ms) {
    return std::clamp(static_cast<double>(ms - hour * kHourMs) / static_cast<double>(kHourMs), 0.0, 1.0);
  };
  const double factor = baseline.cell(hour).factor > 0.0f ? baseline.cell(hour).factor : shared.rhythm();
  const double expected = factor * (shared.share(part(now)) - shared.share(part(passed_)));
  const double spread = baseline.hourly_spread(level_, shared, series);
  evidence_ = std::max(0.0, evidence_ + (rival_ - 1.0) * test_level_ * expected / spread);
  const double decay = 1.0 - (1.0 - kSurgeDecay) * hours_between(passed_, now);
  votes_ *= decay;
  expected_ = expected_ * decay + level_ * expected;
  passed_ = now;
}

void SurgeJudge::close_hour(std::int64_t hour, AlarmThreshold& threshold) {
  const std::int64_t end = (hour + 1) * kHourMs;
  if (!episode_ || episode_end_ > end) return;
  episode_ = false;
  episode_mask_ = end;
  threshold.hear_episode(episode_peak_);
}

/// A series of a story a day takes days to show that a surge is over, in which the next one would be hidden. Where much
/// is allowed an alert opens on little evidence, and so ends on little: the less, the less of an alarm it was.
double SurgeJudge::needed_evidence(const SurgeModel& model) const {
  const double loose = std::clamp((kTightLimit - limit_) / (kTightLimit - kLooseLimit), 0.0, 1.0);
  const double marginal = std::clamp(1.0 - (peak_ - limit_) / kMarginal, 0.0, 1.0);
  const double least = natural_log(kLeastCalm) + marginal * natural_log(kLeastMarginal);
  return model.calm_evidence * exponential(least * loose * sparseness(level_));
}

bool SurgeJudge::calm(std::int64_t now, const SurgeModel& model) const {
  return now - opened_ >= kHourMs && evidence_ >= needed_evidence(model);
}

bool SurgeJudge::lasts(std::int64_t now) const { return open_ && hours_between(opened_, now) >= accept_hours_; }

void SurgeJudge::end_calm(SeriesBaseline& baseline, SharedBaseline& shared, std::size_t series) {
  open_ = false;
  mask_ = episode_mask_ = zero_;
  // What hardly was an alarm may have been chance. Were its hours left out, clumps would never be learned and the level
  // would sink with every alarm, which makes the next one more likely.
  const bool chance = peak_ < limit_ + kMarginal;
  baseline.readmit(chance ? hour_at(from_) : hour_at(zero_) + 1, shared, series);
}

void SurgeJudge::end_accepted(std::int64_t now, SeriesBaseline& baseline) {
  open_ = false;
  mask_ = episode_mask_ = now;
  const std::int64_t half = opened_ + (now - opened_) / 2;
  const std::int64_t week = now - SeriesBaseline::kHours * kHourMs;
  const std::int64_t from = std::max(std::min(half, week), opened_);
  baseline.accept(hour_at(from));
}

void SurgeJudge::save(BlobWriter& out) const {
  sums_.save(out);
  out.i64(mask_);
  out.u8(static_cast<std::uint8_t>((episode_ ? 1 : 0) | (open_ ? 2 : 0)));
  out.f64(episode_peak_);
  out.i64(episode_end_);
  out.i64(episode_mask_);
  if (!open_) return;
  for (const std::int64_t v : {opened_, from_, passed_, zero_, told_}) out.i64(v);
  for (const double v :
       {accept_hours_, level_, test_level_, peak_, limit_, ratio_, rival_, evidence_, votes_, expected_})
    out.f64(v);
}

void SurgeJudge::load(BlobReader& in) {
  sums_.load(in);
  mask_ = in.i64();
  const std::uint8_t flags = in.u8();
  episode_ = (flags & 1) != 0;
  open_ = (flags & 2) != 0;
  episode_peak_ = in.f64();
  episode_end_ = in.i64();
  episode_mask_ = in.i64();
  if (!open_) return;
  for (std::int64_t* v : {&opened_, &from_, &passed_, &zero_, &told_}) *v = in.i64();
  for (double* v :
       {&accept_hours_, &level_, &test_level_, &peak_, &limit_, &ratio_, &rival_, &evidence_, &votes_, &expected_}) {
    *v = in.f64();
  }
}

}  // namespace tapewatch::alerts
