#include "storage/alert/events.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

TEST_CASE("each new document and revision is an event; the table keeps to its bound") {
  const TempFolder folder;
  StorageOptions options;
  options.event_rows = 10;
  auto connection = open_new(folder.file(), options);
  DocumentWriter writer(connection, options);
  const EventReader events(connection);
  CHECK(events.oldest() == 0);
  CHECK(events.newest() == 0);
  auto row = document("wire", "1", at_minute(0), "Say \"hello\"\n\x01");
  row.entities = {entity("acme")};
  store(connection, writer, row);
  store(connection, writer, row);
  const auto first = events.after(0, 100);
  REQUIRE(first.size() == 1);
  CHECK(first[0].type == "document");
  auto json = connection.prepare(
      "SELECT json ->> 'id', json ->> 'title', json ->> '$.probabilities.negative', json ->> '$.entities[0].id', "
      "json ->> 'published_at', json ->> 'sentiment' FROM event");
  REQUIRE(json.step());
  CHECK(json.text(0) == "1");
  CHECK(json.text(1) == "Say \"hello\"\n\x01");
  CHECK(json.real(2) == Approx(0.7));
  CHECK(json.text(3) == "acme");
  CHECK(json.text(4) == "2026-03-02T09:00:00.000Z");
  CHECK(json.real(5) == Approx(-0.6));
  json.reset();
  for (int i = 2; i <= 30; ++i) store(connection, writer, document("wire", std::to_string(i), at_minute(i), "T"));
  CHECK(events.newest() == 30);
  CHECK(events.oldest() == 21);
  CHECK(events.after(28, 100).size() == 2);
  CHECK(events.after(0, 3).at(0).id == 21);
}
