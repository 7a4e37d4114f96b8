#include "daemon/pipeline/intake/parse_warnings.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

TEST_CASE("warnings that differ in the value alone are counted together, with the first value") {
  ParseWarnings warnings;
  CHECK(warnings.add({"/time", "expected a time, found \"noon\""}));
  CHECK_FALSE(warnings.add({"/time", "expected a time, found \"soon\""}));
  CHECK(warnings.add({"/rev", "expected a whole number or a time, found \"1.2\""}));
  CHECK(warnings.add({"", "not UTF-8: read as windows-1252"}));
  CHECK(warnings.lines() == std::vector<std::string>{"/time: expected a time, found \"noon\" (2 times)",
                                                     "/rev: expected a whole number or a time, found \"1.2\"",
                                                     "not UTF-8: read as windows-1252"});
}

TEST_CASE("the list is bounded") {
  ParseWarnings warnings;
  for (int i = 0; i < 1000; ++i) warnings.add({"/" + std::to_string(i), "x"});
  CHECK(warnings.lines().size() == ParseWarnings::kMaxDistinct);
}

}  // namespace
}  // namespace tapewatch
