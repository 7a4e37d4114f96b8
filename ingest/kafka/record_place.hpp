#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// Where a record stands, as people read it in logs and dead letters: "news.raw/3@1042".
struct RecordPlace {
  std::string topic;
  std::int32_t partition = 0;
  std::int64_t offset = 0;

  std::string text() const;
  friend bool operator==(const RecordPlace&, const RecordPlace&) = default;
};

/// The place that text() wrote; nullopt for any other text.
std::optional<RecordPlace> parse_record_place(std::string_view text);

}  // namespace tapewatch::ingest
