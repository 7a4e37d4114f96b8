// Tested by tests/train/quantize/calibrated_rounding_test.cpp
#include "model/train/quantize/input_moments.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "model/layers/attention.hpp"
#include "model/package/weights.hpp"
#include "model/text/batch.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::size_t kBatchTokens = 256;

/// The inputs of the matrices of one layer, in the order of its moments.
enum class Input { query_key_value, attention_output, intermediate, output };
constexpr std::size_t kInputs = 4;

/// One layer at a time, over a batch of whole texts, as Fp32Steps computes it.
class Pass {
 public:
  Pass(const ModelPackage& package, std::vector<Moments>& moments)
      : package_(package),
        moments_(moments),
        kernels_(*package.engine().kernels),
        attention_(package.max_tokens(), package.config().encoder.head_size()) {}

  void run(const Batch& batch) {
    const auto& encoder = package_.weights().encoder;
    const std::size_t tokens = batch.tokens(), hidden = encoder.shape.hidden_size;
    states_.reserve(tokens * hidden);
    encoder.embedding.apply(kernels_, batch, encoder.shape.layer_norm_eps, states_.data());
    for (std::size_t i = 0; i < encoder.layers.size(); ++i) apply(encoder.layers[i], i, batch);
  }

 private:
  void count(std::size_t layer, Input input, const float* x, std::size_t rows) {
    moments_[layer * kInputs + static_cast<std::size_t>(input)].add(kernels_, x, rows);
  }

  void attend(const TransformerLayer& layer, const Batch& batch) {
    const std::size_t width = layer.attention_output.inputs();
    for (std::size_t text = 0; text < batch.texts(); ++text) {
      const std::size_t start = batch.starts[text], length = batch.length(text);
      const Projections projections{
          .data = projections_.data() + start * 3 * width, .tokens = length, .width = width, .heads = layer.heads};
      attention_.apply(kernels_, projections, length, context_.data() + start * width);
    }
  }

  void apply(const TransformerLayer& layer, std::size_t index, const Batch& batch) {
    const std::size_t tokens = batch.tokens(), hidden = layer.query_key_value.inputs();
    const std::size_t width = layer.attention_output.inputs(), units = layer.intermediate.outputs();
    const float eps = package_.config().encoder.layer_norm_eps;
    projections_.reserve(tokens * 3 * width);
    context_.reserve(tokens * width);
    attended_.reserve(tokens * hidden);
    expanded_.reserve(tokens * units);
    count(index, Input::query_key_value, states_.data(), tokens);
    layer.query_key_value.apply(kernels_, states_.data(), hidden, tokens, projections_.data());
    attend(layer, batch);
    count(index, Input::attention_output, context_.data(), tokens);
    layer.attention_output.apply(kernels_, context_.data(), width, tokens, attended_.data());
    layer.attention_norm.apply(kernels_, attended_.data(), states_.data(), tokens, eps);
    count(index, Input::intermediate, attended_.data(), tokens);
    layer.intermediate.apply(kernels_, attended_.data(), hidden, tokens, expanded_.data());
    kernels_.gelu(expanded_.data(), tokens * units);
    count(index, Input::output, expanded_.data(), tokens);
    layer.output.apply(kernels_, expanded_.data(), units, tokens, states_.data());
    layer.output_norm.apply(kernels_, states_.data(), attended_.data(), tokens, eps);
  }

  const ModelPackage& package_;
  std::vector<Moments>& moments_;
  const Kernels& kernels_;
  Attention attention_;
  FloatBuffer states_, projections_, context_, attended_, expanded_;
};

}  // namespace

Moments::Moments(std::size_t inputs) : inputs_(inputs), width_(round_up(inputs, kPanel)), sums_(inputs * width_) {
  std::ranges::fill(sums_.span(), 0.0F);
}

void Moments::add(const Kernels& kernels, const float* x, std::size_t rows) {
  // Whole panels, so that the rows are a right side where they are; and the same transposed as the left side.
  FloatBuffer panels(rows * width_), transposed(inputs_ * rows);
  for (std::size_t row = 0; row < rows; ++row) {
    std::fill_n(panels.data() + row * width_, width_, 0.0F);
    std::memcpy(panels.data() + row * width_, x + row * inputs_, inputs_ * sizeof(float));
    for (std::size_t i = 0; i < inputs_; ++i) transposed.data()[i * rows + row] = x[row * inputs_ + i];
  }
  kernels.multiply(
      {.a = transposed.data(),
       .a_stride = rows,
       .rows = inputs_,
       .b = {.data = panels.data(), .depth = rows, .columns = width_, .stride = kPanel, .row_stride = width_},
       .c = sums_.data(),
       .c_stride = width_,
       .add = true});
}

InputMoments::InputMoments(const ModelPackage& package, std::span<const std::string> texts) {
  const auto& encoder = package.weights().encoder;
  for (std::size_t i = 0; i < encoder.layers.size(); ++i) {
    const auto& layer = encoder.layers[i];
    for (const auto* dense : {&layer.query_key_value, &layer.attention_output, &layer.intermediate, &layer.output}) {
      moments_.emplace_back(dense->inputs());
    }
    const auto place = [&](std::string_view part, Input input) {
      places_[fmt::format("encoder.layer.{}.{}.weight", i, part)] = i * kInputs + static_cast<std::size_t>(input);
    };
    for (const char* part : {"query", "key", "value"}) {
      place(fmt::format("attention.self.{}", part), Input::query_key_value);
    }
    place("attention.output.dense", Input::attention_output);
    place("intermediate.dense", Input::intermediate);
    place("output.dense", Input::output);
  }
  Pass pass(package, moments_);
  Batch batch;
  const auto flush = [&] {
    if (batch.texts() > 0) pass.run(batch);
    batch.clear();
  };
  for (const auto& text : texts) {
    const auto encoding = package.tokenizer().encode(text, package.max_tokens());
    if (batch.tokens() + encoding.tokens.size() > kBatchTokens) flush();
    batch.add(encoding.tokens);
  }
  flush();
}

}  // namespace tapewatch::model::train
