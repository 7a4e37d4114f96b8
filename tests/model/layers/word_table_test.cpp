// The vectors of words, floats and 8-bit integers: what a row is read as, and what it takes.
#include "model/layers/word_table.hpp"

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "model/package/model_error.hpp"
#include "model/package/tensor_reader.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/heap.hpp"

namespace tapewatch::model {
namespace {

constexpr std::size_t kWords = 40;
const std::string kName = "embeddings.word_embeddings.weight";

std::vector<float> random_floats(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal(0, 0.1F);
  std::vector<float> values(count);
  for (auto& value : values) value = normal(random);
  return values;
}

std::string file_of(std::span<const float> values, std::size_t hidden, DType dtype) {
  return write_safetensors(std::vector<TensorToWrite>{{kName, dtype, {kWords, hidden}, values}});
}

Safetensors parse(const std::string& bytes) { return Safetensors::parse(std::as_bytes(std::span(bytes)), "words"); }

TEST_CASE("A row of 8-bit integers is read as scale times integer, to the bit, whatever its length") {
  for (const std::size_t hidden : {1, 7, 8, 9, 21, 384}) {
    const auto values = random_floats(kWords * hidden, 3);
    QuantisedWeights rows;
    append_quantised(values, hidden, rows);
    const WordTable table(rows);
    std::vector<float> found(hidden + 1, -1.0F);  // the last is not the row's
    for (std::size_t word = 0; word < kWords; ++word) {
      table.read(word, std::span(found).first(hidden));
      for (std::size_t i = 0; i < hidden; ++i) {
        const float expected = rows.scales[word] * static_cast<float>(rows.values[word * hidden + i]);
        if (std::memcmp(&found[i], &expected, sizeof expected) != 0) FAIL("word " << word << " of " << hidden);
        if (std::abs(found[i] - values[word * hidden + i]) > rows.scales[word] / 2 * 1.001F) FAIL("far off");
      }
      CHECK(found[hidden] == -1.0F);
    }
  }
}

TEST_CASE("A table of floats is read as it is, or as integers: those of a row by its largest magnitude") {
  constexpr std::size_t kHidden = 24;
  const auto values = random_floats(kWords * kHidden, 5);
  QuantisedWeights rows;
  append_quantised(values, kHidden, rows);
  const WordTable expected(rows);
  const auto bytes = file_of(values, kHidden, DType::f32);
  const auto file = parse(bytes);
  TensorReader reader(file);
  const auto floats = reader.read_words(kName, {kWords, kHidden});
  const auto integers = reader.read_int8_words(kName, {kWords, kHidden});
  std::vector<float> found(kHidden), wanted(kHidden);
  for (std::size_t word = 0; word < kWords; ++word) {
    floats.read(word, found);
    CHECK(std::memcmp(found.data(), values.data() + word * kHidden, kHidden * sizeof(float)) == 0);
    integers.read(word, found);
    expected.read(word, wanted);
    CHECK(found == wanted);
  }
}

TEST_CASE("Reading a word takes nothing from the heap; loading takes the table once, not in floats") {
  constexpr std::size_t kHidden = 512;
  const auto bytes = file_of(random_floats(kWords * kHidden, 6), kHidden, DType::f16);
  const auto file = parse(bytes);
  TensorReader reader(file);
  const std::size_t before = tests::bytes_allocated();
  const auto table = reader.read_int8_words(kName, {kWords, kHidden});
  CHECK(tests::bytes_allocated() - before < kWords * kHidden * 3 / 2);  // half of what the file has, and a row
  std::vector<float> row(kHidden);
  const std::size_t then = tests::blocks_allocated();
  for (std::size_t word = 0; word < kWords; ++word) table.read(word, row);
  CHECK(tests::blocks_allocated() == then);
}

TEST_CASE("A word that is not finite is refused whatever it is to become") {
  constexpr std::size_t kHidden = 24;
  for (const float bad : {std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    auto values = random_floats(kWords * kHidden, 7);
    values.back() = bad;
    const auto bytes = file_of(values, kHidden, DType::f16);
    const auto file = parse(bytes);
    TensorReader reader(file);
    const auto message = kName + ": expected finite values, found infinity or NaN";
    CHECK_THROWS_WITH(reader.read_words(kName, {kWords, kHidden}), message);
    CHECK_THROWS_WITH(reader.read_int8_words(kName, {kWords, kHidden}), message);
  }
}

}  // namespace
}  // namespace tapewatch::model
