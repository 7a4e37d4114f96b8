#include "model/engine.hpp"

#include <fmt/format.h>

#include <string>

#include "model/package/model_error.hpp"

namespace tapewatch::model {

Engine engine_named(std::string_view precision, std::string_view kernels) {
  Engine engine;
  if (precision != "fp32" && precision != "int8") {
    throw ModelError(fmt::format("precision: expected fp32 or int8, found \"{}\"", precision));
  }
  engine.precision = precision == "int8" ? Precision::int8 : Precision::fp32;
  engine.kernels = kernels_named(kernels);
  if (engine.kernels) return engine;
  std::string known = "auto";
  for (const auto* set : available_kernels()) known += fmt::format(", {}", set->name);
  throw ModelError(fmt::format("kernels: expected one that this processor can run ({}), found \"{}\"", known, kernels));
}

}  // namespace tapewatch::model
