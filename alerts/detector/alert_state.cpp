// Tested by tests/alerts/detector/life_cycle_test.cpp
#include "alerts/detector/alert_state.hpp"

#include <algorithm>
#include <utility>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/event_minutes.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::size_t kSpans = 16;
// Beside the phase:
constexpr std::uint8_t kKeptBack = 0x80;
constexpr std::uint8_t kTellsSources = 0x40;  // the part names sources and updates: earlier versions did not

TimePoint from_ms(std::int64_t ms) { return TimePoint{std::chrono::milliseconds{ms}}; }

void save_time(BlobWriter& out, const std::optional<TimePoint>& at) {
  out.u8(at ? 1 : 0);
  out.i64(at ? at->time_since_epoch().count() : 0);
}

std::optional<TimePoint> load_time(BlobReader& in) {
  const bool there = in.u8() != 0;
  const std::int64_t ms = in.i64();
  return there ? std::optional{from_ms(ms)} : std::nullopt;
}

}  // namespace

bool Episode::may_open(std::int64_t end, TimePoint now, const RuleOptions& rule) const {
  if (open()) return false;
  if (cools_until(now, rule)) return false;
  return std::none_of(spans_.begin(), spans_.end(), [&](const Span& span) { return covers(span, end, rule); });
}

std::optional<TimePoint> Episode::cools_until(TimePoint now, const RuleOptions& rule) const {
  if (!ended_at_ || now >= *ended_at_ + rule.cool_down) return std::nullopt;
  return *ended_at_ + rule.cool_down;
}

bool Episode::covers(const Span& span, std::int64_t end, const RuleOptions& rule) {
  return end >= span.from && end <= span.to + std::chrono::ceil<std::chrono::minutes>(rule.cool_down).count();
}

void Episode::extend_span(std::int64_t to, const RuleOptions& rule) {
  for (Span& span : spans_) {
    if (covers(span, to, rule)) span.to = std::max(span.to, to);
  }
}

Step Episode::start(const Reading& reading, TimePoint now, std::string alert_id, Tally told, const RuleOptions& rule) {
  Life& life = life_.own();
  phase_ = Phase::pending;
  kept_back_ = false;
  life.id = std::move(alert_id);
  life.sequence = 0;
  life.started_at = now;
  life.from = reading.from;
  life.peak = reading;
  life.tally = std::move(told);
  life.escalated = false;
  life.calm_since.reset();
  if (rule.pending_for <= std::chrono::milliseconds{0}) return fire(now);
  ++life.sequence;
  return Step::pending;
}

void Episode::remember_span(std::int64_t from, std::int64_t to) {
  spans_.push_back({from, to});
  if (spans_.size() > kSpans) spans_.erase(spans_.begin());
}

void Episode::count(std::int64_t minute, bool first_document, std::string_view source) {
  if (!open() || minute < life_->from) return;
  Life& life = life_.own();
  ++life.tally.documents;
  if (first_document) ++life.tally.stories;
  if (life.tally.single_source != source) life.tally.single_source.clear();
  life.tally.sources.add(source);
}

bool Episode::discount(std::int64_t minute, std::uint64_t documents, std::uint64_t stories) {
  if (!open() || minute < life_->from) return false;
  Life& life = life_.own();
  life.tally.documents -= std::min(life.tally.documents, documents);
  life.tally.stories -= std::min(life.tally.stories, stories);
  return true;
}

bool Episode::recount(std::int64_t minute, std::uint64_t documents) {
  if (!open() || minute < life_->from) return false;
  Life& life = life_.own();
  life.tally.documents += documents;
  ++life.tally.stories;
  return true;
}

void Episode::strengthen(const Reading& reading) {
  if (open() && reading.score > life_->peak.score) life_.own().peak = reading;
}

Step Episode::escalate(const Reading& reading, TimePoint now) {
  if (!open()) return Step::none;
  Life& life = life_.own();
  life.peak = reading;
  life.escalated = true;
  if (phase_ != Phase::firing) return Step::none;
  life.calm_since.reset();
  return tell(now);
}

Step Episode::tell(TimePoint now) {
  Life& life = life_.own();
  ++life.sequence;
  ++life.updates;
  note_told(now);
  return Step::updated;
}

void Episode::note_told(TimePoint now) {
  Life& life = life_.own();
  life.told_at = now;
  life.told_stories = life.tally.stories;
  life.told_documents = life.tally.documents;
  life.told_observed = life.peak.observed;
}

bool Episode::grew(const DetectorOptions& options) const {
  const Life& life = *life_;
  const auto by = [](double factor, std::uint64_t now, std::uint64_t told) {
    return now > told && static_cast<double>(now) >= factor * static_cast<double>(told);
  };
  return by(options.update_growth, life.tally.stories, life.told_stories) ||
         by(options.update_document_growth, life.tally.documents, life.told_documents) ||
         (life.told_observed > 0 && by(options.update_window_growth, life.peak.observed, life.told_observed));
}

std::optional<TimePoint> Episode::update_due(const DetectorOptions& options) const {
  const Life& life = *life_;
  if (phase_ != Phase::firing || !grew(options)) return std::nullopt;
  std::chrono::milliseconds wait = options.first_update;
  for (std::uint32_t i = 0; i < life.updates && wait < options.longest_between_updates; ++i) wait *= 3;
  return life.told_at + std::min<std::chrono::milliseconds>(wait, options.longest_between_updates);
}

