#pragma once
#include <chrono>
#include <string_view>

#include "alerts/detector/surge_model.hpp"

namespace tapewatch::bench {

/// What is measured: the product, or the product without one of its parts.
struct Variant {
  alerts::SurgeModel model;
  std::chrono::hours longest_window{168};
};

/// "NAME=VALUE": a constant of the model by its name, sums=0, quarantine=0 or longest_window=HOURS. False: unknown.
bool change(Variant&, std::string_view assignment);

}  // namespace tapewatch::bench
