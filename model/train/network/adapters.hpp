#pragma once
#include <string>

#include "model/train/network/adapter_options.hpp"
#include "model/train/network/network.hpp"

namespace tapewatch::model::train {

inline constexpr std::string_view kAdapterPrefix = "adapters.";

/// The tensors of new adapters for the matrices that the options choose, for Network::adapt. Throws std::runtime_error
/// for an unknown matrix and for an encoder without such matrices.
NamedTensors new_adapters(const Network& network, const AdapterOptions& options);

/// What the adapter of matrix `name` adds for x: [.., in] → [.., out]; not defined if it has none.
torch::Tensor adapted(const NamedTensors& tensors, const std::string& name, double scale, const torch::Tensor& x);

/// The tensors with every addition merged into its matrix and without adapters.
NamedTensors merge_adapters(const NamedTensors& tensors, double scale);

/// AdaLoRA's regulariser, equation 4: ‖PᵀP − I‖² + ‖QQᵀ − I‖², averaged over all P and Q, so that its weight means the
/// same for any number of adapters; not defined without any.
torch::Tensor orthogonality(const NamedTensors& tensors);

}  // namespace tapewatch::model::train
