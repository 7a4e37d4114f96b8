#include "ingest/document/json_pointer_options.hpp"

#include "tests/support/catch.hpp"

using tapewatch::ingest::is_json_pointer;

TEST_CASE("a JSON Pointer is empty or begins with a slash, and its tildes are ~0 and ~1") {
  for (const char* pointer :
       {"", "/", "//", "/a", "/a//b", "/a/b", "/a~0b", "/a~1/c~0", "/-", "/0", "/a b", "/\xc3\xa4"}) {
    INFO(pointer);
    CHECK(is_json_pointer(pointer));
  }
  for (const char* text :
       {"a", "a/b", "~", "/~", "/a~", "/head~line", "/a~2", "/a/b~", "/a~/b", "/a/b/c/~x/d", "$.a"}) {
    INFO(text);
    CHECK_FALSE(is_json_pointer(text));
  }
}
