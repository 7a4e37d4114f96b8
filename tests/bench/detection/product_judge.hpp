#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "alerts/detector/trend_detector.hpp"
#include "tests/bench/detection/judge.hpp"
#include "tests/bench/detection/variant.hpp"

namespace tapewatch::bench {

/// A rule over simulated series. Everything that is not named here is the product's default.
struct RuleSetting {
  Variant variant{};
  int series = 1;
  alerts::FalseAlarmBudget budget;  ///< of all series together
  std::size_t min_stories = 5;
  bool london = false;                 ///< the rule keeps London's clock, where rules have a clock
  std::vector<std::int64_t> holidays;  ///< days in the rule's calendar, where rules have one
  bool holidays_as_sundays = true;     ///< else they are only left out of learning
};

/// alerts::TrendDetector with one rule by entity, seen through its public interface alone.
class ProductJudge final : public Judge {
 public:
  explicit ProductJudge(const RuleSetting&, alerts::DetectorOptions = {});
  void story(const Story&) override;
  void advance(std::int64_t to_ms) override;

 private:
  void note(const std::vector<alerts::Transition>&);

  alerts::TrendDetector detector_;
  alerts::Observation row_;
  std::vector<std::string> ids_;
  std::int64_t seq_ = 0;
};

/// The row of a negative story about a company of that id.
alerts::Observation negative_row();

/// Whether rules of this version of the product name a calendar.
bool rules_have_a_calendar();

}  // namespace tapewatch::bench