Step Episode::release(TimePoint now) {
  kept_back_ = false;
  return fire(now);
}

Step Episode::accept(TimePoint now) { return close(phase_ == Phase::firing ? Step::accepted : Step::unconfirmed, now); }

Step Episode::withdraw(TimePoint now) {
  return close(phase_ == Phase::firing ? Step::withdrawn : Step::unconfirmed, now);
}

Step Episode::end(TimePoint now) { return close(phase_ == Phase::firing ? Step::resolved : Step::unconfirmed, now); }

Step Episode::fire(TimePoint now) {
  Life& life = life_.own();
  phase_ = Phase::firing;
  ++life.sequence;
  life.updates = 0;
  note_told(now);
  return Step::fired;
}

Step Episode::close(Step step, TimePoint now) {
  Life& life = life_.own();
  phase_ = Phase::inactive;
  ++life.sequence;
  if (step != Step::unconfirmed) {
    ended_at_ = now;
    remember_span(life.from, minute_of(now));
  }
  return step;
}

void Episode::abandon() {
  phase_ = Phase::inactive;
  if (life_->calm_since) life_.own().calm_since.reset();
}

Step Episode::advance(bool calm, TimePoint now, const RuleOptions& rule, const DetectorOptions& options) {
  if (phase_ == Phase::inactive) return Step::none;
  Life& life = life_.own();
  if (phase_ == Phase::pending) {
    if (calm) return close(Step::unconfirmed, now);
    return now - life.started_at >= rule.pending_for ? fire(now) : Step::none;
  }
  if (!calm) {
    life.calm_since.reset();
  } else if (!life.calm_since) {
    life.calm_since = now;
  }
  if (life.calm_since && now - *life.calm_since >= rule.resolve_after) return close(Step::resolved, now);

  const auto due = update_due(options);
  return due && now >= *due ? tell(now) : Step::none;
}

void Episode::go_on(std::string id, std::int64_t sequence) {
  Life& life = life_.own();
  life.id = std::move(id);
  life.sequence = sequence;
}

void Episode::save(BlobWriter& out) const {
  const Life& life = *life_;
  out.u8(static_cast<std::uint8_t>(static_cast<std::uint8_t>(phase_) | (kept_back_ ? kKeptBack : 0) | kTellsSources));
  out.text(life.id);
  out.i64(life.sequence);
  out.i64(life.started_at.time_since_epoch().count());
  out.i64(life.told_at.time_since_epoch().count());
  save_time(out, life.calm_since);
  out.i64(life.from);
  for (const std::int64_t v : {life.peak.from, life.peak.to, life.peak.window}) out.i64(v);
  for (const std::uint64_t v : {life.peak.observed, life.peak.low, life.peak.high}) out.u64(v);
  for (const double v : {life.peak.expected, life.peak.ratio, life.peak.p_value, life.peak.p_limit, life.peak.score}) {
    out.f64(v);
  }
  for (const std::uint64_t v : {life.tally.stories, life.tally.documents, life.told_stories, life.told_documents}) {
    out.u64(v);
  }
  out.text(life.tally.single_source);
  out.u8(life.escalated ? 1 : 0);
  life.tally.sources.save(out);
  out.u64(life.told_observed);
  out.u32(life.updates);
  save_time(out, ended_at_);
  out.u32(static_cast<std::uint32_t>(spans_.size()));
  for (const Span& span : spans_) {
    out.i64(span.from);
    out.i64(span.to);
  }
}

void Episode::load(BlobReader& in) {
  Life life;
  const std::uint8_t first = in.u8();
  const std::uint8_t phase = first & static_cast<std::uint8_t>(~(kKeptBack | kTellsSources));
  if (phase > static_cast<std::uint8_t>(Phase::firing)) throw DetectorStateError("detector state: an alert is damaged");
  phase_ = static_cast<Phase>(phase);
  kept_back_ = (first & kKeptBack) != 0;
  life.id = in.text();
  life.sequence = in.i64();
  life.started_at = from_ms(in.i64());
  life.told_at = from_ms(in.i64());
  life.calm_since = load_time(in);
  life.from = in.i64();
  for (std::int64_t* v : {&life.peak.from, &life.peak.to, &life.peak.window}) *v = in.i64();
  for (std::uint64_t* v : {&life.peak.observed, &life.peak.low, &life.peak.high}) *v = in.u64();
  for (double* v : {&life.peak.expected, &life.peak.ratio, &life.peak.p_value, &life.peak.p_limit}) *v = in.f64();
  if (in.version() > 1) life.peak.score = in.f64();
  for (std::uint64_t* v : {&life.tally.stories, &life.tally.documents, &life.told_stories, &life.told_documents}) {
    *v = in.u64();
  }
  if (in.version() > 2) {
    life.tally.single_source = in.text();
    life.escalated = in.u8() != 0;
  }
  if ((first & kTellsSources) != 0) {
    life.tally.sources.load(in);
    life.told_observed = in.u64();
    life.updates = in.u32();
  }
  life_ = {};
  if (!life.id.empty()) life_.set(std::move(life));
  ended_at_ = load_time(in);
  spans_.clear();
  const std::size_t spans = in.count(16);
  for (std::size_t i = 0; i < spans; ++i) {
    const std::int64_t from = in.i64();
    spans_.push_back({from, in.i64()});
  }
}

}  // namespace tapewatch::alerts
