#include "alerts/delivery/signature.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;

namespace {

// The example of the Standard Webhooks reference libraries.
const std::string kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const std::string kBody = R"({"test": 2432232314})";
WebhookSecret secret(const std::string& text) { return WebhookSecret::parse(text).value(); }

constexpr std::int64_t kTime = 1614265330;
const std::string kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

}  // namespace

TEST_CASE("the known signature of Standard Webhooks") {
  const std::vector secrets = {secret(kSecret)};
  CHECK(sign(secrets, kId, kTime, kBody) == kSignature);
  CHECK(verify(secrets, kId, "1614265330", kSignature, kBody, kTime + 10));
  CHECK(verify(secrets, kId, "1614265330", "v1,AAAA " + kSignature, kBody, kTime + 10));
  CHECK_FALSE(verify(secrets, kId, "1614265330", kSignature, kBody + " ", kTime));
  CHECK_FALSE(verify(secrets, kId, "1614265331", kSignature, kBody, kTime));
  CHECK_FALSE(verify(secrets, kId, "1614265330", kSignature, kBody, kTime + 301));
  CHECK_FALSE(verify(secrets, kId, "1614265330", kSignature, kBody, kTime - 301));
  CHECK_FALSE(verify(secrets, kId, "soon", kSignature, kBody, kTime));
  CHECK_FALSE(verify(secrets, kId, "1614265330", "", kBody, kTime));
}

TEST_CASE("several secrets sign while they rotate") {
  const std::vector both = {secret("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), secret(kSecret)};
  const std::string header = sign(both, kId, kTime, kBody);
  CHECK(header.find(' ') != std::string::npos);
  CHECK(header.ends_with(" " + kSignature));
  CHECK(verify(std::vector{both[1]}, kId, "1614265330", header, kBody, kTime));
  CHECK(verify(std::vector{both[0]}, kId, "1614265330", header, kBody, kTime));
  CHECK(sign({}, kId, kTime, kBody).empty());
}

TEST_CASE("a secret signs as in the reference libraries: padding and spare bits do not matter") {
  // Signatures by standardwebhooks of PyPI and of npm, which agree.
  struct Case {
    const char* after_prefix;
    const char* signature;
  };
  const Case cases[] = {
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "v1,ZztYR0IIDCBCUcYzh8ZE+qsQWpIgtHU7R1hpe8htaD4="},
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=", "v1,ZztYR0IIDCBCUcYzh8ZE+qsQWpIgtHU7R1hpe8htaD4="},
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwaQ==", "v1,y3gNy+FcbXy+1NlmGk6+JI7ld71dtaT8AWHyIyEFyOo="},
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwaQ", "v1,y3gNy+FcbXy+1NlmGk6+JI7ld71dtaT8AWHyIyEFyOo="},
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwaR==", "v1,y3gNy+FcbXy+1NlmGk6+JI7ld71dtaT8AWHyIyEFyOo="},
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwaR", "v1,y3gNy+FcbXy+1NlmGk6+JI7ld71dtaT8AWHyIyEFyOo="},
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwabc=", "v1,MAe4T3wY3XVvXH46uiklxMy770I5vGTPq11pbgSpBpk="},
      {"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwabd", "v1,MAe4T3wY3XVvXH46uiklxMy770I5vGTPq11pbgSpBpk="},
  };
  for (const auto& [after_prefix, signature] : cases) {
    INFO(after_prefix);
    const auto parsed = WebhookSecret::parse(std::string("whsec_") + after_prefix);
    REQUIRE(parsed.has_value());
    CHECK(sign(std::span(&*parsed, 1), "msg_1", kTime, "{}") == signature);
  }
}
