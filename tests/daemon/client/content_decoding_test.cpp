#include "daemon/client/content_decoding.hpp"

#include <zstd.h>

#include "tests/support/catch.hpp"
#include "tests/support/gzip.hpp"

using namespace tapewatch;
using script_test::deflated;
using Status = ContentDecoder::Status;
using namespace std::string_literals;

namespace {

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 19));
  return out;
}

struct Decoded {
  Status status;
  std::string text;
};

Decoded decode(const std::string& encoding, const std::string& bytes, std::size_t step, std::size_t limit = 1'000'000) {
  ContentDecoder decoder(encoding, limit);
  Decoded result{Status::ok, {}};
  for (std::size_t at = 0; at < bytes.size() && result.status == Status::ok; at += step) {
    result.status = decoder.write(std::string_view(bytes).substr(at, step), result.text);
  }
  if (result.status == Status::ok) result.status = decoder.finish(result.text);
  return result;
}

const std::string kText = [] {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "headline " + std::to_string(i * 7919) + "\n";
  return text;
}();

// brotli -q 11 of "tapewatch reads brotli, tapewatch reads brotli", and of four million zero bytes
const std::string kBrotli =
    "\x1b\x2d\x00\xf8\x45\x6f\x78\xbd\xeb\xf7\x3e\x13\x87\x52\xc4\x6a\x94\xa5\xea\x04\x2b\x88\x9b\x3b\x2e\x19\x0f\xbf\x51\x97\x41\x00"s;
const std::string kBrotliBomb = "\x9b\xff\xff\x3f\xf8\x27\x00\xe2\xb1\x40\x20\xf7\xfe\x07"s;

}  // namespace

TEST_CASE("content decoding: each encoding, whole and byte by byte") {
  for (const std::size_t step : {1UL, 7UL, 1'000'000UL}) {
    CHECK(decode("gzip", deflated(kText, 31), step).text == kText);
    CHECK(decode("X-GZip", deflated(kText, 31), step).text == kText);
    CHECK(decode("deflate", deflated(kText, 15), step).text == kText);
    CHECK(decode("deflate", deflated(kText, -15), step).text == kText);
    CHECK(decode("br", kBrotli, step).text == "tapewatch reads brotli, tapewatch reads brotli");
    CHECK(decode("zstd", zstd(kText), step).text == kText);
    CHECK(decode("zstd", zstd("one ") + zstd("two"), step).text == "one two");
    CHECK(decode("", kText, step).text == kText);
    CHECK(decode("gzip", deflated("one ", 31) + deflated("two", 31), step).text == "one two");
  }
}

TEST_CASE("content decoding: an empty body is empty in every encoding") {
  for (const std::string encoding : {"gzip", "deflate", "br", "zstd", "", "identity"}) {
    CHECK(decode(encoding, "", 1).status == Status::ok);
  }
}

TEST_CASE("content decoding: tolerated lies") {
  CHECK(decode("gzip", "<rss/> and no gzip at all", 3).text == "<rss/> and no gzip at all");
  CHECK(decode("utf-8", "text", 3).text == "text");
  CHECK(decode("gzip", deflated("text", 31) + "\0\0\0\0"s, 1000).text == "text");
  CHECK(decode("gzip", "1", 3).text == "1");
  CHECK(decode("", "1", 3).text == "1");
  CHECK_FALSE(ContentDecoder("compress", 10).known());
  CHECK_FALSE(ContentDecoder("gzip, compress", 10).known());
  CHECK(ContentDecoder("none", 10).known());
}

TEST_CASE("content decoding: what was compressed twice, as named and otherwise") {
  const std::string twice = deflated(deflated(kText, 31), 31);
  for (const std::size_t step : {1UL, 7UL, 1'000'000UL}) {
    CHECK(decode("gzip, gzip", twice, step).text == kText);
    CHECK(decode("gzip", twice, step).text == kText);
    CHECK(decode("", deflated(kText, 31), step).text == kText);  // a .gz file without an encoding
    CHECK(decode("deflate, gzip", deflated(deflated(kText, 15), 31), step).text == kText);
    CHECK(decode("gzip, zstd", zstd(deflated(kText, 31)), step).text == kText);
  }
  CHECK(decode("gzip", twice.substr(0, twice.size() / 2), 100).status == Status::damaged);
  const std::string cut = deflated(kText, 31).substr(0, 1000);
  CHECK(decode("gzip", deflated(cut, 31), 100).status == Status::damaged);
  CHECK_FALSE(ContentDecoder("gzip, gzip, gzip, gzip, gzip", 10).known());
}

TEST_CASE("content decoding: bombs stop at the limit") {
  const std::string zeros(50'000'000, '\0');
  const std::string bomb = deflated(zeros, 31);
  CHECK(bomb.size() < 60'000);
  const auto gzip = decode("gzip", bomb, 1'000'000);
  CHECK(gzip.status == Status::too_large);
  CHECK(gzip.text.size() <= 1'000'000);
  const auto brotli = decode("br", kBrotliBomb, 1000);
  CHECK(brotli.status == Status::too_large);
  CHECK(brotli.text.size() <= 1'000'000);
  const auto frame = decode("zstd", zstd(zeros), 1000);
  CHECK(frame.status == Status::too_large);
  CHECK(frame.text.size() <= 1'000'000);
  CHECK(decode("gzip", deflated(bomb, 31), 1'000'000).status == Status::too_large);
  // A layer in the middle counts, although nothing comes out of the last one.
  const std::string endless = deflated("\x1F\x8B\x08\x08" + std::string(6, '\0') + std::string(50'000'000, 'n'), 31);
  CHECK(decode("gzip", endless, 1000).status == Status::too_large);
  CHECK(decode("", std::string(11, 'x'), 4, 10).status == Status::too_large);
  CHECK(decode("", std::string(10, 'x'), 4, 10).status == Status::ok);
}

TEST_CASE("content decoding: damage and cut-off are noticed") {
  std::string broken = deflated(kText, 31);
  CHECK(decode("gzip", broken.substr(0, broken.size() / 2), 100).status == Status::damaged);
  CHECK(decode("gzip", "\x1f", 100).status == Status::damaged);
  CHECK(decode("zstd", zstd(kText).substr(0, 1000), 100).status == Status::damaged);
  CHECK(decode("zstd", "this is no zstd frame at all", 100).status == Status::damaged);
  CHECK(decode("br", kBrotli.substr(0, 20), 100).status == Status::damaged);
  CHECK(decode("br", "this is no brotli stream at all", 100).status == Status::damaged);
  broken[broken.size() / 2] = static_cast<char>(~broken[broken.size() / 2]);
  broken[broken.size() / 2 + 1] = static_cast<char>(~broken[broken.size() / 2 + 1]);
  CHECK(decode("gzip", broken, 100).status == Status::damaged);
}
