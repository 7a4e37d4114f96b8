// Tested by tests/alerts/detector/surge_engine_test.cpp
#include "alerts/detector/series_baseline.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "alerts/detector/event_minutes.hpp"

namespace tapewatch::alerts {
namespace {

/// The part of a squared residual that is beyond Poisson's mean and beyond `unknown`, what the level and the factor may
/// be off by. `unknown` explains only an excess: where too much was allowed for, it is not taken as a sign of less than
/// Poisson's variance, or the first weekend would hide how news vary on weekdays.
double excess(double residual, double mean, double unknown) {
  const double over = residual * residual - mean;
  return over <= 0.0 ? over : std::max(0.0, over - unknown);
}

/// The inverse variance of (residual² - mean) / mean, times mean: with V the variance of the count, (V + 2 V²) / mean².
double weight_of(double mean, double variance) { return mean / (variance + 2.0 * variance * variance); }

/// The inverse variance of (residual² - mean) / mean², at most 1.
double squared_weight_of(double mean, double variance) {
  return std::min(1.0, mean * mean * mean * mean / (variance + 2.0 * variance * variance));
}

/// The most that a bucket teaches: a tail of clumps included, an outbreak not. The dispersion may learn of `clumps` of
/// two (of four where five votes are expected and more), or a series that is thought to have none would never learn
/// otherwise. Where few votes are expected a longer tail would let small outbreaks that nobody was told of raise the
/// dispersion, which hides the next ones.
double capped(double count, double mean, double spread, double unknown, double clumps = 1.0) {
  constexpr double kDeviations = 3.0;
  const double dense = std::min(1.0, mean / 5.0);
  const double tail = std::max(clumps * (1.0 + 2.0 * dense), (2.0 + 4.0 * dense) * (spread - 1.0)) + 1.0;
  return std::min(count, mean + kDeviations * std::sqrt(spread * mean + unknown) + tail);
}

/// Whether a count is so far off that it teaches no dispersion at all, which is for sparse series: outbreaks of a
/// handful of stories that nobody was told of would make up most of what they know. `least` votes beyond mean and
/// deviations.
bool surprising(double count, double mean, double variance, double least) {
  constexpr double kDeviations = 3.0;
  return count > mean + least + kDeviations * std::sqrt(variance);
}

}  // namespace

void SeriesBaseline::begin(std::int64_t first, const SharedBaseline& shared, std::size_t series) {
  cells_.assign(static_cast<std::size_t>(kHours), {});
  first_ = learned_to_ = first;
  changes_.hourly = true;
  open(first, shared, series);
}

double SeriesBaseline::level(const SharedBaseline& shared, std::size_t series) const {
  const double prior = shared.model().level_prior;
  if (series <= 1) return (count_ + prior) / std::max(exposure_, 0.05);
  return (count_ + prior) / (exposure_ + prior / std::max(shared.rate() / static_cast<double>(series), 1e-6));
}

double SeriesBaseline::level_variance(const SharedBaseline& shared, std::size_t series) const {
  return 1.0 / (count_ / std::max(dispersion(kDayScale, shared, series), 1.0) + shared.model().level_prior);
}

double SeriesBaseline::learned_dispersion(std::size_t scale, const SharedBaseline& shared, std::size_t series) const {
  if (series <= 1) return shared.dispersion(scale);
  const double prior = shared.model().dispersion_prior;
  return std::max(1.0, (spread_[scale].sum + prior * shared.dispersion(scale)) / (spread_[scale].weight + prior));
}

double SeriesBaseline::dispersion(std::size_t scale, const SharedBaseline& shared, std::size_t series) const {
  const double learned = learned_dispersion(scale, shared, series);
  const double sparse = sparseness(level(shared, series));
  if (sparse <= 0.0) return learned;
  // What days of a sparse series vary beyond its clumps are surges, most of them: to learn it is to miss the next one.
  const double of_clumps = scale <= kClumpScale ? learned : learned_dispersion(kClumpScale, shared, series);
  const double least = 1.0 + shared.model().least_clumping * sparse;
  const double most = std::max(least, of_clumps);
  return learned <= most ? std::max(learned, least) : most + (1.0 - sparse) * (learned - most);
}

double SeriesBaseline::least_surprise(const Share& rule) const {
  return rule.shared.model().least_surprise / std::max(sparseness(level(rule.shared, rule.series)), 1e-9);
}

double SeriesBaseline::clumping(const SharedBaseline& shared, std::size_t series) const {
  if (series <= 1) return shared.clumping();
  const double prior = shared.model().clumping_prior;
  return std::max(0.0, (clump_.sum + prior * shared.clumping()) / (clump_.weight + prior));
}

double SeriesBaseline::hourly_spread(double mean, const SharedBaseline& shared, std::size_t series) const {
  return std::max(dispersion(kHourScale, shared, series), 1.0 + clumping(shared, series) * mean);
}

Factor SeriesBaseline::season(std::int64_t hour, const Factor& of_rule, const SharedBaseline& shared,
                              std::size_t series) const {
  if (series <= 1 || of_rule.mean <= 0.0) return of_rule;
  const double now = level(shared, series);
  const double spread = hourly_spread(now, shared, series);
  const Visits& own = season_[kind_hour(shared.calendar().slot(hour, own_))];
  return refine(of_rule, shared.model().series_season_prior, own.count / spread, now / spread * own.visits);
}

void SeriesBaseline::open(std::int64_t hour, const SharedBaseline& shared, std::size_t series) {
  note_change(hour_);  // its cell moves from what each vote changes to its day
  note_change(hour);
  hour_ = hour;
  closed_ = false;
  const double now = level(shared, series);
  const Factor factor = season(hour, shared.factor(hour, own_), shared, series);
  HourCell cell;
  cell.factor = static_cast<float>(factor.mean);
  cell.factor_variance = factor.variance;
  cell.level = static_cast<float>(now);
  cell.level_variance = level_variance(shared, series);
  cells_[place(hour)] = cell;
  if (hour % static_cast<std::int64_t>(kLessonHours) == 0) lessons(hour) = {};
}

void SeriesBaseline::advance(std::int64_t hour, SharedBaseline& shared, std::size_t series,
                             std::optional<double> surge_level) {
  while (hour_ < hour) {
    if (!closed_) close({shared, series}, surge_level);
    open(hour_ + 1, shared, series);
  }
}

void SeriesBaseline::close_hour(SharedBaseline& shared, std::size_t series, std::optional<double> surge_level) {
  if (closed_) return;
  close({shared, series}, surge_level);
  closed_ = true;
}

double SeriesBaseline::most_taught(const HourCell& cell, const SharedBaseline& shared, std::size_t series,
                                   double clumps) const {
  const double mean = cell.mean();
  const double unknown = mean * mean * (cell.level_variance + cell.factor_variance + shared.drift());
  return capped(1e9, mean, hourly_spread(mean, shared, series), unknown, clumps);
}

void SeriesBaseline::close(const Share& rule, std::optional<double> surge_level) {
  const SurgeModel& model = rule.shared.model();
  HourCell& cell = cells_[place(hour_)];
  note_change(hour_);
  changes_.hourly = true;
  const bool watched = rule.shared.watched(hour_);
  const FiveMinutes counts = cell.count > 0 ? five_minutes() : FiveMinutes{};
  cell.bunched = came_together(counts, rule.shared);
  cell.unwatched = !watched || !rule.shared.calendar().day(hour_, own_).learn;
  if (surge_level) cell.excluded = true;
  if (!cell.unwatched) {
    const double mean = cell.mean();
    double most = 0.0;
    if (surge_level) {
      most = std::max(*surge_level * cell.factor, mean);
    } else {
      most = most_taught(cell, rule.shared, rule.series);
    }
    cell.taught = static_cast<float>(std::min(static_cast<double>(cell.count), most));
    const double decay = std::clamp(cell.level / model.level_votes, 1.0 / (24 * model.level_longest_days * 1.443),
                                    1.0 / (24 * model.level_shortest_days * 1.443));
    count_ = count_ * (1.0 - decay) + cell.taught;
    exposure_ = exposure_ * (1.0 - decay) + cell.factor;
    compare_minutes(cell, counts, rule);
  }
  tell(cell, rule);
  if (cell.count == 0 && !watched) cell.factor = static_cast<float>(rule.shared.factor(hour_).mean);
  age_ += cell.factor;
  rough_ += cell.rough();
  if (const std::int64_t taught = hour_ - model.season_delay; taught >= first_) learn_season(taught, rule.shared);
  const std::int64_t age = rule.shared.age() - (rule.shared.hour() - hour_);
  const int delay = age < 72 ? 3 : age < 336 ? model.season_delay : model.dispersion_delay;
  learned_to_ = std::max(learned_to_, hour_ - kHours + 2);
  while (learned_to_ < hour_ - delay) learn_dispersion(learned_to_++, rule);
  forget_minutes();
}

/// What the rule hears of an hour: where the calendar is about this series alone, what an ordinary day would have had.
void SeriesBaseline::tell(const HourCell& cell, const Share& rule) const {
  if (rule.shared.calendar().has_own_say(hour_, own_)) {
    const double usual = cell.level * rule.shared.factor(hour_).mean;
    if (rule.shared.learns(hour_)) rule.shared.hear(hour_, usual, usual);
  } else if (!cell.unwatched && cell.count > 0) {
    rule.shared.hear(hour_, cell.taught, seasonal(hour_));
  }
}

/// What an hour teaches the season: of a surge no more than twice what it would have, or what the day before had.
double SeriesBaseline::seasonal(std::int64_t hour) const {
  const HourCell& it = cell(hour);
  if (!it.excluded) return it.taught;
  const double day_before = knows(hour - 24) ? cell(hour - 24).count : 0.0;
  return std::min<double>(it.count, std::max(2.0 * it.mean() + 2.0, day_before));
}

SeriesBaseline::FiveMinutes SeriesBaseline::five_minutes() const {
  FiveMinutes counts{};
  for (std::int64_t m = 0; m < 60; ++m) counts[static_cast<std::size_t>(m / 5)] += minute_count(hour_ * 60 + m);
  return counts;
}

bool SeriesBaseline::came_together(const FiveMinutes& counts, const SharedBaseline& shared) {
  constexpr double kDeviations = 3.0, kLeast = 3.0;
  const double all = std::accumulate(counts.begin(), counts.end(), 0.0);
  if (all < kLeast) return false;
  for (std::size_t i = 0; i + 3 <= counts.size(); ++i) {
    const double quarter = counts[i] + counts[i + 1] + counts[i + 2];
    const double part =
        shared.share((static_cast<double>(i) + 3.0) / 12.0) - shared.share(static_cast<double>(i) / 12.0);
    if (quarter >= kLeast && quarter - all * part > kDeviations * std::sqrt(all * part)) return true;
  }
  return false;
}

/// The dispersion within the hour: squared residuals of its 5 and 15 minutes and of itself.
void SeriesBaseline::compare_minutes(const HourCell& cell, const FiveMinutes& counts, const Share& rule) {
  const double mean = cell.mean();
  if (mean <= 1e-8) return;
  if (cell.count > 0 && !cell.excluded) rule.shared.hear_minutes(counts, mean);
  const double unknown = cell.level_variance + cell.factor_variance + rule.shared.drift();
  std::array<double, 12> means{};
  for (std::size_t i = 0; i < 12; ++i) {
    means[i] = mean * (rule.shared.share((static_cast<double>(i) + 1.0) / 12.0) -
                       rule.shared.share(static_cast<double>(i) / 12.0));
  }
  std::array<Lesson, kHourLessons>& into = lessons(hour_);
  const double surprise = least_surprise(rule);
  for (std::size_t w = 0; w < kHourLessons; ++w) {
    const std::size_t step = w == 0 ? 1 : w == 1 ? 3 : 12;
    const double spread = dispersion(w, rule.shared, rule.series);
    double sum = 0.0;
    double weights = 0.0;
    for (std::size_t i = 0; i < 12; i += step) {
      double m = 0.0, c = 0.0;
      for (std::size_t j = i; j < i + step; ++j) m += means[j], c += counts[j];
      const double off = m * m * unknown;
      const double weight = weight_of(m, m + off);
      if (surprising(c, m, spread * m + off, surprise)) continue;
      c = capped(c, m, spread, off);
      sum += weight * (m + excess(c - m, m, off));
      weights += weight * m;
    }
    into[w].sum += static_cast<float>(sum);
    into[w].weight += static_cast<float>(weights);
  }
}

void SeriesBaseline::learn_season(std::int64_t hour, const SharedBaseline& shared) {
  if (!knows(hour) || cell(hour).unwatched) return;
  const std::size_t slot = shared.calendar().slot(hour, own_);
  const double weekly = shared.model().season_decay;
  const float decay = static_cast<float>(is_weekend(slot) ? 1.0 - (1.0 - weekly) / 2 : 1.0 - (1.0 - weekly) / 5);
  Visits& own = season_[kind_hour(slot)];
  own.count = own.count * decay + static_cast<float>(seasonal(hour));
  own.visits = own.visits * decay + 1.0f;
}

void SeriesBaseline::learn_dispersion(std::int64_t hour, const Share& rule) {
  const SurgeModel& model = rule.shared.model();
  for (Weighed& spread : spread_) spread.decay(model.slow_decay);
  clump_.decay(model.slow_decay);
  const HourCell& it = cell(hour);
  const bool known = learned_exposure_ >= model.dispersed_after;
  const double taught = std::min<double>(it.count, most_taught(it, rule.shared, rule.series, 1.0));
  if (known && !it.excluded && !it.unwatched) learn_clumping(it, taught, rule);
  if (const auto hours = static_cast<std::int64_t>(kLessonHours); known && (hour + 1) % hours == 0) {
    bool normal = true;
    for (std::int64_t x = hour - hours + 1; x <= hour; ++x) {
      normal = normal && knows(x) && !cell(x).excluded && !cell(x).unwatched;
    }
    for (std::size_t w = 0; w < kHourLessons && normal; ++w) {
      const Weighed lesson{lessons(hour)[w].sum, lessons(hour)[w].weight};
      spread_[w].add(lesson);
      rule.shared.hear_spread(w, lesson);
    }
  }
  const double mean = it.mean(), spread = hourly_spread(mean, rule.shared, rule.series);
  const double variance = spread * mean + mean * mean * (it.level_variance + it.factor_variance);
  const bool teaches = !it.excluded && !it.unwatched && !surprising(it.count, mean, variance, least_surprise(rule));
  for (std::size_t b = 0; b < kBlocks; ++b) {
    const auto length = static_cast<std::int64_t>(kScaleHours[b + kHourLessons]);
    Block& block = blocks_[b];
    if (((hour % length) + length) % length == 0) {
      block = {0.0, 0.0, 0.0, it.level, it.level_variance, known, learned_exposure_ < model.young_exposure};
    }
    block.count += taught;
    block.factor += it.factor;
    block.rough += it.rough();
    if (!teaches) block.whole = false;
    if ((((hour + 1) % length) + length) % length == 0 && block.whole) learn_block(b + kHourLessons, block, rule);
  }
  learned_exposure_ += it.factor;
}

/// α: the share of the squared mean in the variance of an hour.
void SeriesBaseline::learn_clumping(const HourCell& it, double taught, const Share& rule) {
  const double mean = it.mean();
  if (mean <= 1e-9) return;
  const double off = mean * mean * (it.level_variance + it.factor_variance + rule.shared.drift());
  const double variance = mean + off;
  const double weight = squared_weight_of(mean, variance);
  const Weighed lesson{weight * excess(taught - mean, mean, off) / (mean * mean), weight};
  clump_.add(lesson);
  rule.shared.hear_clumping(lesson);
}

void SeriesBaseline::learn_block(std::size_t scale, const Block& block, const Share& rule) {
  const double mean = block.level * block.factor;
  if (mean <= 1e-9) return;
  const double factor_variance = block.rough / (block.factor * block.factor) * (block.young ? 6.0 : 1.5);
  const double drift = rule.shared.drift();
  if (scale == kDayScale) {  // how far a day's level is off from what was known of it
    const double spread = hourly_spread(mean / 24, rule.shared, rule.series);
    const double variance = spread * mean + mean * mean * drift;
    const double weight = squared_weight_of(mean, variance);
    const double count = std::min(block.count, mean + 3.0 * std::sqrt(variance) + 2.0);
    const double known = spread * mean + mean * mean * (block.level_variance + factor_variance);
    rule.shared.hear_drift({weight * ((count - mean) * (count - mean) - known) / (mean * mean), weight});
  }
  const double off = mean * mean * (block.level_variance + factor_variance + drift);
  const double weight = weight_of(mean, mean + off);
  const double spread = dispersion(scale, rule.shared, rule.series);
  if (surprising(block.count, mean, spread * mean + off, least_surprise(rule))) return;
  const double count = capped(block.count, mean, spread, off);
  const Weighed lesson{weight * (mean + excess(count - mean, mean, off)), weight * mean};
  spread_[scale].add(lesson);
  rule.shared.hear_spread(scale, lesson);
}

}  // namespace tapewatch::alerts
