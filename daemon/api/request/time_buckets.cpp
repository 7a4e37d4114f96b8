#include "daemon/api/request/time_buckets.hpp"

#include <array>
#include <stdexcept>

#include "config/notation/time_zone.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;
using notation::TimeZone;
using Edge = std::chrono::sys_time<std::chrono::milliseconds>;

struct Kind {
  Bucket bucket;
  std::string_view name;
  std::chrono::milliseconds length;
};
constexpr std::array<Kind, 6> kKinds = {{{Bucket::minute, "1m", 1min},
                                         {Bucket::five_minutes, "5m", 5min},
                                         {Bucket::quarter, "15m", 15min},
                                         {Bucket::hour, "1h", 1h},
                                         {Bucket::day, "1d", 24h},
                                         {Bucket::week, "1w", 168h}}};

const Kind& kind_of(Bucket bucket) { return kKinds[static_cast<std::size_t>(bucket)]; }

/// The last mark of the local clock at or before `at`.
Edge floor(const TimeZone& zone, Edge at, std::chrono::milliseconds step) {
  const auto local = at.time_since_epoch() + zone.offset(at);
  auto past = local % step;
  if (past < 0ms) past += step;
  return at - past;
}

/// The mark after `edge`. If the offset changes in between, the next mark follows the new local clock.
Edge next_mark(const TimeZone& zone, Edge edge, std::chrono::milliseconds step) {
  const Edge plain = edge + step;
  if (zone.offset(plain) == zone.offset(edge)) return plain;
  const Edge aligned = floor(zone, plain, step);
  return aligned > edge ? aligned : aligned + step;
}

/// The local days that begin a day or a week (Monday), one after the other.
class DayMarks {
 public:
  DayMarks(const TimeZone& zone, Edge from, bool of_weeks)
      : zone_(zone), step_(of_weeks ? 7 : 1), day_(zone.day(from)), edge_(zone.first_instant(day_)) {
    if (of_weeks) day_ -= std::chrono::weekday(day_) - std::chrono::Monday;
    edge_ = zone.first_instant(day_);
    // Clocks that go back over midnight show the previous day again, after this day's first instant.
    while (zone.first_instant(day_ + step_) <= from) advance();
  }

  Edge edge() const { return edge_; }

  /// A day that the calendar skips has no bucket.
  void advance() {
    const Edge before = edge_;
    while (edge_ <= before) edge_ = zone_.first_instant(day_ += step_);
  }

 private:
  const TimeZone& zone_;
  const std::chrono::days step_;
  std::chrono::local_days day_;
  Edge edge_;
};

}  // namespace

std::optional<Bucket> parse_bucket(std::string_view text) {
  for (const Kind& kind : kKinds) {
    if (kind.name == text) return kind.bucket;
  }
  return std::nullopt;
}

std::string_view bucket_name(Bucket bucket) { return kind_of(bucket).name; }

Bucket choose_bucket(std::chrono::milliseconds range, std::size_t most) {
  for (const Kind& kind : kKinds) {
    if (range <= kind.length * static_cast<std::int64_t>(most)) return kind.bucket;
  }
  return Bucket::week;
}

std::optional<std::vector<Edge>> bucket_edges(const BucketRequest& request) {
  const Kind& kind = kind_of(request.bucket);
  const auto pieces = (request.to - request.from) / kind.length;
  if (pieces > static_cast<std::int64_t>(request.most) + 2) return std::nullopt;
  const auto zone = TimeZone::find(request.time_zone);
  if (!zone) throw std::invalid_argument("no time zone of this name: " + request.time_zone);
  const bool of_days = request.bucket == Bucket::day || request.bucket == Bucket::week;
  std::optional<DayMarks> days;
  if (of_days) days.emplace(*zone, request.from, request.bucket == Bucket::week);

  std::vector<Edge> edges;
  edges.push_back(of_days ? days->edge() : floor(*zone, request.from, kind.length));
  while (edges.back() < request.to || edges.size() < 2) {
    if (of_days) days->advance();
    const Edge next = of_days ? days->edge() : next_mark(*zone, edges.back(), kind.length);
    if (next <= edges.back()) {
      throw std::runtime_error("the clock of this time zone does not advance: " + request.time_zone);
    }
    edges.push_back(next);
    if (edges.size() > request.most + 1) return std::nullopt;
  }
  return edges;
}

}  // namespace tapewatch
