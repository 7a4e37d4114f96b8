#include "storage/document/topic_probabilities.hpp"

#include <cmath>
#include <limits>

#include "tests/support/catch.hpp"

using namespace tapewatch::storage;

TEST_CASE("topic probabilities take two bytes each and come back to a 131,070th") {
  std::vector<float> values;
  for (int i = 0; i <= 1000; ++i) values.push_back(static_cast<float>(i) / 1000);
  const auto bytes = to_bytes(values);
  CHECK(bytes.size() == 1 + 2 * values.size());
  const auto read = probabilities_from(bytes);
  REQUIRE(read.size() == values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    CAPTURE(values[i]);
    CHECK(std::abs(read[i] - values[i]) <= 1.0f / 131'070 + 1e-7f);
  }
  CHECK(read.front() == 0);
  CHECK(read.back() == 1);
  CHECK(to_bytes(read) == bytes);  // what is stored again does not drift
}

TEST_CASE("topic probabilities outside [0, 1] become the nearer end, and none take no byte") {
  const auto read =
      probabilities_from(to_bytes(std::vector<float>{-0.5f, 1.5f, std::numeric_limits<float>::quiet_NaN()}));
  CHECK(read == std::vector<float>{0, 1, 0});
  CHECK(to_bytes({}).empty());
  CHECK(probabilities_from({}).empty());
}

TEST_CASE("topic probabilities of earlier versions, floats, are read as they are; other bytes give nothing") {
  const std::vector<float> floats{0.125f, 0.75f};
  const auto bytes = std::as_bytes(std::span(floats));
  CHECK(probabilities_from(bytes) == floats);
  CHECK(probabilities_from(bytes.first(6)).empty());
  CHECK(probabilities_from(bytes.first(5)).empty());  // odd, but not of the form
}
