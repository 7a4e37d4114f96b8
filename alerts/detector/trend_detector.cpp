// Tested by tests/alerts/detector/detection_test.cpp
#include "alerts/detector/trend_detector.hpp"

#include <algorithm>
#include <set>

#include "alerts/detector/rule_watch.hpp"

namespace tapewatch::alerts {

struct TrendDetector::Impl {
  std::vector<RuleOptions> rules;
  DetectorOptions options;
  std::vector<RuleWatch> watches;
  std::vector<RuleWatch> retired;  // rules that only the stored state knows: their alerts end at the next step
  TimePoint now{};
  bool started = false;

  void start_over() {
    watches.clear();
    retired.clear();
    for (const RuleOptions& rule : rules) watches.emplace_back(rule, options);
    now = {};
    started = false;
  }

  void advance(TimePoint at, std::vector<Transition>& out) {
    now = started ? std::max(now, at) : at;
    started = true;
    for (RuleWatch& watch : watches) watch.advance(now, out);
    for (RuleWatch& watch : retired) watch.tell_ended(out);
  }
};

TrendDetector::TrendDetector(std::vector<RuleOptions> rules, DetectorOptions options)
    : impl_(std::make_unique<Impl>()) {
  std::set<std::string> names;
  for (const RuleOptions& rule : rules) {
    if (const auto wrong = validate(rule)) throw std::runtime_error("alert rule \"" + rule.name + "\": " + *wrong);
    if (!names.insert(rule.name).second) throw std::runtime_error("alert rule \"" + rule.name + "\" is there twice");
  }
  impl_->rules = std::move(rules);
  impl_->options = options;
  impl_->start_over();
}

TrendDetector::~TrendDetector() = default;
TrendDetector::TrendDetector(TrendDetector&&) noexcept = default;
TrendDetector& TrendDetector::operator=(TrendDetector&&) noexcept = default;

std::vector<Transition> TrendDetector::observe(const Observation& row) {
  if (row.tick) return tick(row.seq, row.at);
  std::vector<Transition> out;
  impl_->advance(row.at, out);
  for (RuleWatch& watch : impl_->watches) watch.observe(row, out);
  return out;
}

std::vector<Transition> TrendDetector::add(const Addition& row) {
  std::vector<Transition> out;
  for (RuleWatch& watch : impl_->watches) watch.add(row, out);
  return out;
}

std::vector<Transition> TrendDetector::tick(std::int64_t, TimePoint at) {
  std::vector<Transition> out;
  impl_->advance(at, out);
  return out;
}

std::vector<Transition> TrendDetector::remove(const Retraction& row) {
  std::vector<Transition> out;
  for (RuleWatch& watch : impl_->watches) watch.remove(row, out);
  return out;
}

std::vector<Transition> TrendDetector::revise(const Observation& document) {
  std::vector<Transition> out;
  for (RuleWatch& watch : impl_->watches) watch.revise(document, out);
  return out;
}

std::vector<SeriesState> TrendDetector::take_dirty() {
  std::vector<SeriesState> out;
  for (RuleWatch& watch : impl_->watches) watch.take_dirty(out);
  for (RuleWatch& watch : impl_->retired) watch.take_dirty(out);
  std::sort(out.begin(), out.end(), [](const SeriesState& a, const SeriesState& b) {
    return std::tie(a.rule, a.key) < std::tie(b.rule, b.key);
  });
  return out;
}

void TrendDetector::restore(std::span<const SeriesState> states) {
  impl_->start_over();
  std::map<std::string_view, std::map<std::string_view, std::string_view>> rules;
  for (const SeriesState& state : states) {
    if (!state.blob.empty()) rules[state.rule][state.key] = state.blob;
  }
  try {
    for (RuleWatch& watch : impl_->watches) {
      const auto parts = rules.extract(watch.options().name);
      if (parts.empty()) continue;
      watch.restore(parts.mapped());
      impl_->now = impl_->started ? std::max(impl_->now, watch.now()) : watch.now();
      impl_->started = true;
    }
    for (const auto& [name, parts] : rules) {
      RuleOptions gone;
      gone.name = name;
      impl_->retired.emplace_back(std::move(gone), impl_->options);
      impl_->retired.back().end_orphans(parts);
    }
  } catch (const DetectorStateError&) {
    impl_->start_over();
    throw;
  }
}

std::vector<UnfittedRule> TrendDetector::unfitted() const {
  std::vector<UnfittedRule> out;
  for (const RuleWatch& watch : impl_->watches) {
    if (const auto why = watch.unfitted()) out.push_back({watch.options().name, *why});
  }
  return out;
}

std::vector<Transition> TrendDetector::settle() {
  std::vector<Transition> out;
  for (RuleWatch& watch : impl_->watches) watch.tell_ended(out);
  for (RuleWatch& watch : impl_->retired) watch.tell_ended(out);
  return out;
}

std::vector<CarriedAlert> TrendDetector::carried_alerts() const {
  std::vector<CarriedAlert> out;
  for (const RuleWatch& watch : impl_->watches) out.insert(out.end(), watch.carried().begin(), watch.carried().end());
  return out;
}

std::vector<Transition> TrendDetector::conclude_history(std::span<const CarriedAlert> carried) {
  std::vector<Transition> out;
  for (RuleWatch& watch : impl_->watches) watch.conclude_history(carried, out);
  return out;
}

std::vector<Transition> TrendDetector::open_alerts(const std::set<std::string>* only) const {
  std::vector<Transition> out;
  for (const RuleWatch& watch : impl_->watches) watch.open_alerts(only, out);
  return out;
}

void TrendDetector::go_on(const OpenAlert& alert) {
  for (RuleWatch& watch : impl_->watches) {
    if (watch.options().name == alert.rule) watch.go_on(alert);
  }
}

std::optional<SeriesReading> TrendDetector::read(std::string_view rule, const std::map<std::string, std::string>& key,
                                                 std::chrono::milliseconds window) const {
  for (const RuleWatch& watch : impl_->watches) {
    if (watch.options().name == rule) return watch.read(key, window);
  }
  return std::nullopt;
}

std::optional<Judgement> TrendDetector::explain(std::string_view rule,
                                                const std::map<std::string, std::string>& key) const {
  for (const RuleWatch& watch : impl_->watches) {
    if (watch.options().name == rule) return watch.explain(key);
  }
  return std::nullopt;
}

DetectorCounters TrendDetector::counters() const {
  DetectorCounters sum;
  for (const RuleWatch& watch : impl_->watches) watch.add_counters(sum);
  return sum;
}

std::vector<RuleWarmth> TrendDetector::warmth() const {
  std::vector<RuleWarmth> all;
  for (const RuleWatch& watch : impl_->watches) all.push_back(watch.warmth());
  return all;
}

std::string TrendDetector::definition() const {
  std::string all = impl_->options.model_version;
  for (const RuleWatch& watch : impl_->watches) all += "\n" + watch.options().name + "\n" + watch.definition();
  return all;
}

TimePoint TrendDetector::event_time() const { return impl_->now; }

}  // namespace tapewatch::alerts
