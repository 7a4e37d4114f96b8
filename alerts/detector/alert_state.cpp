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
  phase_ = Phase::pending;
  kept_back_ = false;
  id_ = std::move(alert_id);
  sequence_ = 0;
  started_at_ = now;
  from_ = reading.from;
  peak_ = reading;
  tally_ = std::move(told);
  escalated_ = false;
  calm_since_.reset();
  if (rule.pending_for <= std::chrono::milliseconds{0}) return fire(now);
  ++sequence_;
  return Step::pending;
}

void Episode::remember_span(std::int64_t from, std::int64_t to) {
  spans_.push_back({from, to});
  if (spans_.size() > kSpans) spans_.erase(spans_.begin());
}

void Episode::count(std::int64_t minute, bool first_document, std::string_view source) {
  if (!open() || minute < from_) return;
  ++tally_.documents;
  if (first_document) ++tally_.stories;
  if (tally_.single_source != source) tally_.single_source.clear();
  tally_.sources.add(source);
}

bool Episode::discount(std::int64_t minute, std::uint64_t documents, std::uint64_t stories) {
  if (!open() || minute < from_) return false;
  tally_.documents -= std::min(tally_.documents, documents);
  tally_.stories -= std::min(tally_.stories, stories);
  return true;
}

bool Episode::recount(std::int64_t minute, std::uint64_t documents) {
  if (!open() || minute < from_) return false;
  tally_.documents += documents;
  ++tally_.stories;
  return true;
}

void Episode::strengthen(const Reading& reading) {
  if (open() && reading.score > peak_.score) peak_ = reading;
}

Step Episode::escalate(const Reading& reading, TimePoint now) {
  if (!open()) return Step::none;
  peak_ = reading;
  escalated_ = true;
  if (phase_ != Phase::firing) return Step::none;
  calm_since_.reset();
  return tell(now);
}

Step Episode::tell(TimePoint now) {
  ++sequence_;
  ++updates_;
  note_told(now);
  return Step::updated;
}

void Episode::note_told(TimePoint now) {
  told_at_ = now;
  told_stories_ = tally_.stories;
  told_documents_ = tally_.documents;
  told_observed_ = peak_.observed;
}

bool Episode::grew(const DetectorOptions& options) const {
  const auto by = [](double factor, std::uint64_t now, std::uint64_t told) {
    return now > told && static_cast<double>(now) >= factor * static_cast<double>(told);
  };
  return by(options.update_growth, tally_.stories, told_stories_) ||
         by(options.update_document_growth, tally_.documents, told_documents_) ||
         (told_observed_ > 0 && by(options.update_window_growth, peak_.observed, told_observed_));
}

std::optional<TimePoint> Episode::update_due(const DetectorOptions& options) const {
  if (phase_ != Phase::firing || !grew(options)) return std::nullopt;
  std::chrono::milliseconds wait = options.first_update;
  for (std::uint32_t i = 0; i < updates_ && wait < options.longest_between_updates; ++i) wait *= 3;
  return told_at_ + std::min<std::chrono::milliseconds>(wait, options.longest_between_updates);
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
  phase_ = Phase::firing;
  ++sequence_;
  updates_ = 0;
  note_told(now);
  return Step::fired;
}

Step Episode::close(Step step, TimePoint now) {
  phase_ = Phase::inactive;
  ++sequence_;
  if (step != Step::unconfirmed) {
    ended_at_ = now;
    remember_span(from_, minute_of(now));
  }
  return step;
}

void Episode::abandon() {
  phase_ = Phase::inactive;
  calm_since_.reset();
}

Step Episode::advance(bool calm, TimePoint now, const RuleOptions& rule, const DetectorOptions& options) {
  if (phase_ == Phase::pending) {
    if (calm) return close(Step::unconfirmed, now);
    return now - started_at_ >= rule.pending_for ? fire(now) : Step::none;
  }
  if (phase_ != Phase::firing) return Step::none;
  if (!calm) {
    calm_since_.reset();
  } else if (!calm_since_) {
    calm_since_ = now;
  }
  if (calm_since_ && now - *calm_since_ >= rule.resolve_after) return close(Step::resolved, now);

  const auto due = update_due(options);
  return due && now >= *due ? tell(now) : Step::none;
}

void Episode::go_on(std::string id, std::int64_t sequence) {
  id_ = std::move(id);
  sequence_ = sequence;
}

void Episode::save(BlobWriter& out) const {
  out.u8(static_cast<std::uint8_t>(static_cast<std::uint8_t>(phase_) | (kept_back_ ? kKeptBack : 0) | kTellsSources));
  out.text(id_);
  out.i64(sequence_);
  out.i64(started_at_.time_since_epoch().count());
  out.i64(told_at_.time_since_epoch().count());
  save_time(out, calm_since_);
  out.i64(from_);
  for (const std::int64_t v : {peak_.from, peak_.to, peak_.window}) out.i64(v);
  for (const std::uint64_t v : {peak_.observed, peak_.low, peak_.high}) out.u64(v);
  for (const double v : {peak_.expected, peak_.ratio, peak_.p_value, peak_.p_limit, peak_.score}) out.f64(v);
  for (const std::uint64_t v : {tally_.stories, tally_.documents, told_stories_, told_documents_}) out.u64(v);
  out.text(tally_.single_source);
  out.u8(escalated_ ? 1 : 0);
  tally_.sources.save(out);
  out.u64(told_observed_);
  out.u32(updates_);
  save_time(out, ended_at_);
  out.u32(static_cast<std::uint32_t>(spans_.size()));
  for (const Span& span : spans_) {
    out.i64(span.from);
    out.i64(span.to);
  }
}

void Episode::load(BlobReader& in) {
  const std::uint8_t first = in.u8();
  const std::uint8_t phase = first & static_cast<std::uint8_t>(~(kKeptBack | kTellsSources));
  if (phase > static_cast<std::uint8_t>(Phase::firing)) throw DetectorStateError("detector state: an alert is damaged");
  phase_ = static_cast<Phase>(phase);
  kept_back_ = (first & kKeptBack) != 0;
  id_ = in.text();
  sequence_ = in.i64();
  started_at_ = from_ms(in.i64());
  told_at_ = from_ms(in.i64());
  calm_since_ = load_time(in);
  from_ = in.i64();
  for (std::int64_t* v : {&peak_.from, &peak_.to, &peak_.window}) *v = in.i64();
  for (std::uint64_t* v : {&peak_.observed, &peak_.low, &peak_.high}) *v = in.u64();
  for (double* v : {&peak_.expected, &peak_.ratio, &peak_.p_value, &peak_.p_limit}) *v = in.f64();
  if (in.version() > 1) peak_.score = in.f64();
  for (std::uint64_t* v : {&tally_.stories, &tally_.documents, &told_stories_, &told_documents_}) *v = in.u64();
  if (in.version() > 2) {
    tally_.single_source = in.text();
    escalated_ = in.u8() != 0;
  }
  tally_.sources = {};
  told_observed_ = updates_ = 0;
  if ((first & kTellsSources) != 0) {
    tally_.sources.load(in);
    told_observed_ = in.u64();
    updates_ = in.u32();
  }
  ended_at_ = load_time(in);
  spans_.clear();
  const std::size_t spans = in.count(16);
  for (std::size_t i = 0; i < spans; ++i) {
    const std::int64_t from = in.i64();
    spans_.push_back({from, in.i64()});
  }
}

}  // namespace tapewatch::alerts
