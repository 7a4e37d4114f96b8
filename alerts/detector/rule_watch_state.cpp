// Tested by tests/alerts/detector/detector_state_test.cpp
// How a RuleWatch is written down and read back. Parts of a rule's state, each a row of its own so that a commit writes
// only what it touched: "" (clock, definition), "#s" (shared baseline); for a series its key alone (level, alert),
// key + "#s" (season), "#r" (recent stories), "#h<slot>" (the stories of an hour, in a ring of slots).
#include "alerts/detector/blob.hpp"
#include "alerts/detector/rule_watch.hpp"
#include "alerts/formats/alert_text.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::int64_t kSpareSlots = 24;  // the ring is longer than the memory, so a slot is free before it is needed

/// A part's key: the series' key and the suffix, which holds no '}'.
std::pair<std::string_view, std::string_view> split(std::string_view part) {
  const std::size_t end = part.rfind('}');
  if (end == std::string_view::npos) throw DetectorStateError("detector state: a part without a series");
  return {part.substr(0, end + 1), part.substr(end + 1)};
}

void save_map(BlobWriter& out, const std::map<std::string, std::string>& map) {
  out.u32(static_cast<std::uint32_t>(map.size()));
  for (const auto& [name, value] : map) {
    out.text(name);
    out.text(value);
  }
}

std::map<std::string, std::string> load_map(BlobReader& in) {
  std::map<std::string, std::string> map;
  const std::size_t size = in.count(8);
  for (std::size_t i = 0; i < size; ++i) {
    std::string name = in.text();
    map[std::move(name)] = in.text();
  }
  return map;
}

}  // namespace

std::string RuleWatch::hour_part(const std::string& key, std::int64_t hour) const {
  const std::int64_t slots = options_.story_memory.count() + kSpareSlots;
  return key + "#h" + std::to_string(((hour % slots) + slots) % slots);
}

std::vector<std::string> RuleWatch::part_keys(const std::string& key, Series& series) const {
  std::vector<std::string> parts = {key, key + "#s", key + "#r"};
  for (const std::int64_t hour : series.stories.take_changed()) parts.push_back(hour_part(key, hour));
  return parts;
}

/// What the series are made of: a state with another one is discarded. The model is kept beside it.
std::string RuleWatch::fingerprint() const {
  constexpr std::string_view kHeadFormat = "2";
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
  for (const int window : windows_) text += "\t" + std::to_string(window);
  return text;
}

/// All the rest of the rule: how its series are judged, and what its alerts say. Learning does not depend on it.
std::string RuleWatch::definition() const {
  BlobWriter out;
  out.f64(rule_.false_alarms.count);
  out.i64(rule_.false_alarms.per.count());
  out.u64(rule_.min_stories);
  for (const auto time : {rule_.resolve_after, rule_.pending_for, rule_.cool_down}) out.i64(time.count());
  out.text(rule_.severity);
  out.text(rule_.runbook_url);
  save_map(out, rule_.labels);
  return out.take();
}

std::string RuleWatch::save_head() const {
  BlobWriter out;
  out.text(fingerprint());
  out.i64(now_.time_since_epoch().count());
  // For the alerts of a rule that is gone when this is read.
  out.text(rule_.severity);
  out.text(rule_.runbook_url);
  save_map(out, rule_.labels);
  out.text(options_.model_version);
  out.text(definition());
  out.i64(quiet_until_.time_since_epoch().count());
  out.i64(first_.time_since_epoch().count());
  out.i64(next_hour_);
  out.u32(static_cast<std::uint32_t>(gaps_.size()));
  for (const Gap& gap : gaps_) {
    out.i64(gap.from);
    out.i64(gap.to);
  }
  return out.take();
}

std::string RuleWatch::save_series(const Series& series) const {
  BlobWriter out;
  save_map(out, series.key);
  out.text(series.display);
  out.text(series.model_version);
  series.episode.save(out);
  out.i64(series.first_hour);
  out.i64(series.last_minute);
  series.baseline.save_level(out, windows_.size());
  return out.take();
}

void RuleWatch::load_series(BlobReader& in, Series& series) const {
  series.key = load_map(in);
  series.display = in.text();
  series.model_version = in.text();
  series.episode.load(in);
}

