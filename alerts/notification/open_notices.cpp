#include "alerts/notification/open_notices.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace tapewatch::alerts {
namespace {

/// The dimensions of a key that `bits` choose.
SeriesKey chosen(const SeriesKey& key, std::size_t bits) {
  SeriesKey part;
  std::size_t bit = 1;
  for (const auto& dimension : key) {
    if ((bits & bit) != 0) part.insert(dimension);
    bit <<= 1U;
  }
  return part;
}

}  // namespace

void OpenNotices::put(const Notice& notice) {
  const auto [known, added] = by_id_.try_emplace(notice.alert_id, notice);
  if (!added) {
    forget(known->second);
    known->second = notice;
  }
  if (notice.is_heard()) heard_[notice.key][notice.rule].insert(notice.alert_id);
}

void OpenNotices::erase(const std::string& id) {
  const auto known = by_id_.find(id);
  if (known == by_id_.end()) return;
  forget(known->second);
  by_id_.erase(known);
}

void OpenNotices::clear() {
  by_id_.clear();
  heard_.clear();
}

void OpenNotices::forget(const Notice& notice) {
  const auto key = heard_.find(notice.key);
  if (key == heard_.end()) return;
  const auto rule = key->second.find(notice.rule);
  if (rule == key->second.end()) return;
  rule->second.erase(notice.alert_id);
  if (rule->second.empty()) key->second.erase(rule);
  if (key->second.empty()) heard_.erase(key);
}

std::string OpenNotices::whole_of(const SeriesKey& key, const RuleOptions& rule,
                                  std::span<const RuleOptions> rules) const {
  std::string least;
  if (heard_.empty()) return least;
  // A whole has a part of the dimensions, of which there are three at most.
  const std::size_t all = (std::size_t{1} << key.size()) - 1;
  for (std::size_t bits = 0; bits < all; ++bits) {
    const auto wholes = heard_.find(chosen(key, bits));
    if (wholes == heard_.end()) continue;
    for (const auto& [name, ids] : wholes->second) {
      const auto whole =
          std::find_if(rules.begin(), rules.end(), [&of = name](const RuleOptions& r) { return r.name == of; });
      if (whole == rules.end() || !is_part_of(rule, key, *whole, wholes->first)) continue;
      if (least.empty() || *ids.begin() < least) least = *ids.begin();
    }
  }
  return least;
}

}  // namespace tapewatch::alerts
