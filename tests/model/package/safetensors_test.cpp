#include "model/package/safetensors.hpp"

#include <cstring>
#include <random>

#include "model/package/model_error.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Catch::Matchers::Contains;
using Catch::Matchers::StartsWith;

Safetensors parse(const std::string& file) { return Safetensors::parse(std::as_bytes(std::span(file)), "weights"); }

/// A file with this header and this many zero bytes of data.
std::string file(const std::string& header, std::size_t data) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(data, '\0');
}

const std::vector<float> kMatrix{1, -2, 0.5F, 65504, 0, 1e-7F}, kVector{3, 4};

std::string sample() {
  const std::vector<TensorToWrite> tensors{{"b.matrix", DType::f32, {2, 3}, kMatrix},
                                           {"a.half", DType::f16, {2}, kVector},
                                           {"empty", DType::f32, {0, 7}, {}},
                                           {"scalar", DType::f32, {}, std::span(kVector).first(1)}};
  return write_safetensors(tensors, {{"format", "pt"}});
}

TEST_CASE("Written tensors are read back") {
  const auto bytes = sample();
  const auto tensors = parse(bytes);
  CHECK(tensors.tensors().size() == 4);
  CHECK(tensors.metadata().at("format") == "pt");
  CHECK(tensors.find("absent") == nullptr);
  const auto* matrix = tensors.find("b.matrix");
  REQUIRE(matrix);
  CHECK(matrix->shape == Shape{2, 3});
  std::vector<float> values(6);
  copy_floats(*matrix, values);
  CHECK(values == kMatrix);
  std::vector<float> halves(2);
  copy_floats(*tensors.find("a.half"), halves);
  CHECK(halves == kVector);
  CHECK(tensors.find("a.half")->dtype == DType::f16);
  CHECK(tensors.find("scalar")->shape.empty());
  CHECK_THROWS_WITH(copy_floats(*matrix, std::span(values).first(5)), Contains("expected 5") && Contains("found 6"));
}

TEST_CASE("The same tensors give the same bytes, data aligned") {
  const auto bytes = sample();
  CHECK(bytes == sample());
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), 8);
  CHECK(header % 8 == 0);
}

TEST_CASE("Tensors that cannot be written are refused") {
  CHECK_THROWS_WITH(write_safetensors(std::vector<TensorToWrite>{{"x", DType::f32, {3}, kVector}}),
                    Contains("expected 3"));
  CHECK_THROWS_WITH(write_safetensors(std::vector<TensorToWrite>{{"x", DType::i64, {2}, kVector}}), Contains("I64"));
  CHECK_THROWS_WITH(
      write_safetensors(std::vector<TensorToWrite>{{"x", DType::f32, {2}, kVector}, {"x", DType::f32, {2}, kVector}}),
      Contains("twice"));
}

TEST_CASE("Bytes are written as they are, in any type; a number of them that does not fit is refused") {
  const std::vector<std::int8_t> integers{-127, 0, 1, 127, 5, 6};
  const auto bytes = std::as_bytes(std::span(integers));
  const auto file = write_safetensors(std::vector<TensorToWrite>{{"m", DType::i8, {2, 3}, {}, bytes}});
  const auto parsed = parse(file);
  const auto* found = parsed.find("m");
  REQUIRE(found);
  CHECK(found->dtype == DType::i8);
  CHECK(found->shape == Shape{2, 3});
  CHECK(std::memcmp(found->bytes.data(), integers.data(), integers.size()) == 0);
  CHECK_THROWS_WITH(write_safetensors(std::vector<TensorToWrite>{{"m", DType::i8, {7}, {}, bytes}}),
                    "m: expected 7 bytes for shape [7], found 6 and 0 values");
  CHECK_THROWS_WITH(write_safetensors(std::vector<TensorToWrite>{{"m", DType::i8, {6}, kVector, bytes}}),
                    Contains("found 6 and 2 values"));
}