void RuleWatch::take_dirty(std::vector<SeriesState>& out) {
  std::map<std::string, std::string> parts;
  for (const std::string& part : removed_) parts[part];
  removed_.clear();
  if (head_dirty_) parts[""] = save_head();
  if (shared_dirty_) {
    BlobWriter blob;
    shared_.save(blob);
    parts["#s"] = blob.take();
  }
  for (const auto& [key, dirty] : dirty_) {
    Series& series = series_.at(key);
    if (dirty.head) parts[key] = save_series(series);
    if (dirty.season) {
      BlobWriter blob;
      series.baseline.save_season(blob);
      parts[key + "#s"] = blob.take();
    }
    if (dirty.recent) {
      BlobWriter blob;
      series.recent.save(blob);
      parts[key + "#r"] = blob.take();
    }
  }
  for (auto& [key, series] : series_) {
    if (!series.stories.changed()) continue;
    for (const std::int64_t hour : series.stories.take_changed()) {
      parts[hour_part(key, hour)] = series.stories.has(hour) ? series.stories.save(hour) : std::string();
    }
  }
  head_dirty_ = shared_dirty_ = false;
  dirty_.clear();
  for (auto& [key, blob] : parts) out.push_back({rule_.name, key, std::move(blob)});
}

void RuleWatch::restore(const std::map<std::string_view, std::string_view>& parts) {
  if (parts.empty()) return;
  const auto head = parts.find("");
  if (head == parts.end()) throw DetectorStateError("detector state of rule " + rule_.name + ": its head is missing");
  BlobReader in(head->second);
  if (in.text() != fingerprint()) {
    discarded_ = UnfittedRule::Why::other_definition;
    end_orphans(parts);
    return;
  }
  load_head(in);
  if (discarded_) {
    end_orphans(parts);
    return;
  }
  for (const auto& [part, blob] : parts) {
    if (part.empty()) continue;
    BlobReader reader(blob);
    if (part == "#s") {
      shared_.load(reader);
      reader.finish();
      continue;
    }
    const auto [key, suffix] = split(part);
    Series& series = series_[std::string(key)];
    if (suffix.empty()) {
      load_series(reader, series);
      series.first_hour = reader.i64();
      series.last_minute = reader.i64();
      series.baseline.load_level(reader, windows_.size());
      reader.finish();
      if (series.episode.open()) open_.insert(std::string(key));
    } else if (suffix == "#s") {
      series.baseline.load_season(reader);
      reader.finish();
    } else if (suffix == "#r") {
      series.recent.load(reader);
      reader.finish();
    } else {
      series.stories.load(blob);
    }
  }
  for (const auto& [key, series] : series_) {
    if (!parts.contains(key)) {
      throw DetectorStateError("detector state of rule " + rule_.name + ": a series is missing");
    }
  }
}

std::optional<UnfittedRule::Why> RuleWatch::unfitted() const {
  if (started_) return std::nullopt;
  return discarded_.value_or(UnfittedRule::Why::no_state);
}

void RuleWatch::load_head(BlobReader& in) {
  const TimePoint now{std::chrono::milliseconds{in.i64()}};
  Told told;
  told.severity = in.text();
  told.runbook_url = in.text();
  told.labels = load_map(in);
  if (in.text() != options_.model_version) {
    discarded_ = UnfittedRule::Why::other_model;
    return;
  }
  if (in.text() != definition()) redefined_ = std::move(told);
  started_ = true;
  now_ = now;
  quiet_until_ = TimePoint{std::chrono::milliseconds{in.i64()}};
  first_ = TimePoint{std::chrono::milliseconds{in.i64()}};
  next_hour_ = in.i64();
  const std::size_t gaps = in.count(16);
  for (std::size_t i = 0; i < gaps; ++i) {
    const std::int64_t from = in.i64();
    gaps_.push_back({from, in.i64()});
  }
  in.finish();
}

/// The stored state is of another definition, or of a rule that is gone: its open alerts end, the rest is deleted.
void RuleWatch::end_orphans(const std::map<std::string_view, std::string_view>& parts) {
  TimePoint at{};
  Told told;
  if (const auto head = parts.find(""); head != parts.end()) {
    BlobReader in(head->second);
    in.text();
    at = TimePoint{std::chrono::milliseconds{in.i64()}};
    told.severity = in.text();
    told.runbook_url = in.text();
    told.labels = load_map(in);
  }
  for (const auto& [part, blob] : parts) {
    orphan_parts_.insert(std::string(part));
    if (part.empty() || part.back() != '}') continue;
    Entry entry{std::string(part), {}};
    BlobReader in(blob);
    load_series(in, entry.second);
    if (entry.second.episode.open()) orphans_.push_back(reconfigured(entry, told, at));
  }
}

/// The end of an alert whose rule is another one by now; of a rule that is gone, the rest of the state is not loaded.
Transition RuleWatch::reconfigured(const Entry& entry, const Told& told, TimePoint at) const {
  const bool fired = entry.second.episode.phase() == Phase::firing;
  Transition out = transition(entry, fired ? Step::resolved : Step::unconfirmed, at);
  ++out.sequence;
  out.severity = told.severity;
  out.runbook_url = told.runbook_url;
  out.labels = told.labels;
  out.reason = "reconfigured";
  out.summary = summary_of(out, entry.second.display);
  return out;
}

}  // namespace tapewatch::alerts
