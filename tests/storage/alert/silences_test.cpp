#include "storage/alert/silences.hpp"

#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

/// From the given minute for an hour.
SilenceRow silence(const std::string& team, std::int64_t minute) {
  SilenceRow row;
  row.match = {{"team", {team, "night desk"}}, {"severity", {"warning"}}};
  row.from = at_minute(minute);
  row.to = at_minute(minute + 60);
  row.by = "Ana";
  row.comment = "maintenance\n\"planned\"";
  row.token = "duty";
  row.created_at = at_minute(0);
  return row;
}

SilenceRow configured(const std::string& id, std::int64_t minute) {
  SilenceRow row = silence(id, minute);
  row.id = id;
  row.token.clear();
  return row;
}

struct Fixture {
  TempFolder folder;
  Connection connection = open_new(folder.file());
  Silences silences{connection};

  template <class Change>
  auto write(const Change& change) {
    Transaction transaction(connection);
    const auto result = change();
    transaction.commit();
    return result;
  }
  std::string add(const SilenceRow& row) {
    return write([&] { return silences.add(row); });
  }
  SilenceEnd end(const std::string& id, TimePoint now) {
    return write([&] { return silences.end(id, "other duty", now); });
  }
  bool configure(const std::vector<SilenceRow>& rows, TimePoint now) {
    const auto changed = write([&] { return silences.configure(rows, now); });
    return !changed.added.empty() || !changed.ended.empty();
  }
  std::vector<std::string> active(std::int64_t minute) {
    std::vector<std::string> ids;
    for (const auto& row : silences.active(at_minute(minute))) ids.push_back(row.id);
    return ids;
  }
};

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a silence is stored under an id of its own and is there after a restart") {
  const TempFolder folder;
  std::string id;
  {
    auto connection = open_new(folder.file());
    Transaction transaction(connection);
    id = Silences(connection).add(silence("desk", 5));
    CHECK(Silences(connection).add(silence("desk", 5)) != id);
    transaction.commit();
  }
  auto connection = Connection::open_reader(folder.file());
  const auto row = Silences(connection).find(id);
  REQUIRE(row);
  CHECK(id.size() == 24);
  CHECK(row->match == silence("desk", 5).match);
  CHECK(row->from == at_minute(5));
  CHECK(row->to == at_minute(65));
  CHECK(row->by == "Ana");
  CHECK(row->comment == "maintenance\n\"planned\"");
  CHECK(row->token == "duty");
  CHECK_FALSE(row->configured);
  CHECK_FALSE(row->ended_at);
  CHECK_FALSE(Silences(connection).find("other"));
}

TEST_CASE("a silence is in force from its beginning to just before its end, or until it is ended") {
  Fixture f;
  const auto first = f.add(silence("a", 10));   // 10 to 70
  const auto second = f.add(silence("b", 30));  // 30 to 90
  CHECK(f.active(9).empty());
  CHECK(f.active(10) == Ids{first});
  CHECK(f.active(69) == Ids{first, second});
  CHECK(f.active(70) == Ids{second});
  CHECK(f.active(90).empty());
  CHECK(*f.silences.next_change(at_minute(0)) == at_minute(10));
  CHECK(*f.silences.next_change(at_minute(10)) == at_minute(30));
  CHECK(*f.silences.next_change(at_minute(30)) == at_minute(70));
  CHECK_FALSE(f.silences.next_change(at_minute(90)));

  CHECK(f.end(first, at_minute(40)) == SilenceEnd::ended);
  CHECK(f.active(40) == Ids{second});
  const auto row = *f.silences.find(first);
  CHECK(*row.ended_at == at_minute(40));
  CHECK(row.ended_by == "other duty");
  CHECK(row.to == at_minute(70));
  CHECK(row.until() == at_minute(40));
  CHECK(row.state(at_minute(41)) == "expired");
  CHECK(f.end(first, at_minute(41)) == SilenceEnd::over);
  CHECK(f.end(second, at_minute(90)) == SilenceEnd::over);
  CHECK(f.end("other", at_minute(41)) == SilenceEnd::unknown);
  CHECK(number(f.connection, "SELECT count(*) FROM silence") == 2);  // none is erased
}

TEST_CASE("a silence that is ended before it begins never comes into force") {
  Fixture f;
  const auto id = f.add(silence("a", 10));
  CHECK(f.silences.find(id)->state(at_minute(0)) == "pending");
  CHECK(f.end(id, at_minute(5)) == SilenceEnd::ended);
  CHECK(f.silences.find(id)->state(at_minute(5)) == "expired");
  CHECK(f.active(20).empty());
}

TEST_CASE("silences of the configuration follow it and cannot be ended elsewhere") {
  Fixture f;
  CHECK(f.configure({configured("a", 0), configured("b", 0)}, at_minute(1)));
  CHECK_FALSE(f.configure({configured("a", 0), configured("b", 0)}, at_minute(2)));  // a restart
  CHECK(f.silences.find("a")->created_at == at_minute(1));
  CHECK(f.silences.find("a")->configured);
  CHECK(f.end("a", at_minute(3)) == SilenceEnd::configured);
  const auto by_api = f.add(silence("c", 0));
  const auto changed = f.write([&] { return f.silences.configure(std::vector{configured("b", 0)}, at_minute(4)); });
  CHECK(changed.added.empty());
  REQUIRE(changed.ended.size() == 1);
  CHECK(changed.ended[0].id == "a");
  CHECK(f.active(5) == Ids{"b", by_api});
  CHECK(f.silences.find("a")->ended_by == "configuration");
  CHECK(f.configure({configured("a", 0), configured("b", 0)}, at_minute(6)));
  CHECK(f.active(6) == Ids{"a", "b", by_api});
  CHECK_FALSE(f.configure({}, at_minute(100)));  // both were over
  CHECK_FALSE(f.configure({configured("late", 0)}, at_minute(100)));
  CHECK_FALSE(f.silences.find("late"));
  CHECK_FALSE(f.silences.find("a")->ended_at);
}

TEST_CASE("silences are paged newest first, by their state") {
  Fixture f;
  Ids ids;
  for (int i = 0; i < 5; ++i) ids.push_back(f.add(silence("a", 60 * i)));
  f.end(ids[4], at_minute(10));
  const auto listed = [&](std::optional<std::string> state) {
    SilenceQuery query{.state = std::move(state), .now = at_minute(130), .limit = 2};
    Ids seen;
    for (;;) {
      const auto page = f.silences.list(query);
      CHECK(page.items.size() <= 2);
      for (const auto& row : page.items) seen.push_back(row.id);
      if (!page.next_cursor) return seen;
      query.cursor = *page.next_cursor;
    }
  };
  CHECK(listed(std::nullopt) == Ids{ids[4], ids[3], ids[2], ids[1], ids[0]});
  CHECK(listed("expired") == Ids{ids[4], ids[1], ids[0]});
  CHECK(listed("active") == Ids{ids[2]});
  CHECK(listed("pending") == Ids{ids[3]});
  CHECK_THROWS_AS(f.silences.list({.cursor = "nonsense"}), std::invalid_argument);
}
