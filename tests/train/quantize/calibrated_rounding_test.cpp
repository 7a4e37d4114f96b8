// Rounding for given inputs: the moments are those of the encoder's own activations, and the outputs change less.
#include "model/train/quantize/calibrated_rounding.hpp"

#include <cmath>
#include <random>

#include "model/package/quantised_tensors.hpp"
#include "model/package/weights.hpp"
#include "model/text/batch.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model::train {
namespace {

std::vector<float> random_floats(std::size_t count, unsigned seed, float spread = 1) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, spread);
  std::vector<float> values(count);
  for (auto& value : values) value = normal(random);
  return values;
}

/// Rows whose neighbouring elements move together, as activations do.
std::vector<float> correlated(std::size_t rows, std::size_t inputs) {
  auto x = random_floats(rows * inputs, 5);
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t i = 1; i < inputs; ++i) x[row * inputs + i] += 0.9F * x[row * inputs + i - 1];
  }
  return x;
}

/// Σ (output of the floats − output of the integers)² over the rows of x.
double output_error(std::span<const float> weight, const QuantisedWeights& integers, std::span<const float> x) {
  const std::size_t inputs = weight.size() / integers.scales.size();
  double sum = 0;
  for (std::size_t row = 0; row < x.size() / inputs; ++row) {
    for (std::size_t output = 0; output < integers.scales.size(); ++output) {
      double error = 0;
      for (std::size_t i = 0; i < inputs; ++i) {
        const double q = integers.scales[output] * static_cast<float>(integers.values[output * inputs + i]);
        error += (weight[output * inputs + i] - q) * x[row * inputs + i];
      }
      sum += error * error;
    }
  }
  return sum;
}

TEST_CASE("Moments are the sums of products of the inputs, in one call or in several") {
  for (const std::size_t inputs : {5, 16, 37}) {
    const auto x = random_floats(50 * inputs, 3);
    Moments moments(inputs);
    moments.add(best_kernels(), x.data(), 20);
    moments.add(best_kernels(), x.data() + 20 * inputs, 30);
    for (std::size_t i = 0; i < inputs; ++i) {
      for (std::size_t j = 0; j < inputs; ++j) {
        double expected = 0;
        for (std::size_t row = 0; row < 50; ++row) expected += x[row * inputs + i] * x[row * inputs + j];
        CHECK(moments.at(i, j) == Approx(expected).margin(1e-3));
      }
    }
  }
}

TEST_CASE("Weights rounded for given inputs change the outputs less than weights rounded to the nearest") {
  for (const std::size_t inputs : {7, 48}) {
    const auto weight = random_floats(12 * inputs, 8, 0.1F), x = correlated(400, inputs);
    Moments moments(inputs);
    moments.add(best_kernels(), x.data(), 400);
    QuantisedWeights nearest, calibrated;
    append_quantised(weight, inputs, nearest);
    CalibratedRounding(moments).append(weight, calibrated);
    CHECK(calibrated.scales == nearest.scales);
    CHECK(calibrated.values.size() == nearest.values.size());
    CHECK(output_error(weight, calibrated, x) < 0.6 * output_error(weight, nearest, x));
  }
}

TEST_CASE("Inputs that move independently, or were never seen, leave weights where they are") {
  constexpr std::size_t kInputs = 8;
  std::vector<float> x(kInputs * kInputs);
  for (std::size_t i = 0; i + 1 < kInputs; ++i) x[i * kInputs + i] = 1 + static_cast<float>(i);  // one at a time
  const auto weight = random_floats(3 * kInputs, 9);
  Moments some(kInputs), none(kInputs);
  some.add(best_kernels(), x.data(), kInputs);
  QuantisedWeights nearest, of_some, of_none;
  append_quantised(weight, kInputs, nearest);
  CalibratedRounding(some).append(weight, of_some);
  CalibratedRounding(none).append(weight, of_none);
  CHECK(of_some.values == nearest.values);
  CHECK(of_none.values == nearest.values);
}

TEST_CASE("The moments of a model's matrices are those of the encoder's states") {
  const model::test::TinyModel tiny({.layers = 2, .layer_heads = {2, 1}}, 6);
  const auto package = tiny.load();
  const std::vector<std::string> texts{"profit rises", "the bank falls , a loss !", ""};
  const InputMoments moments(*package, texts);
  for (const auto& name : layer_matrices(package->config().encoder)) {
    CHECK(moments.of(name).inputs() == tiny.tensors.at(name).shape[1]);
    CHECK(moments.of(name).at(0, 0) > 0);
  }
  const std::string first = "encoder.layer.0.attention.self.";
  CHECK(&moments.of(first + "query.weight") == &moments.of(first + "value.weight"));
  // The input of the first layer is the embedding.
  const std::size_t hidden = tiny.shape().hidden;
  Moments expected(hidden);
  for (const auto& text : texts) {
    Batch batch;
    batch.add(package->tokenizer().encode(text, package->max_tokens()).tokens);
    std::vector<float> states(batch.tokens() * hidden);
    package->weights().encoder.embedding.apply(best_kernels(), batch, 1e-12F, states.data());
    expected.add(best_kernels(), states.data(), batch.tokens());
  }
  for (std::size_t i = 0; i < hidden; ++i) {
    for (std::size_t j = 0; j < hidden; ++j) {
      CHECK(moments.of(first + "key.weight").at(i, j) == Approx(expected.at(i, j)).margin(1e-3));
    }
  }
}

}  // namespace
}  // namespace tapewatch::model::train
