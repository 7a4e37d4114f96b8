// Tested by tests/model/encoder_test.cpp
#include "model/layers/dense.hpp"

#include <algorithm>

namespace tapewatch::model {

Dense::Dense(std::size_t inputs, std::size_t outputs) : weight_(inputs, outputs), bias_(round_up(outputs, kPanel)) {
  std::fill_n(bias_.data(), bias_.size(), 0.0F);
}

void Dense::set(std::span<const float> weight, std::span<const float> bias, std::size_t first) {
  weight_.pack_transposed(weight, first);
  std::copy(bias.begin(), bias.end(), bias_.data() + first);
}

void Dense::apply(const Kernels& kernels, const float* x, std::size_t x_stride, std::size_t rows, float* y) const {
  kernels.multiply({.a = x,
                    .a_stride = x_stride,
                    .rows = rows,
                    .b = weight_.view(),
                    .bias = bias_.data(),
                    .c = y,
                    .c_stride = outputs()});
}

void Dense::apply_outputs(const Kernels& kernels, const float* x, std::size_t rows, std::size_t first,
                          std::size_t count, float* y) const {
  kernels.multiply({.a = x,
                    .a_stride = inputs(),
                    .rows = rows,
                    .b = weight_.view().columns_at(first, count),
                    .bias = bias_.data() + first,
                    .c = y,
                    .c_stride = count});
}

void Dense::add_inputs(const Kernels& kernels, const float* x, std::size_t rows, std::size_t first, std::size_t count,
                       float* y) const {
  kernels.multiply({.a = x,
                    .a_stride = count,
                    .rows = rows,
                    .b = weight_.view().depth_at(first, count),
                    .bias = bias_.data(),
                    .c = y,
                    .c_stride = outputs(),
                    .add = first > 0});
}

void LayerNorm::apply(const Kernels& kernels, float* x, const float* residual, std::size_t rows, float eps) const {
  kernels.add_layer_norm({.data = x, .rows = rows, .columns = gamma.size(), .stride = gamma.size()}, residual,
                         gamma.data(), beta.data(), eps);
}

}  // namespace tapewatch::model
