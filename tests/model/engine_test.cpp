#include "model/engine.hpp"

#include "model/package/model_error.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

TEST_CASE("An engine is named by its precision and its kernels; others are refused with what there is") {
  CHECK(engine_named("fp32", "auto").precision == Precision::fp32);
  CHECK(engine_named("int8", "auto").kernels == &best_kernels());
  CHECK(engine_named("int8", "portable").kernels->name == "portable");
  CHECK(to_string(engine_named("int8", "portable").precision) == "int8");
  CHECK(kernel_choices().front() == "auto");
  CHECK(kernel_choices().size() == 1 + available_kernels().size());
  CHECK(precision_named("fp32") == Precision::fp32);
  CHECK(!precision_named("int4"));
  CHECK_THROWS_WITH(engine_named("bf16", "auto"), "precision: expected fp32 or int8, found \"bf16\"");
  CHECK_THROWS_WITH(engine_named("int8", "neon"), Catch::Contains("(auto, portable") && Catch::Contains("\"neon\""));
}

}  // namespace
}  // namespace tapewatch::model
