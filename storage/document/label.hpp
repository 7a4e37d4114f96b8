#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tapewatch::storage {

/// The number of a label in the tables. `unscored` (no language, no text) and `abstained` (not sure enough) are not
/// neutral.
enum class Label : std::int64_t { positive = 0, neutral = 1, negative = 2, abstained = 3, unscored = 4 };

inline constexpr std::string_view kLabelNames[] = {"positive", "neutral", "negative", "abstained", "unscored"};

inline std::optional<Label> find_label(std::string_view name) {
  for (std::int64_t i = 0; i < 5; ++i) {
    if (kLabelNames[i] == name) return static_cast<Label>(i);
  }
  return std::nullopt;
}

inline std::string_view to_string(Label label) { return kLabelNames[static_cast<std::size_t>(label)]; }

/// The label of a number in the tables; any other number: unscored.
inline Label label_of(std::int64_t number) { return number < 0 || number > 4 ? Label::unscored : Label{number}; }

/// Whether the class takes part in sums and means.
inline bool is_class(Label label) { return label <= Label::negative; }

/// Sentiments are kept as integers of 1e-6: their sums are exact and do not depend on the order of adding.
inline std::int64_t to_micro(double sentiment) {
  constexpr double kSlack = 1e-4;  // probabilities are floats: a difference may exceed the range slightly
  if (!(std::abs(sentiment) <= 1.0 + kSlack)) throw std::invalid_argument("the sentiment lies outside [-1,1]");
  return std::llround(std::clamp(sentiment, -1.0, 1.0) * 1e6);
}
inline double from_micro(std::int64_t micro) { return static_cast<double>(micro) / 1e6; }
/// A sentiment as read from the tables, so that sums agree for the reader.
inline double to_millionth(double sentiment) { return from_micro(to_micro(sentiment)); }
/// The square of a micro sentiment, as an integer of 1e-9; and the same in SQL.
inline std::int64_t square_nano(std::int64_t micro) { return (micro * micro + 500) / 1000; }
inline constexpr std::string_view kSquareNanoSql = "(sentiment * sentiment + 500) / 1000";

inline constexpr std::int64_t kMinuteMs = 60'000;
/// Roll-ups older than the fold mark are kept in quarter hours.
inline constexpr std::int64_t kQuarterMinutes = 15;

inline std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by != 0 && value < 0 ? 1 : 0);
}

}  // namespace tapewatch::storage
