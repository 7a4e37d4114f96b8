#include "config/notation/base64.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::notation;

namespace {

std::optional<std::string> text_of(const std::optional<std::vector<unsigned char>>& bytes) {
  if (!bytes) return std::nullopt;
  return std::string(bytes->begin(), bytes->end());
}

}  // namespace

TEST_CASE("base64: the test vectors of RFC 4648 in both directions, with and without padding") {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    INFO(plain);
    CHECK(base64(std::string_view(plain)) == encoded);
    CHECK(text_of(base64_bytes(encoded)) == plain);
    const std::string digits(encoded, std::string_view(encoded).find_last_not_of('=') + 1);
    CHECK(text_of(base64_bytes(digits)) == plain);
    CHECK(base64url(std::span(reinterpret_cast<const unsigned char*>(plain), std::string_view(plain).size())) ==
          digits);
    CHECK(text_of(base64url_bytes(digits)) == plain);
  }
}

TEST_CASE("base64: spare bits and missing padding are accepted, as by lenient decoders; anything else is refused") {
  CHECK(text_of(base64_bytes("Zh==")) == "f");
  CHECK(text_of(base64_bytes("Zh=")) == "f");
  CHECK(text_of(base64_bytes("Zm9v=")) == "foo");
  for (const char* wrong : {"Z", "Zm9vY", "Zm9v===", "Zg==Zg==", "Zm=v", " Zm9v", "Zm9v ", "Zm9v    ", "    Zm9v",
                            "Zm9v\n", "Zm 9v", "Zm9-", "Zm9_", "----", "Zm9v----", "Zm9\xc3\xa4"}) {
    INFO(wrong);
    CHECK_FALSE(base64_bytes(wrong));
  }
}

TEST_CASE("base64url: its own alphabet, only one spelling") {
  const std::vector<unsigned char> bytes = {0xfb, 0xff, 0xfe, 0x01};
  CHECK(base64(bytes) == "+//+AQ==");
  CHECK(base64url(bytes) == "-__-AQ");
  CHECK(base64url_bytes("-__-AQ") == bytes);
  for (const char* wrong : {"+//+AQ", "-__-AQ==", "-__-AR", "-__-A", "-__-AQ "}) CHECK_FALSE(base64url_bytes(wrong));
}
