// Tested by tests/alerts/detector/detector_state_test.cpp
// How a RuleWatch is written down and read back. Parts of a rule's state, each a row of its own so that a commit writes
// only what it touched: "" (clock, definition, sums), "#s" (shared baseline); for a series its key alone (what each
// vote changes, alert), key + "#b" (what an hour changes), "#d<day>" (a day of counts), "#r<slot>" (a recent story),
// "#h<slot>" (the stories of an hour, in a ring of slots). A grave story has the key of its series and its own.
#include <charconv>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/rule_watch.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::int64_t kSpareSlots = 24;  // the ring is longer than the memory, so a slot is free before it is needed

/// A part's key: the series' key and the suffix, which holds no '}'.
std::pair<std::string_view, std::string_view> split(std::string_view part) {
  const std::size_t end = part.rfind('}');
  if (end == std::string_view::npos) throw DetectorStateError("detector state: a part without a series");
  return {part.substr(0, end + 1), part.substr(end + 1)};
}

std::string day_part(const std::string& key, std::size_t day) { return key + "#d" + std::to_string(day); }
std::string recent_part(const std::string& key, std::uint32_t slot) { return key + "#r" + std::to_string(slot); }

/// Which stories a rule of the measure `story` tells of. One that goes by min_negative alone writes what every version
/// wrote, so that an upgrade finds it unchanged.
void write_conditions(BlobWriter& out, const RuleOptions& rule) {
  if (rule.min_gravity || !rule.events.empty()) {
    out.u8(static_cast<std::uint8_t>(least_gravity(rule)));
    out.u32(static_cast<std::uint32_t>(rule.events.size()));
    for (const std::string& event : rule.events) out.text(event);
    out.u8(rule.min_negative ? 1 : 0);
  }
  if (rule.min_negative) out.f64(*rule.min_negative);
}

/// The number that follows the letter of a part's suffix.
std::uint32_t number_in(std::string_view suffix) {
  std::uint32_t number = 0;
  const char* end = suffix.data() + suffix.size();
  const auto [at, error] = std::from_chars(suffix.data() + 2, end, number);
  if (error != std::errc{} || at != end) throw DetectorStateError("detector state: a part without a number");
  return number;
}

}  // namespace

std::string RuleWatch::hour_part(const std::string& key, std::int64_t hour) const {
  const std::int64_t slots = options_.story_memory.count() + kSpareSlots;
  return key + "#h" + std::to_string(((hour % slots) + slots) % slots);
}

std::vector<std::string> RuleWatch::part_keys(const std::string& key, Series& series) const {
  std::vector<std::string> parts = {key, key + "#b"};
  for (std::size_t day = 0; day < SeriesBaseline::kDays; ++day) parts.push_back(day_part(key, day));
  for (const std::uint32_t slot : series.recent.slots()) parts.push_back(recent_part(key, slot));
  for (const std::int64_t hour : series.stories.take_changed()) parts.push_back(hour_part(key, hour));
  return parts;
}

/// What the series are made of: a state with another one is discarded. The model is kept beside it.
std::string RuleWatch::fingerprint() const {
  constexpr std::string_view kHeadFormat = "3";
  std::string text = std::string(kHeadFormat) + "\n" + std::string(to_string(rule_.measure));
  const auto add = [&](std::string_view name, const std::vector<std::string>& values) {
    text.append("\n").append(name);
    for (const std::string& value : values) text.append("\t").append(value);
  };
  add("group_by", rule_.group_by);
  add("topic", rule_.where.topic);
  add("entity", rule_.where.entity);
  add("tag", rule_.where.tag);
  add("source", rule_.where.source);
  text += "\nwindows";
  for (const ScanWindow& window : engine_.windows()) text += "\t" + std::to_string(window.minutes);
  return text;
}

/// All the rest of the rule: how its series are judged, and what its alerts say. Learning does not depend on it.
std::string RuleWatch::judgement() const {
  BlobWriter out;
  out.f64(rule_.false_alarms.count);
  out.i64(rule_.false_alarms.per.count());
  out.u64(rule_.min_stories);
  for (const auto time : {rule_.resolve_after, rule_.pending_for, rule_.cool_down}) out.i64(time.count());
  out.text(rule_.severity);
  out.text(rule_.escalated_severity);
  out.text(rule_.runbook_url);
  out.map(rule_.labels);
  if (rule_.measure == Measure::story) write_conditions(out, rule_);
  return out.take();
}