TEST_CASE("Types beyond F32, F16 and BF16 are known by their size and not read as floats") {
  const auto bytes = file(R"({"ids":{"dtype":"I64","shape":[1,2],"data_offsets":[0,16]}})", 16);
  const auto tensors = parse(bytes);
  std::vector<float> values(2);
  CHECK_THROWS_WITH(copy_floats(*tensors.find("ids"), values), Contains("F32, F16 or BF16") && Contains("I64"));
}

TEST_CASE("A damaged file is refused with what was expected and what was found") {
  const auto refused = [](const std::string& bytes, const char* part, const char* other = "") {
    CHECK_THROWS_WITH(parse(bytes), StartsWith("weights: ") && Contains(part) && Contains(other));
    CHECK_THROWS_AS(parse(bytes), ModelError);
  };
  refused("", "truncated", "found 0 bytes");
  refused("1234567", "truncated", "found 7 bytes");
  refused(std::string(100, '\x7F'), "not a safetensors file", "header of at most");
  refused(file("{}", 0).substr(0, 9), "truncated", "expected 2 bytes of header");
  refused(file("{]", 0), "expected a JSON header");
  refused(file("[]", 0), "expected a JSON object");
  refused(file("{} x", 0), "expected a JSON header");
  refused(file("{}", 3), "trailing bytes", "found 3");
  refused(file(R"({"x":1})", 0), "x: expected an object");
  refused(file(R"({"x":{"shape":[1],"data_offsets":[0,4]}})", 4), "expected \"dtype\"");
  refused(file(R"({"x":{"dtype":"F31","shape":[1],"data_offsets":[0,4]}})", 4), "F31");
  refused(file(R"({"x":{"dtype":7,"shape":[1],"data_offsets":[0,4]}})", 4), "known dtype");
  refused(file(R"({"x":{"dtype":"F32","data_offsets":[0,4]}})", 4), "expected \"shape\"");
  refused(file(R"({"x":{"dtype":"F32","shape":4,"data_offsets":[0,4]}})", 4), "array in shape");
  refused(file(R"({"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4), "non-negative integer in shape", "-1");
  refused(file(R"({"x":{"dtype":"F32","shape":[1.0],"data_offsets":[0,4]}})", 4), "non-negative integer in shape");
  refused(file(R"({"x":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4), "expected 2 elements of F32",
          "found 4 bytes");
  refused(file(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,5]}})", 5), "found 5 bytes");
  refused(file(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}})", 4), "[begin, end]");
  refused(file(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}})", 4), "[begin, end]");
  refused(file(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 3), "truncated: expected 4", "found 3");
  refused(file(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", 5), "trailing bytes: expected 4",
          "found 5");
  refused(file(R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8), "x: expected its data at byte 0");
  refused(
      file(
          R"({"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"y":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})",
          4),
      "expected its data at byte 4");
  refused(file(R"({"x":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}})", 4), "fits memory");
  refused(file(R"({"x":{"dtype":"F32","shape":[4611686018427387905],"data_offsets":[0,4]}})", 4),
          "expected 4611686018427387905");
  refused(file(R"({"__metadata__":{"a":1}})", 0), "__metadata__");
  refused(file(std::string(100, '['), 0), "expected a JSON header");
}

TEST_CASE("Every shortened file is refused") {
  const auto bytes = sample();
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    try {
      parse(bytes.substr(0, size));
      FAIL("cut to " << size << " bytes");
    } catch (const ModelError&) {
    }
  }
}

TEST_CASE("Flipped bytes are refused or read, and never crash") {
  std::mt19937 random(3);
  const auto bytes = sample();
  for (int round = 0; round < 4000; ++round) {
    auto damaged = bytes;
    for (std::size_t n = 1 + random() % 4; n > 0; --n) damaged[random() % damaged.size()] = static_cast<char>(random());
    try {
      const auto tensors = parse(damaged);
      for (const auto& [name, tensor] : tensors.tensors()) {
        if (tensor.dtype != DType::f32 && tensor.dtype != DType::f16) continue;
        std::vector<float> values(elements(tensor.shape));
        copy_floats(tensor, values);
      }
    } catch (const ModelError&) {
    }
  }
  SUCCEED("no undefined behaviour: the sanitizers would say");
}

}  // namespace
}  // namespace tapewatch::model
