#include "storage/source/dead_letters.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("dead letters keep the bytes to a bound, are forwarded once, and are themselves bounded") {
  const TempFolder folder;
  StorageOptions options;
  options.max_dead_letter_bytes = 8;
  options.max_dead_letters = 5;
  auto connection = Connection::open_writer(folder.file(), options);
  DeadLetters letters(connection, options);
  const std::string payload("\0\xffthat is long", 14);
  const auto id = letters.record("wire", "/headline", "missing", payload, "news/0@17", at_minute(0));
  const auto pending = letters.pending_forward("wire", 10);
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].payload == payload.substr(0, 8));
  CHECK(pending[0].payload_bytes == 14);
  CHECK(pending[0].pointer == "/headline");
  CHECK(pending[0].position == "news/0@17");
  CHECK(letters.pending_forward("other", 10).empty());
  letters.mark_forwarded(std::span(&id, 1), at_minute(1));
  CHECK(letters.pending_forward("wire", 10).empty());
  CHECK(letters.list("", 10).at(0).forwarded);
  for (int i = 0; i < 20; ++i) letters.record("wire", "", "reason", "", "", at_minute(i));
  CHECK(letters.count() == 5);
}
