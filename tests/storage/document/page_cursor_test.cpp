#include "storage/document/page_cursor.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::storage;

TEST_CASE("a cursor is opaque, checked, and belongs to its query") {
  const PageCursor cursor{-1'700'000'000'123, 987'654'321, 0xdeadbeef};
  const auto text = encode_cursor(cursor);
  CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") ==
        std::string::npos);
  const auto back = decode_cursor(text, 0xdeadbeef);
  REQUIRE(back);
  CHECK(back->key == cursor.key);
  CHECK(back->id == cursor.id);
  CHECK_FALSE(decode_cursor(text, 1));
  CHECK_FALSE(decode_cursor("", 0xdeadbeef));
  CHECK_FALSE(decode_cursor(text + "A", 0xdeadbeef));
  CHECK_FALSE(decode_cursor(std::string(32, '!'), 0xdeadbeef));
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    CHECK_FALSE(decode_cursor(changed, 0xdeadbeef));
  }
}
