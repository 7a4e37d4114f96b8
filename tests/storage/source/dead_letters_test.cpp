#include "storage/source/dead_letters.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("dead letters keep the bytes to a bound, are forwarded once, and are themselves bounded") {
  const TempFolder folder;
  StorageOptions options;
  options.max_dead_letter_bytes = 8;
  options.max_dead_letters = 5;
  auto connection = open_new(folder.file(), options);
  DeadLetters letters(connection, options);
  const std::string payload("\0\xffthat is long", 14);
  DeadLetterContent letter{"wire", "/headline", "missing", payload, "news/0@17", {}, {}, {}};
  const auto id = letters.record(letter, at_minute(0));
  const auto pending = letters.pending_forward("wire", 10);
  REQUIRE(pending.size() == 1);
  CHECK(pending[0].content.payload == payload.substr(0, 8));
  CHECK(pending[0].payload_bytes == 14);
  CHECK(pending[0].content.pointer == "/headline");
  CHECK(pending[0].content.position == "news/0@17");
  CHECK(letters.pending_forward("other", 10).empty());
  letters.mark_forwarded(std::span(&id, 1), at_minute(1));
  CHECK(letters.pending_forward("wire", 10).empty());
  CHECK(letters.list("", 10).at(0).forwarded);
  for (int i = 0; i < 20; ++i) letters.record(letter, at_minute(i));
  CHECK(letters.count() == 5);
}

TEST_CASE("a dead letter keeps its record's key, headers and time, and is either forwarded or refused") {
  const TempFolder folder;
  StorageOptions options;
  options.max_dead_letters = 2;
  auto connection = open_new(folder.file(), options);
  DeadLetters letters(connection, options);
  const std::string bytes("\0\xff", 2);
  const std::vector<DeadLetterHeader> headers = {{"ce-type", "story"}, {bytes, bytes}, {"ce-type", ""}, {"none", {}}};
  const DeadLetterContent with{"wire", "", "not JSON", "{", "news/0@17", bytes, headers, at_minute(7)};
  const DeadLetterContent without{"wire", "", "no value", "", "news/0@18", {}, {}, {}, true};
  const auto first = letters.record(with, at_minute(8));
  const auto second = letters.record(without, at_minute(8));
  const auto pending = letters.pending_forward("wire", 10);
  REQUIRE(pending.size() == 2);
  CHECK(pending[0].content.key == bytes);
  CHECK(pending[0].content.headers == headers);
  CHECK(pending[0].content.record_at == at_minute(7));
  CHECK_FALSE(pending[1].content.key);
  CHECK(pending[1].content.headers.empty());
  CHECK_FALSE(pending[1].content.record_at);
  CHECK_FALSE(pending[0].content.tombstone);
  CHECK(pending[1].content.tombstone);
  letters.mark_refused(first, "Message size too large");
  letters.mark_forwarded(std::span(&second, 1), at_minute(9));
  CHECK(letters.pending_forward("wire", 10).empty());
  const auto all = letters.list("", 10);
  CHECK(all.at(1).refused == "Message size too large");
  CHECK_FALSE(all.at(1).forwarded);
  CHECK(all.at(0).forwarded);
  CHECK(all.at(0).refused.empty());
  letters.record(without, at_minute(10));  // the first one goes, with its headers
  auto left = connection.prepare("SELECT count(*) FROM dead_letter_header");
  REQUIRE(left.step());
  CHECK(left.integer(0) == 0);
}
