// Attention in 8-bit integers with every set of kernels that this CPU can run, against the definition and against the
// portable set.
#include "model/layers/int8_attention.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "tests/model/ops/kernel_inputs.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using test::random_floats;

struct Text {
  std::size_t tokens = 0, size = 0, heads = 1;
  std::vector<float> projections;  // [tokens, 3 · size · heads]

  std::size_t width() const { return size * heads; }
  float& at(std::size_t token, std::size_t part, std::size_t i) {
    return projections[token * 3 * width() + part * width() + i];
  }
};

enum Part : std::size_t { query, key, value };

Text random_text(std::size_t tokens, std::size_t size, std::size_t heads, unsigned seed) {
  return {tokens, size, heads, random_floats(tokens * 3 * size * heads, seed, 2)};
}

std::vector<float> attend(const Kernels& kernels, const Text& text, std::size_t queries) {
  Int8Attention attention;
  std::vector<float> context(queries * text.width(), 77.0F);
  attention.apply(kernels,
                  {.data = text.projections.data(), .tokens = text.tokens, .width = text.width(), .heads = text.heads},
                  queries, context.data());
  return context;
}

/// softmax(Q·Kᵀ / √size)·V of one head's row.
std::vector<double> definition(Text text, std::size_t head, std::size_t row) {
  std::vector<double> weights(text.tokens), context(text.size);
  double sum = 0;
  for (std::size_t token = 0; token < text.tokens; ++token) {
    double score = 0;
    for (std::size_t i = 0; i < text.size; ++i) {
      score += double{text.at(row, query, head * text.size + i)} * text.at(token, key, head * text.size + i);
    }
    sum += weights[token] = std::exp(score / std::sqrt(static_cast<double>(text.size)));
  }
  for (std::size_t token = 0; token < text.tokens; ++token) {
    for (std::size_t i = 0; i < text.size; ++i) {
      context[i] += weights[token] / sum * text.at(token, value, head * text.size + i);
    }
  }
  return context;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

TEST_CASE("8-bit attention of all shapes is the same bits with every set of kernels, for one query and for all") {
  unsigned seed = 1;
  for (const std::size_t tokens : {1, 2, 3, 4, 5, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 130}) {
    for (const std::size_t size : {1, 3, 4, 7, 8, 16, 20, 32, 33, 64}) {
      const auto text = random_text(tokens, size, 1 + seed % 3, seed);
      ++seed;
      const auto expected = attend(*available_kernels().front(), text, tokens);
      for (const auto* kernels : available_kernels()) {
        INFO(kernels->name << ": " << tokens << " tokens, heads of " << size);
        CHECK(same_bits(attend(*kernels, text, tokens), expected));
        const std::vector<float> first(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(text.width()));
        CHECK(same_bits(attend(*kernels, text, 1), first));
      }
    }
  }
}

TEST_CASE("8-bit attention agrees with its definition to what 8 bits resolve") {
  for (const std::size_t tokens : {1, 7, 32, 128}) {
    const auto text = random_text(tokens, 32, 3, 5);
    const auto found = attend(best_kernels(), text, tokens);
    double squares = 0, errors = 0;
    for (std::size_t row = 0; row < tokens; ++row) {
      for (std::size_t head = 0; head < text.heads; ++head) {
        const auto expected = definition(text, head, row);
        for (std::size_t i = 0; i < text.size; ++i) {
          const double error = found[row * text.width() + head * text.size + i] - expected[i];
          squares += expected[i] * expected[i];
          errors += error * error;
        }
      }
    }
    INFO(tokens << " tokens");
    CHECK(std::sqrt(errors / squares) < 0.03);
    CHECK(errors > 0);  // it was not the floats
  }
}

TEST_CASE("8-bit weights of attention add up to 1, however far apart the scores are") {
  for (const float spread : {0.0F, 0.1F, 3.0F, 100.0F, 1e6F}) {
    auto text = random_text(37, 16, 1, 9);
    for (std::size_t token = 0; token < text.tokens; ++token) {
      for (std::size_t i = 0; i < text.size; ++i) {
        text.at(token, key, i) *= spread;
        text.at(token, value, i) = 1.0F;
      }
    }
    for (const auto* kernels : available_kernels()) {
      for (const float y : attend(*kernels, text, text.tokens)) REQUIRE(y == Approx(1.0F).epsilon(1e-6));
    }
  }
}

TEST_CASE("A token far ahead of the others gets all the attention of 8 bits, wherever it stands") {
  for (const std::size_t chosen : {0, 5, 15, 16, 40}) {
    auto text = random_text(41, 8, 1, 3);
    for (std::size_t token = 0; token < text.tokens; ++token) {
      for (std::size_t i = 0; i < text.size; ++i) {
        text.at(token, query, i) = 1.0F;
        text.at(token, key, i) = token == chosen ? 50.0F : -50.0F;
        text.at(token, value, i) = token == chosen ? 127.0F : static_cast<float>(token);
      }
    }
    for (const auto* kernels : available_kernels()) {
      for (const float y : attend(*kernels, text, text.tokens)) REQUIRE(y == Approx(127.0F).epsilon(1e-6));
    }
  }
}

TEST_CASE("8-bit attention to zeros, to one sign and to extreme sizes is finite and alike in every set") {
  for (const float extreme : {0.0F, -0.0F, 1.0F, -1.0F, 1e-38F, 1e-45F, -3e-31F, 1e15F, -1e15F}) {
    for (const auto part : {query, key, value}) {
      auto text = random_text(19, 12, 2, 7);
      for (std::size_t i = 0; i < text.width(); ++i) {
        text.at(3, part, i) = extreme;
        for (std::size_t token = 0; token < text.tokens; ++token) {
          if (i % 5 == 0) text.at(token, part, i) = extreme;
        }
      }
      const auto expected = attend(*available_kernels().front(), text, text.tokens);
      for (const float y : expected) CHECK(std::isfinite(y));
      for (const auto* kernels : available_kernels()) {
        INFO(kernels->name << ", " << extreme << " in part " << part);
        CHECK(same_bits(attend(*kernels, text, text.tokens), expected));
      }
    }
  }
}

TEST_CASE("A longer text before does not change a bit of 8-bit attention") {
  const auto shorter = random_text(9, 20, 2, 4);
  for (const auto* kernels : available_kernels()) {
    Int8Attention attention;
    const auto apply = [&](const Text& text) {
      std::vector<float> context(text.tokens * text.width());
      attention.apply(
          *kernels,
          {.data = text.projections.data(), .tokens = text.tokens, .width = text.width(), .heads = text.heads},
          text.tokens, context.data());
      return context;
    };
    apply(random_text(70, 20, 2, 8));
    CHECK(same_bits(apply(shorter), attend(*kernels, shorter, shorter.tokens)));
  }
}

}  // namespace
}  // namespace tapewatch::model
