#pragma once
#include <map>
#include <set>
#include <span>
#include <string>

#include "alerts/notification/notice.hpp"

namespace tapewatch::alerts {

/// The notices of all alerts that fire and are for people, by id, and by what they are about: the whole that an alert
/// is a part of is found without a look at the others, of which there may be thousands.
class OpenNotices {
 public:
  using Map = std::map<std::string, Notice>;

  Map::const_iterator find(const std::string& id) const { return by_id_.find(id); }
  Map::const_iterator begin() const { return by_id_.begin(); }
  Map::const_iterator end() const { return by_id_.end(); }
  const Notice& at(const std::string& id) const { return by_id_.at(id); }
  bool empty() const { return by_id_.empty(); }

  /// Adds it, or replaces the one of the same alert.
  void put(const Notice& notice);
  void erase(const std::string& id);
  void clear();

  /// The alert that fires, is told, and contains a series of a rule (is_part_of): of several the one with the least id;
  /// "" where there is none.
  std::string whole_of(const SeriesKey& key, const RuleOptions& rule, std::span<const RuleOptions> rules) const;

 private:
  using Ids = std::set<std::string>;
  void forget(const Notice& notice);

  Map by_id_;
  /// Those that people hear of, by the key of their series and their rule.
  std::map<SeriesKey, std::map<std::string, Ids>> heard_;
};

}  // namespace tapewatch::alerts
