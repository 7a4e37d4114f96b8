#include "ingest/text/html_references.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

TEST_CASE("references are read one by one, and other text stays") {
  CHECK(read_references({"&amp;", "&", "&#10;", "&none;", "&#x110000;", "&lt"}) ==
        std::vector<std::string>{"&", "&", "\n", "&none;", "\uFFFD", "<"});
  CHECK(read_references({}).empty());
}

TEST_CASE("the length of a reference") {
  CHECK(reference_length("&eacute;x") == 8);
  CHECK(reference_length("&#x41 ") == 5);
  CHECK(reference_length("& ") == 1);
  CHECK(reference_length("x&") == 0);
}

TEST_CASE("a number beyond Unicode is U+FFFD, however many digits it has") {
  for (const char* number : {"&#1114112;", "&#x110000;", "&#4294967361;", "&#x100000041;", "&#18446744073709551681;",
                             "&#14666666666666666", "&#X000000000000000000000000000110000"}) {
    INFO(number);
    CHECK(read_references({number}) == std::vector<std::string>{"\uFFFD"});
  }
  CHECK(read_references({"&#4294967361abc;", "&#0000000000000000000000065;", "&#x10FFFF;"}) ==
        std::vector<std::string>{"\uFFFDabc;", "A", "\U0010FFFF"});
}

TEST_CASE("many references take linear time") {
  const std::vector<std::string_view> many(200'000, "&eacute;");
  const auto characters = read_references(many);
  CHECK(characters.size() == many.size());
  CHECK(characters.back() == "é");
}

}  // namespace
}  // namespace tapewatch::ingest
