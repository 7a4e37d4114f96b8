#include "tests/bench/detection/variant.hpp"

#include <charconv>
#include <string>

namespace tapewatch::bench {
namespace {

using alerts::SurgeModel;

struct Constant {
  std::string_view name;
  double SurgeModel::*value;
};

constexpr Constant kConstants[] = {
    {"level_votes", &SurgeModel::level_votes},
    {"level_shortest_days", &SurgeModel::level_shortest_days},
    {"level_longest_days", &SurgeModel::level_longest_days},
    {"level_prior", &SurgeModel::level_prior},
    {"silence_credit", &SurgeModel::silence_credit},
    {"young_exposure", &SurgeModel::young_exposure},
    {"season_decay", &SurgeModel::season_decay},
    {"hour_of_week_prior", &SurgeModel::hour_of_week_prior},
    {"series_season_prior", &SurgeModel::series_season_prior},
    {"dispersion_start", &SurgeModel::dispersion_start},
    {"dispersion_prior", &SurgeModel::dispersion_prior},
    {"clumping_prior", &SurgeModel::clumping_prior},
    {"least_clumping", &SurgeModel::least_clumping},
    {"least_surprise", &SurgeModel::least_surprise},
    {"drift_start", &SurgeModel::drift_start},
    {"drift_least", &SurgeModel::drift_least},
    {"drift_most", &SurgeModel::drift_most},
    {"naive_hours", &SurgeModel::naive_hours},
    {"accept_days", &SurgeModel::accept_days},
    {"calm_evidence", &SurgeModel::calm_evidence},
};

}  // namespace

bool change(Variant& variant, std::string_view assignment) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string_view::npos) return false;
  const std::string_view name = assignment.substr(0, equals), text = assignment.substr(equals + 1);
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return false;
  if (name == "sums") return variant.model.sums = value > 0.0, true;
  if (name == "longest_window") return variant.longest_window = std::chrono::hours{static_cast<int>(value)}, true;
  if (name == "quarantine") {  // in hours, of the season and the dispersion
    variant.model.season_delay = variant.model.dispersion_delay = static_cast<int>(value);
    return true;
  }
  for (const Constant& constant : kConstants) {
    if (constant.name == name) return variant.model.*constant.value = value, true;
  }
  return false;
}

}  // namespace tapewatch::bench
