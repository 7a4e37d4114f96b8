#pragma once
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "alerts/detector/shared_baseline.hpp"

namespace tapewatch::alerts {

/// The upper half of a float: three digits, enough for a variance.
class ShortFloat {
 public:
  ShortFloat() = default;
  ShortFloat(double value)  // NOLINT(google-explicit-constructor): stands for a float
      : bits_(static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(static_cast<float>(value)) >> 16)) {}
  operator float() const {  // NOLINT(google-explicit-constructor)
    return std::bit_cast<float>(static_cast<std::uint32_t>(bits_) << 16);
  }

 private:
  std::uint16_t bits_ = 0;
};

/// What a series knows of one hour: its votes, and what was expected of it when it opened. 20 bytes: a series has 168.
struct HourCell {
  std::uint32_t count : 29 = 0;
  bool bunched : 1 = false;    ///< they came together: a quarter of the hour had more of them than chance explains
  bool excluded : 1 = false;   ///< part of a surge: teaches no dispersion
  bool unwatched : 1 = false;  ///< at least in part, or not to be learned from: teaches nothing
  float taught = 0.0f;         ///< of the count, to the level
  float factor = 0.0f;         ///< 0: nobody watched, nothing is expected
  float level = 0.0f;          ///< votes an hour at factor 1
  ShortFloat factor_variance;
  ShortFloat level_variance;

  double mean() const { return static_cast<double>(level) * factor; }
  double rough() const { return static_cast<double>(factor) * factor * factor_variance; }
};

/// The counts of one series for a week, and its level, season and dispersion.
///
///     level = (C + 1/2) / (E + 1/2 / mean of the rule's series),   relative variance 1 / (C / φ + 1/2)
///
/// with C the decayed votes and E the decayed factors of the hours watched. The level remembers about 60 votes. An hour
/// teaches at most three deviations above its mean. While an alert is open an hour teaches at most its mean: falls are
/// learned, rises are not; and what the surge taught before it was known as one is taken back.
///
/// Advances hour by hour, lazily: only when a row or a reading touches it, an hour costs some fifty multiplications.
/// What it then learns depends on the rule's state at the touch; touches are rows and closed hours, so the sequence
/// alone decides it.
class SeriesBaseline {
 public:
  static constexpr std::int64_t kHours = 168;
  static constexpr std::int64_t kMinutes = 180;

  /// The entries of the rule's calendar that are about this series and not about all: see RuleCalendar::about(). Not
  /// part of the stored state.
  void set_own_entries(RuleCalendar::Entries own) { own_ = own; }
  RuleCalendar::Entries own_entries() const { return own_; }

  /// Begins with a silent past from hour `first` on.
  void begin(std::int64_t first, const SharedBaseline&, std::size_t series);
  bool started() const { return !cells_.empty(); }

  /// Closes hours until `hour` is the open one. `surge_level`: the level before the alert that is open.
  void advance(std::int64_t hour, SharedBaseline&, std::size_t series, std::optional<double> surge_level);
  /// Closes the open hour ahead of the next touch, as it is over for the rule.
  void close_hour(SharedBaseline&, std::size_t series, std::optional<double> surge_level);

  /// A vote of the open hour or of one of the last 168 hours; older ones are not counted: false.
  bool count(std::int64_t minute, SharedBaseline&);
  /// A vote of one of those hours is taken back, or counted there in place of one that was: what the hours have taught
  /// stays. False: not counted.
  bool take_back(std::int64_t minute);
  bool put_back(std::int64_t minute);

  std::int64_t first_hour() const { return first_; }
  std::int64_t hour() const { return hour_; }
  bool knows(std::int64_t hour) const { return hour >= first_ && hour <= hour_ && hour > hour_ - kHours; }
  const HourCell& cell(std::int64_t hour) const { return cells_[place(hour)]; }
  std::uint32_t minute_count(std::int64_t minute) const {
    if (minutes_.empty() || minute > minute_ || minute <= minute_ - kMinutes) return 0;
    return minutes_[minute_place(minute)];
  }
  double exposure() const { return age_; }       ///< sum of the factors of all closed hours, never decayed
  double uncertainty() const { return rough_; }  ///< of factor² x its variance

  double level(const SharedBaseline&, std::size_t series) const;
  double level_variance(const SharedBaseline&, std::size_t series) const;
  /// The factor of an hour that is `of_rule` for the rule.
  Factor season(std::int64_t hour, const Factor& of_rule, const SharedBaseline&, std::size_t series) const;
  /// φ at a scale; `mean`: of an hour, for what grows with it.
  double dispersion(std::size_t scale, const SharedBaseline&, std::size_t series) const;
  double clumping(const SharedBaseline&, std::size_t series) const;
  /// The variance over the mean of an hour that expects `mean`.
  double hourly_spread(double mean, const SharedBaseline&, std::size_t series) const;

