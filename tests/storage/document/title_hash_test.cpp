#include "storage/document/title_hash.hpp"

#include "tests/support/catch.hpp"

using tapewatch::storage::title_hash;

TEST_CASE("a story's key is hashed the same everywhere and for ever; an empty one has no hash") {
  CHECK(title_hash("0ded47a6606d364d0b786b5357365131") == -101442092758216996);
  CHECK(title_hash("a") == -1817709641818812897);
  CHECK_FALSE(title_hash(""));
}
