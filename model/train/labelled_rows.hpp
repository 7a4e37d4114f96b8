#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model::train {

inline constexpr std::int64_t kNoLabel = -100;  // what libtorch's cross entropy ignores

/// One text with the label of one task (or of both); the other is kNoLabel.
struct LabelledRow {
  std::string text, source;
  std::int64_t sentiment = kNoLabel;  // index into sentiment_names()
  std::int64_t topic = kNoLabel;      // index into the run's topic names
};

/// positive, neutral, negative: the order of every probability triple of the house.
std::span<const std::string_view> sentiment_names();

/// A tab-separated file with a header naming at least `label`, `source`, `text`, in any order. Throws
/// std::runtime_error with file and line. `sources` empty: all rows.
struct RawRow {
  std::string label, source, text;
};
std::vector<RawRow> read_tsv(const std::string& path, std::span<const std::string> sources);

std::vector<LabelledRow> sentiment_rows(const std::vector<RawRow>& raw);
std::vector<LabelledRow> topic_rows(const std::vector<RawRow>& raw, std::span<const std::string> topics);
/// The distinct labels, sorted by bytes.
std::vector<std::string> distinct_labels(const std::vector<RawRow>& raw);

}  // namespace tapewatch::model::train