std::string RuleWatch::save_head() const {
  BlobWriter out;
  out.text(fingerprint() + calendar().fingerprint(now_));
  out.i64(now_.time_since_epoch().count());
  // For the alerts of a rule that is gone when this is read.
  out.text(rule_.severity);
  out.text(rule_.runbook_url);
  out.map(rule_.labels);
  out.text(rule_.escalated_severity);
  out.text(options_.model_version);
  out.text(judgement());
  out.i64(quiet_until_.time_since_epoch().count());
  out.i64(first_.time_since_epoch().count());
  out.text(heard_source_);
  out.u8(several_sources_ ? 1 : 0);
  engine_.save_sums(out);
  if (rule_.measure == Measure::no_data) gaps_.save_sums(out);
  return out.take();
}

void RuleWatch::save_series(const std::string& key, Series& series, std::map<std::string, std::string>& parts) const {
  const auto write = [&](std::string part, const auto& save) {
    BlobWriter out;
    save(out);
    parts[std::move(part)] = out.take();
  };
  write(key, [&](BlobWriter& out) {
    out.map(series.key);
    out.text(series.display);
    out.text(series.model_version);
    series.episode.save(out);
    out.i64(series.last_minute);
    save_statistics(key, series, out);
  });
  save_hours(key, series, parts);
  for (const std::uint32_t slot : series.recent.take_changed()) {
    if (!series.recent.has(slot)) {
      parts[recent_part(key, slot)].clear();
      continue;
    }
    write(recent_part(key, slot), [&](BlobWriter& out) { series.recent.save(slot, out); });
  }
  for (const std::int64_t hour : series.stories.take_changed()) {
    parts[hour_part(key, hour)] = series.stories.has(hour) ? series.stories.save(hour) : std::string();
  }
}

/// What the measure knows of a series, as far as each vote changes it.
void RuleWatch::save_statistics(const std::string& key, const Series& series, BlobWriter& out) const {
  if (counts()) {
    out.u8(active_.contains(key) ? 1 : 0);
    series.surge.baseline.save_hot(out);
    series.surge.judge.save(out);
    out.f64(series.surge.chance.height);
    out.f64(series.surge.chance.slope);
  }
  if (rule_.measure == Measure::no_data) series.gap->save(out);
  if (rule_.measure == Measure::mean_sentiment) series.mean->save(out);
}

void RuleWatch::load_statistics(const std::string& key, Series& series, BlobReader& in) {
  if (counts()) {
    if (in.u8() != 0) active_.insert(key);
    series.surge.baseline.load_hot(in);
    series.surge.judge.load(in);
    series.surge.chance.height = in.f64();
    series.surge.chance.slope = in.f64();
  }
  if (rule_.measure == Measure::no_data) {
    series.gap.own().load(in);
    if (series.gap->due != GapSeries::kNever) due_.emplace(series.gap->due, key);
  }
  if (rule_.measure == Measure::mean_sentiment) series.mean.own().load(in);
}

/// The same as far as hours change it.
void RuleWatch::save_hours(const std::string& key, Series& series, std::map<std::string, std::string>& parts) const {
  const auto write = [&](std::string part, const auto& save) {
    BlobWriter out;
    save(out);
    parts[std::move(part)] = out.take();
  };
  std::array<bool, SeriesBaseline::kDays> days{};
  if (counts()) {
    const SeriesBaseline::Changes changes = series.surge.baseline.take_changes();
    if (changes.hourly) write(key + "#b", [&](BlobWriter& out) { series.surge.baseline.save_hourly(out); });
    days = changes.days;
  } else if (rule_.measure == Measure::mean_sentiment) {
    days = series.mean.own().take_changed_days();
  }
  for (std::size_t day = 0; day < days.size(); ++day) {
    if (!days[day]) continue;
    write(day_part(key, day), [&](BlobWriter& out) {
      counts() ? series.surge.baseline.save_day(day, out) : series.mean->save_day(day, out);
    });
  }
}

void RuleWatch::load_series(BlobReader& in, Series& series) const {
  series.key = in.map();
  series.display = in.text();
  series.model_version = in.text();
  series.episode.load(in);
}

void RuleWatch::take_dirty(std::vector<SeriesState>& out) {
  std::map<std::string, std::string> parts;
  for (const std::string& part : removed_) parts[part];
  removed_.clear();
  if (head_dirty_) parts[""] = save_head();
  if (engine_.shared().take_taught() || shared_dirty_) {
    BlobWriter blob;
    engine_.save(blob);
    if (rule_.measure == Measure::no_data) gaps_.save(blob);
    if (rule_.measure == Measure::mean_sentiment) means_.save(blob);
    parts["#s"] = blob.take();
  }
  for (const std::string& key : dirty_) save_series(key, series_.at(key), parts);
  head_dirty_ = shared_dirty_ = false;
  dirty_.clear();
  for (auto& [key, blob] : parts) out.push_back({rule_.name, key, std::move(blob)});
}

