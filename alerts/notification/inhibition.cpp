#include "alerts/notification/inhibition.hpp"

#include <algorithm>

namespace tapewatch::alerts {
namespace {

using Texts = std::vector<std::string>;

bool is_among(const Texts& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

/// Whether all that one rule selects in a dimension, which its series may narrow to one value, is selected by another.
bool selects_within(const Texts& part, const std::string* value, const Texts& whole) {
  if (whole.empty()) return true;
  if (value != nullptr) return is_among(whole, *value);
  return !part.empty() && std::all_of(part.begin(), part.end(), [&](const auto& one) { return is_among(whole, one); });
}

}  // namespace

bool is_part_of(const RuleOptions& rule, const SeriesKey& key, const RuleOptions& whole, const SeriesKey& whole_key) {
  if (rule.measure != whole.measure || whole_key.size() >= key.size()) return false;
  const bool says_more = std::all_of(whole_key.begin(), whole_key.end(), [&](const auto& dimension) {
    const auto own = key.find(dimension.first);
    return own != key.end() && own->second == dimension.second;
  });
  if (!says_more) return false;
  const auto value = [&](const std::string& dimension) -> const std::string* {
    const auto own = key.find(dimension);
    return own == key.end() ? nullptr : &own->second;
  };
  return selects_within(rule.where.topic, value("topic"), whole.where.topic) &&
         selects_within(rule.where.entity, value("entity"), whole.where.entity) &&
         selects_within(rule.where.source, value("source"), whole.where.source) &&
         selects_within(rule.where.tag, nullptr, whole.where.tag);
}

}  // namespace tapewatch::alerts
