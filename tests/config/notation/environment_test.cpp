#include "config/notation/environment.hpp"

#include <cstdlib>

#include "tests/support/catch.hpp"

using tapewatch::notation::environment;

TEST_CASE("a variable that is empty is set all the same") {
  REQUIRE(::setenv("TAPEWATCH_TEST_VARIABLE", "", 1) == 0);
  CHECK(environment("TAPEWATCH_TEST_VARIABLE") == "");
  REQUIRE(::setenv("TAPEWATCH_TEST_VARIABLE", "a=b", 1) == 0);
  CHECK(environment("TAPEWATCH_TEST_VARIABLE") == "a=b");
  REQUIRE(::unsetenv("TAPEWATCH_TEST_VARIABLE") == 0);
  CHECK_FALSE(environment("TAPEWATCH_TEST_VARIABLE"));
}
