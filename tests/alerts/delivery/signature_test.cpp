#include "alerts/delivery/signature.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;

namespace {

// The example of the Standard Webhooks reference libraries.
const std::string kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const std::string kId = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const std::string kBody = R"({"test": 2432232314})";
constexpr std::int64_t kTime = 1614265330;
const std::string kSignature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

}  // namespace

TEST_CASE("the known signature of Standard Webhooks") {
  const std::vector<std::string> secrets = {kSecret};
  CHECK(sign(secrets, kId, kTime, kBody).value() == kSignature);
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
  const std::vector<std::string> both = {"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", kSecret};
  const std::string header = sign(both, kId, kTime, kBody).value();
  CHECK(header.find(' ') != std::string::npos);
  CHECK(header.ends_with(" " + kSignature));
  CHECK(verify(std::vector{kSecret}, kId, "1614265330", header, kBody, kTime));
  CHECK(verify(std::vector{both[0]}, kId, "1614265330", header, kBody, kTime));
  CHECK(sign({}, kId, kTime, kBody).value().empty());
}

TEST_CASE("a malformed secret is refused without being shown") {
  for (const std::string secret :
       {"", "hunter2", "whsec_", "whsec_hunter2hunter2", "whsec_hunter2!hunter2hunter2hunter2hunt",
        "whsec_aHVudGVyMg==", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwhunter2\n"}) {
    const auto parsed = parse_secret(secret);
    INFO(secret);
    REQUIRE(parsed.has_error());
    CHECK(parsed.error().reason.find("hunter") == std::string::npos);
    CHECK(parsed.error().reason.find("MfKQ") == std::string::npos);
    const auto signed_header = sign(std::vector<std::string>{kSecret, secret}, kId, kTime, kBody);
    REQUIRE(signed_header.has_error());
    CHECK(signed_header.error().reason.find("secret 2: ") == 0);
  }
  CHECK(parse_secret("whsec_" + std::string(88, 'A')).has_error());         // 66 bytes
  CHECK(parse_secret("whsec_" + std::string(86, 'A') + "==").has_value());  // 64
  CHECK(parse_secret("whsec_" + std::string(86, 'A')).has_value());         // without padding
  CHECK_THROWS_AS(parse_secret("x").value(), std::runtime_error);
}
