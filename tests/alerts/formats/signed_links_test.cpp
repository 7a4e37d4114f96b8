#include "alerts/formats/signed_links.hpp"

#include <fmt/format.h>

#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::alerts;
using namespace tapewatch::alerts::test;
using Verdict = AlertLinks::Verdict;

namespace {

const std::string kId = "0123456789abcdef01234567";
const std::string kKey = "an example of a key, 32 bytes…";

struct Signed {
  std::string expires, signature;
};

Signed parts_of(const std::string& query) {
  REQUIRE(query.starts_with("?expires="));
  const std::size_t and_sign = query.find('&');
  REQUIRE(query.substr(and_sign).starts_with("&signature="));
  return {query.substr(9, and_sign - 9), query.substr(and_sign + 11)};
}

}  // namespace

TEST_CASE("a link is good for its alert until it expires") {
  const AlertLinks links(kKey, 168h);
  const TimePoint now = kMonday + 12h + 5ms;
  const auto [expires, signature] = parts_of(links.query(kId, now));
  const TimePoint until = kMonday + 7 * 24h + 12h + 1s;  // whole seconds, none too early
  CHECK(expires == std::to_string(until.time_since_epoch() / 1s));
  CHECK(signature.size() == 64);
  CHECK(links.check(kId, expires, signature, now) == Verdict::good);
  CHECK(links.check(kId, expires, signature, until - 1ms) == Verdict::good);
  CHECK(links.check(kId, expires, signature, until) == Verdict::expired);
}

TEST_CASE("nothing of a link can be changed, and no other key opens it") {
  const AlertLinks links(kKey, 1h);
  const auto [expires, signature] = parts_of(links.query(kId, kMonday));
  CHECK(links.check("0123456789abcdef01234568", expires, signature, kMonday) == Verdict::wrong);
  const std::string later = fmt::format("{}0", expires);
  CHECK(links.check(kId, later, signature, kMonday) == Verdict::wrong);
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string other = signature;
    other[i] = other[i] == '0' ? '1' : '0';
    CHECK(links.check(kId, expires, other, kMonday) == Verdict::wrong);
  }
  CHECK(links.check(kId, expires, "", kMonday) == Verdict::wrong);
  CHECK(links.check(kId, expires, signature + "0", kMonday) == Verdict::wrong);
  CHECK(links.check(kId, "", signature, kMonday) == Verdict::wrong);
  CHECK(AlertLinks("another key", 1h).check(kId, expires, signature, kMonday) == Verdict::wrong);
}

TEST_CASE("the signature is HMAC-SHA256, so that other programs can make the link") {
  // printf 'tapewatch alert\n0123456789abcdef01234567\n1767574800' | openssl dgst -sha256 -hmac k
  const auto [expires, signature] = parts_of(AlertLinks("k", 1h).query(kId, kMonday));
  CHECK(expires == "1767574800");
  CHECK(signature == "028dcfc4f9941742c62e85a0e73021b2ef1097900120ed0bf2d425456ef1cbc5");
}

TEST_CASE("without a key links carry nothing and nothing opens") {
  CHECK(AlertLinks().query(kId, kMonday).empty());
  CHECK(AlertLinks().check(kId, "1767661200", std::string(64, '0'), kMonday) == Verdict::wrong);
}
