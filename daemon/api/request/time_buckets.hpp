#pragma once
#include <boost/system/result.hpp>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch {

enum class Bucket { minute, five_minutes, quarter, hour, day, week };

std::optional<Bucket> parse_bucket(std::string_view text);  // 1m 5m 15m 1h 1d 1w
std::string_view bucket_name(Bucket bucket);

/// The shortest bucket that divides the range into at most `most` pieces (a week if none does).
Bucket choose_bucket(std::chrono::milliseconds range, std::size_t most);

struct BucketRequest {
  std::chrono::sys_time<std::chrono::milliseconds> from{}, to{};  // half-open
  Bucket bucket = Bucket::hour;
  std::string time_zone = "UTC";  // one that notation::TimeZone finds
  std::size_t most = 10'000;      // buckets
};

/// The edges of whole buckets that cover [from, to) in local time: bucket i is [edges[i], edges[i+1]). Days begin at
/// their first instant (a midnight that occurs twice counts the first time; one that is left out, at the instant after
/// the gap) and last 23 to 25 hours where clocks change, weeks begin on Monday; shorter buckets follow the local
/// clock's marks. No value if there would be more than `most`. Throws std::invalid_argument for an unknown zone.
std::optional<std::vector<std::chrono::sys_time<std::chrono::milliseconds>>> bucket_edges(const BucketRequest& request);

}  // namespace tapewatch
