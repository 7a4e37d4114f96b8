#include "config/notation/hex.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

TEST_CASE("bytes are two digits each, and are read back") {
  std::array<unsigned char, 256> bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<unsigned char>(i);
  const std::string digits = to_hex(bytes);
  CHECK(digits.substr(0, 6) == "000102");
  CHECK(digits.substr(508) == "feff");
  CHECK(from_hex<256>(digits) == bytes);
  CHECK(to_hex({}).empty());
}

TEST_CASE("only so many digits are a value") {
  CHECK(from_hex<2>("0aFf") == std::array<unsigned char, 2>{0x0A, 0xFF});
  for (const char* bad : {"", "0a", "0aF", "0aFf0", "0aFf00", "0aFg", "0x0a", " 0aF"}) {
    INFO(bad);
    CHECK_FALSE(from_hex<2>(bad));
  }
}
