#include "daemon/api/request/time_buckets.hpp"

#include <unicode/calendar.h>
#include <unicode/gregocal.h>
#include <unicode/timezone.h>

#include <array>
#include <memory>
#include <stdexcept>

namespace tapewatch {
namespace {

using namespace std::chrono_literals;
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

icu::UnicodeString unicode(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
}

/// A time zone's clock, for instants and for days.
class LocalClock {
 public:
  explicit LocalClock(std::string_view name) : zone_(icu::TimeZone::createTimeZone(unicode(name))) {
    UErrorCode status = U_ZERO_ERROR;
    calendar_ = std::make_unique<icu::GregorianCalendar>(*zone_, icu::Locale::getRoot(), status);
    if (U_FAILURE(status)) throw std::runtime_error("ICU's calendar is not available");
    calendar_->setGregorianChange(-8.64e15, status);  // no Julian dates
    calendar_->setFirstDayOfWeek(UCAL_MONDAY);
    calendar_->setMinimalDaysInFirstWeek(4);
  }

  std::chrono::milliseconds offset(Edge at) const {
    std::int32_t raw = 0;
    std::int32_t saving = 0;
    UErrorCode status = U_ZERO_ERROR;
    zone_->getOffset(static_cast<UDate>(at.time_since_epoch().count()), false, raw, saving, status);
    return std::chrono::milliseconds(raw + saving);
  }

  /// The last mark of the local clock at or before `at`.
  Edge floor(Edge at, std::chrono::milliseconds step) const {
    const auto local = at.time_since_epoch() + offset(at);
    auto past = local % step;
    if (past < 0ms) past += step;
    return at - past;
  }

  /// Local midnight that begins the day of `at`, moved by `days`.
  Edge midnight(Edge at, int days, bool of_week) {
    UErrorCode status = U_ZERO_ERROR;
    calendar_->setTime(static_cast<UDate>(at.time_since_epoch().count()), status);
    int back = 0;
    if (of_week) back = (calendar_->get(UCAL_DAY_OF_WEEK, status) + 5) % 7;  // Monday is 2
    calendar_->add(UCAL_DATE, days - back, status);
    const int year = calendar_->get(UCAL_EXTENDED_YEAR, status);
    const int month = calendar_->get(UCAL_MONTH, status);
    const int day = calendar_->get(UCAL_DATE, status);
    calendar_->clear();
    calendar_->set(year, month, day, 0, 0, 0);
    const UDate time = calendar_->getTime(status);  // a midnight that the clocks skip is the first instant after it
    if (U_FAILURE(status)) throw std::runtime_error("ICU's calendar failed");
    return Edge(std::chrono::milliseconds(static_cast<std::int64_t>(time)));
  }

 private:
  std::unique_ptr<icu::TimeZone> zone_;
  std::unique_ptr<icu::GregorianCalendar> calendar_;
};

/// The mark after `edge`. Where the offset changes in between, the next one stands on the new local clock.
Edge next_mark(const LocalClock& clock, Edge edge, std::chrono::milliseconds step) {
  const Edge plain = edge + step;
  if (clock.offset(plain) == clock.offset(edge)) return plain;
  const Edge aligned = clock.floor(plain, step);
  return aligned > edge ? aligned : aligned + step;
}

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
  LocalClock clock(request.time_zone);
  const bool of_days = request.bucket == Bucket::day || request.bucket == Bucket::week;
  const bool of_week = request.bucket == Bucket::week;

  std::vector<Edge> edges;
  edges.push_back(of_days ? clock.midnight(request.from, 0, of_week) : clock.floor(request.from, kind.length));
  while (edges.back() < request.to || edges.size() < 2) {
    // From noon of the day: adding days to a midnight that does not exist would stay behind.
    const Edge next = of_days ? clock.midnight(edges.back() + 12h, of_week ? 7 : 1, of_week)
                              : next_mark(clock, edges.back(), kind.length);
    if (next <= edges.back()) throw std::runtime_error("a time zone whose clock stands still: " + request.time_zone);
    edges.push_back(next);
    if (edges.size() > request.most + 1) return std::nullopt;
  }
  return edges;
}

bool is_time_zone(std::string_view name) {
  if (name.empty() || name.size() > 64) return false;
  UErrorCode status = U_ZERO_ERROR;
  icu::UnicodeString canonical;
  UBool known = false;
  icu::TimeZone::getCanonicalID(unicode(name), canonical, known, status);
  return U_SUCCESS(status) && known;
}

}  // namespace tapewatch