  /// The hours from `hour` on were part of a surge: what they taught beyond their mean is taken back.
  void unlearn(std::int64_t hour, SharedBaseline&);
  /// The hours from `hour` on are normal after all, and teach what they would have.
  void readmit(std::int64_t hour, SharedBaseline&, std::size_t series);
  /// The rate of the hours from `hour` on is the level from now on.
  void accept(std::int64_t hour);

  std::size_t bytes() const {
    return sizeof *this + cells_.capacity() * sizeof(HourCell) + minutes_.capacity() * sizeof(minutes_[0]);
  }

  /// Parts of the stored state: what each vote changes, what each hour changes, a day of cells.
  static constexpr std::size_t kDays = 7;
  void save_hot(BlobWriter&) const;
  void load_hot(BlobReader&);
  void save_hourly(BlobWriter&) const;
  void load_hourly(BlobReader&);
  void save_day(std::size_t part, BlobWriter&) const;
  void load_day(std::size_t part, BlobReader&);
  struct Changes {
    bool hourly = false;
    std::array<bool, kDays> days{};
  };
  /// What changed since the last call, beside what each vote changes.
  Changes take_changes() { return std::exchange(changes_, {}); }

 private:
  struct Visits {
    float count = 0.0f;
    float visits = 0.0f;
  };
  struct Lesson {
    float sum = 0.0f;
    float weight = 0.0f;
  };
  struct Block {  // of hours side by side, as long as a scale
    double count = 0.0, factor = 0.0, rough = 0.0;
    float level = 0.0f, level_variance = 0.0f;
    bool whole = false;
    bool young = false;
  };
  static constexpr std::size_t kLessonHours = 8;
  static constexpr std::size_t kLessons = 21;  // a week
  static constexpr std::size_t kBlocks = kScales - kHourLessons;

  static std::size_t place(std::int64_t hour) { return static_cast<std::size_t>(((hour % kHours) + kHours) % kHours); }
  static std::size_t minute_place(std::int64_t minute) {
    return static_cast<std::size_t>(((minute % kMinutes) + kMinutes) % kMinutes);
  }
  std::array<Lesson, kHourLessons>& lessons(std::int64_t hour) { return lessons_[place(hour) / kLessonHours]; }
  struct Share {  // what the methods below need of the rule
    SharedBaseline& shared;
    std::size_t series;
  };
  double learned_dispersion(std::size_t scale, const SharedBaseline&, std::size_t series) const;
  double least_surprise(const Share&) const;
  void open(std::int64_t hour, const SharedBaseline&, std::size_t series);
  void add_vote(std::int64_t minute);
  void tell(const HourCell&, const Share&) const;
  void correct(std::int64_t hour, double seasonal, SharedBaseline& shared) const {
    if (!shared.calendar().has_own_say(hour, own_)) shared.correct(hour, seasonal);
  }
  void close(const Share&, std::optional<double> surge_level);
  void forget_minutes();
  std::int64_t closed_end() const { return closed_ ? hour_ + 1 : hour_; }
  double seasonal(std::int64_t hour) const;
  double most_taught(const HourCell&, const SharedBaseline&, std::size_t series, double clumps = 0.0) const;
  using FiveMinutes = std::array<double, 12>;  // an hour's votes
  FiveMinutes five_minutes() const;
  static bool came_together(const FiveMinutes&, const SharedBaseline&);
  void compare_minutes(const HourCell&, const FiveMinutes&, const Share&);
  void note_change(std::int64_t hour) { changes_.days[place(hour) / 24] = true; }
  void learn_season(std::int64_t hour, const SharedBaseline&);
  void learn_dispersion(std::int64_t hour, const Share&);
  void learn_clumping(const HourCell&, double taught, const Share&);
  void learn_block(std::size_t scale, const Block&, const Share&);

  RuleCalendar::Entries own_ = 0;
  std::int64_t first_ = 0;
  std::int64_t hour_ = 0;
  bool closed_ = false;                  // the open hour is over, the next one not open yet
  std::int64_t minute_ = INT64_MIN / 2;  // the latest with a vote
  std::int64_t learned_to_ = 0;          // the first hour that taught no dispersion yet
  double learned_exposure_ = 0.0;        // of the hours before it
  double count_ = 0.0;
  double exposure_ = 0.0;
  double age_ = 0.0;
  double rough_ = 0.0;
  Weighed clump_;
  std::array<Weighed, kScales> spread_{};
  std::array<Block, kBlocks> blocks_{};
  std::array<Visits, 48> season_{};
  std::array<std::array<Lesson, kHourLessons>, kLessons> lessons_{};
  std::vector<std::uint32_t> minutes_;  // a ring; empty: no votes of late
  std::vector<HourCell> cells_;
  Changes changes_;  // no part of the state
};

}  // namespace tapewatch::alerts
