#include "alerts/delivery/webhook_secret_options.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;

namespace {

const std::string kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

std::size_t bytes_of(const std::string& text) {
  const auto secret = WebhookSecret::parse(text);
  return secret ? secret->key().size() : 0;
}

}  // namespace

TEST_CASE("a webhook's secret is 24 to 64 bytes in base64") {
  CHECK(bytes_of(kSecret) == 24);
  CHECK(bytes_of("whsec_" + std::string(32, 'A')) == 24);
  CHECK(bytes_of("whsec_" + std::string(86, 'A') + "==") == 64);
  CHECK(bytes_of("whsec_" + std::string(86, 'A')) == 64);
  CHECK(bytes_of("whsec_" + std::string(86, '/')) == 64);
  CHECK(bytes_of("whsec_" + std::string(31, 'A')) == 0);  // 23 bytes
  CHECK(bytes_of("whsec_" + std::string(87, 'A')) == 0);  // 65 bytes
  CHECK(bytes_of("whsec_" + std::string(1 << 20, 'A')) == 0);
}

TEST_CASE("the bytes are those of the base64") {
  const auto secret = WebhookSecret::parse("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYX+/8=").value();
  REQUIRE(secret.key().size() == 26);
  for (unsigned i = 0; i < 24; ++i) CHECK(secret.key()[i] == i);
  CHECK(secret.key()[24] == 0xfb);
  CHECK(secret.key()[25] == 0xff);
}

TEST_CASE("a malformed secret is refused without being shown") {
  for (const std::string text :
       {"", "hunter2", "whsec_", "whsec_hunter2hunter2", "whsec_hunter2!hunter2hunter2hunter2hunt",
        "whsec_aHVudGVyMg==", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwa",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw===", "whsec_MfKQ9r8GKYqr=wjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa-_", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw----",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwhunter2\n", "whsec_    MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw    "}) {
    const auto parsed = WebhookSecret::parse(text);
    INFO(text);
    REQUIRE(parsed.has_error());
    CHECK(parsed.error().reason.find("hunter") == std::string::npos);
    CHECK(parsed.error().reason.find("MfKQ") == std::string::npos);
  }
  CHECK_THROWS_AS(WebhookSecret::parse("x").value(), std::runtime_error);
}
