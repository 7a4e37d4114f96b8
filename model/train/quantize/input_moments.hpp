#pragma once
#include <cstddef>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "model/package/aligned_buffer.hpp"
#include "model/package/model_package.hpp"

namespace tapewatch::model::train {

/// Σ x·xᵀ over the inputs x of a matrix: which of its weights' errors matter, and which cancel.
class Moments {
 public:
  explicit Moments(std::size_t inputs = 0);

  /// `x` [rows, inputs].
  void add(const Kernels& kernels, const float* x, std::size_t rows);

  std::size_t inputs() const { return inputs_; }
  double at(std::size_t i, std::size_t j) const { return sums_.data()[i * width_ + j]; }

 private:
  std::size_t inputs_ = 0, width_ = 0;  // `width_`: inputs in whole panels
  FloatBuffer sums_;                    // [inputs, width_]
};

/// The moments of each matrix of the encoder's layers, by its name in the file, over all tokens of `texts`, computed in
/// fp32. The matrices that read the same inputs share theirs.
class InputMoments {
 public:
  InputMoments(const ModelPackage& package, std::span<const std::string> texts);

  /// `name` as layer_matrices() gives it.
  const Moments& of(const std::string& name) const { return moments_[places_.at(name)]; }

 private:
  std::vector<Moments> moments_;
  std::map<std::string, std::size_t> places_;
};

}  // namespace tapewatch::model::train
