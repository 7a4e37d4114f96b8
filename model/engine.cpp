#include "model/engine.hpp"

#include <fmt/format.h>

#include "model/package/model_error.hpp"

namespace tapewatch::model {

std::optional<Precision> precision_named(std::string_view name) {
  for (const Precision precision : {Precision::fp32, Precision::int8}) {
    if (name == to_string(precision)) return precision;
  }
  return std::nullopt;
}

std::vector<std::string> kernel_choices() {
  std::vector<std::string> names{"auto"};
  for (const auto* set : available_kernels()) names.emplace_back(set->name);
  return names;
}

Engine engine_named(std::string_view precision, std::string_view kernels) {
  const auto known = precision_named(precision);
  if (!known) throw ModelError(fmt::format("precision: expected fp32 or int8, found \"{}\"", precision));
  const auto* const set = kernels_named(kernels);
  if (set) return {.precision = *known, .kernels = set};
  throw ModelError(fmt::format("kernels: expected one that this processor can run ({}), found \"{}\"",
                               fmt::join(kernel_choices(), ", "), kernels));
}

}  // namespace tapewatch::model
