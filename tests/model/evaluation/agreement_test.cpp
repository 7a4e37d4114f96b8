#include "model/evaluation/agreement.hpp"

#include <stdexcept>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

TEST_CASE("Two models agree on the rows whose most probable class is the same") {
  const std::vector<float> up{0.75F, 0.25F, 0.0F}, less{0.5F, 0.25F, 0.25F}, down{0.125F, 0.25F, 0.625F};
  Agreement agreement;
  CHECK(agreement.share() == 0);
  agreement.add(up, up);
  CHECK(agreement.share() == 1);
  CHECK(agreement.largest_difference == 0);
  agreement.add(up, less);
  CHECK(agreement.share() == 1);
  CHECK(agreement.largest_difference == 0.25);
  agreement.add(up, down);
  agreement.add(down, up);
  CHECK(agreement.rows == 4);
  CHECK(agreement.same_label == 2);
  CHECK(agreement.share() == 0.5);
  CHECK(agreement.largest_difference == 0.625);
  CHECK_THROWS_AS(agreement.add(up, std::span(up).first(2)), std::logic_error);
}

}  // namespace
}  // namespace tapewatch::model