void RuleWatch::restore(const std::map<std::string_view, std::string_view>& parts) {
  if (parts.empty()) return;
  const auto head = parts.find("");
  if (head == parts.end()) throw DetectorStateError("detector state of rule " + rule_.name + ": its head is missing");
  BlobReader in(head->second, 1);
  if (in.version() < kBlobVersion) {
    discarded_ = UnfittedRule::Why::other_version;
    carry(parts);
    return;
  }
  const std::string known = in.text(), same = fingerprint();
  const TimePoint now{std::chrono::milliseconds{in.i64()}};
  if (known != same + calendar().fingerprint(now)) {
    discarded_ = UnfittedRule::Why::other_definition;
    const bool same_news = known.starts_with(same) && RuleCalendar::is_fingerprint(known.substr(same.size()));
    carry(parts, same_news ? std::string() : known);
    return;
  }
  load_head(in, now);
  if (discarded_) {
    carry(parts);
    return;
  }
  for (const auto& [part, blob] : parts) {
    if (part.empty()) continue;
    if (part == "#s") {
      BlobReader reader(blob);
      engine_.load(reader);
      if (rule_.measure == Measure::no_data) gaps_.load(reader);
      if (rule_.measure == Measure::mean_sentiment) means_.load(reader);
      reader.finish();
      continue;
    }
    const auto [key, suffix] = split(part);
    load_part(key, suffix, blob);
  }
  if (started_ && !parts.contains("#s")) {
    throw DetectorStateError("detector state of rule " + rule_.name + ": its shared part is missing");
  }
  for (const auto& [key, series] : series_) {
    if (!parts.contains(key)) {
      throw DetectorStateError("detector state of rule " + rule_.name + ": a series is missing");
    }
  }
}

void RuleWatch::load_part(std::string_view key, std::string_view suffix, std::string_view blob) {
  Series& series = series_[std::string(key)];
  if (suffix.starts_with("#h")) {
    series.stories.load(blob);
    return;
  }
  BlobReader in(blob);
  if (suffix.empty()) {
    load_series(in, series);
    series.surge.baseline.set_own_entries(calendar().about(series.key));
    series.last_minute = in.i64();
    load_statistics(std::string(key), series, in);
    if (series.episode.open()) open_.insert(std::string(key));
  } else if (suffix == "#b") {
    series.surge.baseline.load_hourly(in);
  } else if (suffix.starts_with("#d")) {
    const std::uint32_t day = number_in(suffix);
    if (day >= SeriesBaseline::kDays) throw DetectorStateError("detector state: a day is damaged");
    counts() ? series.surge.baseline.load_day(day, in) : series.mean.own().load_day(day, in);
  } else if (suffix.starts_with("#r")) {
    series.recent.load(number_in(suffix), in);
  } else {
    throw DetectorStateError("detector state: an unknown part");
  }
  in.finish();
}

std::optional<std::string> learned_model(std::span<const SeriesState> states) {
  constexpr std::uint8_t kFirstToTell = 3;
  for (const SeriesState& state : states) {
    if (!state.key.empty() || state.blob.empty()) continue;
    BlobReader in(state.blob, 1);
    if (in.version() < kFirstToTell) continue;
    in.text();
    in.i64();
    in.text();
    in.text();
    in.map();
    in.text();
    return in.text();
  }
  return std::nullopt;
}

std::optional<UnfittedRule::Why> RuleWatch::unfitted() const {
  if (started_) return std::nullopt;
  return discarded_.value_or(UnfittedRule::Why::no_state);
}

void RuleWatch::load_head(BlobReader& in, TimePoint now) {
  // What alerts said of their rule is for a rule that is gone: open alerts go on in the words of the rule as it is.
  in.text();
  in.text();
  in.map();
  in.text();
  if (in.text() != options_.model_version) {
    discarded_ = UnfittedRule::Why::other_model;
    return;
  }
  head_dirty_ = in.text() != judgement();
  started_ = true;
  now_ = now;
  quiet_until_ = TimePoint{std::chrono::milliseconds{in.i64()}};
  first_ = TimePoint{std::chrono::milliseconds{in.i64()}};
  heard_source_ = in.text();
  several_sources_ = in.u8() != 0;
  engine_.load_sums(in);
  if (rule_.measure == Measure::no_data) gaps_.load_sums(in);
  in.finish();
}

}  // namespace tapewatch::alerts
