// Tested by tests/daemon/pipeline/writing/run_record_test.cpp
#include "daemon/pipeline/writing/rule_prints.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include <utility>

#include "alerts/detector/trend_detector.hpp"

namespace tapewatch {
namespace {

/// What the detector is made from, without what alerts say and how grave they are called.
std::string detector_definition(alerts::RuleOptions rule) {
  rule.severity = alerts::RuleOptions().severity;
  rule.escalated_severity.clear();
  rule.escalate.reset();
  rule.runbook_url.clear();
  rule.labels.clear();
  return alerts::TrendDetector({std::move(rule)}, {}).definition();
}

/// The days that are not like others.
std::string calendar_print(const std::vector<alerts::CalendarEntry>& entries) {
  std::string text;
  for (const auto& entry : entries) {
    if (entry.learn && !entry.as) continue;  // whether alerts are told
    text += fmt::format("\n{}\t{}\t{}\t{}\t{}", entry.learn, entry.as ? alerts::to_string(*entry.as) : "",
                        fmt::join(entry.topic, ","), fmt::join(entry.entity, ","), fmt::join(entry.source, ","));
    for (const auto& [first, last] : entry.days) {
      text += fmt::format("\t{}..{}", first.time_since_epoch().count(), last.time_since_epoch().count());
    }
  }
  return text;
}

}  // namespace

RulePrints rule_prints(const std::vector<alerts::RuleOptions>& rules) {
  RulePrints prints;
  for (const auto& rule : rules) {
    const std::string text = detector_definition(rule) + "\n" + rule.tz + calendar_print(rule.calendar_entries);
    prints[rule.name] = fmt::format("{:016x}", XXH3_64bits(text.data(), text.size()));
  }
  return prints;
}

std::string rule_change(const RulePrints& before, const RulePrints& after) {
  std::string added, changed, removed;
  const auto name_in = [](std::string& names, const std::string& name) { names += (names.empty() ? "" : ", ") + name; };
  for (const auto& [name, print] : after) {
    const auto known = before.find(name);
    if (known == before.end()) {
      name_in(added, name);
    } else if (known->second != print) {
      name_in(changed, name);
    }
  }
  for (const auto& [name, print] : before) {
    if (!after.contains(name)) name_in(removed, name);
  }
  std::string words;
  for (const auto& [what, names] : {std::pair{"added", added}, {"changed", changed}, {"removed", removed}}) {
    if (!names.empty()) words += fmt::format("{}{}: {}", words.empty() ? "" : "; ", what, names);
  }
  return words;
}

}  // namespace tapewatch
