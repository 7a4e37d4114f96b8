#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/ops/int8_weights.hpp"
#include "model/package/model_config.hpp"
#include "model/package/safetensors.hpp"

namespace tapewatch::model {

/// A matrix [outputs, inputs] of 8-bit integers NAME (I8, from −127 to 127) has a scale for each output in NAME.scale
/// (F32, [outputs], positive): w = scale · q. So has the word table, for each word.
inline constexpr std::string_view kScaleSuffix = ".scale";

/// Those that may be I8, by name: the word table, and the matrices of the encoder's layers.
inline constexpr std::string_view kWordTable = "embeddings.word_embeddings.weight";
std::vector<std::string> layer_matrices(const EncoderShape& shape);

/// Whether `name` holds the scales of an I8 tensor of the file.
bool is_scale(const Safetensors& file, std::string_view name);

/// Whether `name`, a tensor of the file, holds weights: floats, or integers, but no scales.
bool holds_weights(const Safetensors& file, std::string_view name);

/// Appends matrix `name` [outputs, inputs] to `to` as integers.
using Rounding = std::function<void(const std::string& name, std::span<const float> weight, QuantisedWeights& to)>;

/// The bytes of `file` with the word table and the matrices of the encoder's layers in 8-bit integers, rounded as at
/// load: the same scores, to the bit; or the matrices by `rounding`. The other tensors stay as they are. Throws
/// ModelError that names the tensor.
std::string quantise_file(const Safetensors& file, const EncoderShape& shape, const Rounding& rounding = {});

}  // namespace tapewatch::model
