#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/ops/kernels.hpp"

namespace tapewatch::model {

/// What the encoder's matrix products are computed in. int8: weights with a scale for each output, activations with one
/// for each token; and the vectors of words with one for each word. Quantised at load where the file has floats. The
/// heads are computed in fp32 either way.
enum class Precision { fp32, int8 };

constexpr std::string_view to_string(Precision precision) { return precision == Precision::int8 ? "int8" : "fp32"; }

/// How a model is computed: chosen once, when it is loaded, for weights lie in memory as the kernels read them. The
/// precision changes scores and so is part of the model's version; the kernels do not change a bit.
struct Engine {
  Precision precision = Precision::fp32;
  const Kernels* kernels = &best_kernels();
};

/// fp32 or int8; none by another name.
std::optional<Precision> precision_named(std::string_view name);
/// auto, and every one of available_kernels().
std::vector<std::string> kernel_choices();
/// `precision`: fp32 or int8. `kernels`: one of kernel_choices(). Throws ModelError that says what was
/// expected and what was found.
Engine engine_named(std::string_view precision, std::string_view kernels);

}  // namespace tapewatch::model
