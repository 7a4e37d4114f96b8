#include "daemon/pipeline/unscored_share.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

TEST_CASE("a source of which most documents are unscored is told once, and once when that is over") {
  UnscoredShare share;
  int told = 0;
  for (int i = 0; i < 500; ++i) told += share.note("wire", i % 10 == 0 ? "" : "language:zz") ? 1 : 0;
  CHECK(told == 1);
  CHECK(share.share("wire") == 0.9);
  CHECK(share.warning("wire") == "180 of the last 200 documents are unscored, the latest for language:zz");
  for (int i = 0; i < 200; ++i) told += share.note("wire", "") ? 1 : 0;
  CHECK(told == 2);
  CHECK(share.warning("wire").empty());
  CHECK(share.warning("other").empty());
}

TEST_CASE("a few unscored documents are nothing unusual") {
  UnscoredShare share;
  for (int i = 0; i < 19; ++i) CHECK_FALSE(share.note("new", "language:de"));
  CHECK(share.warning("new").empty());
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(share.note("mixed", i % 3 == 0 ? "language:de" : ""));
  CHECK(share.warning("mixed").empty());
}

}  // namespace
}  // namespace tapewatch
