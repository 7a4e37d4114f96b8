#include "storage/alert/audit.hpp"

#include "storage/maintain/retention.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

using Targets = std::vector<std::string>;

void append(Connection& connection, std::int64_t minute, const std::string& action, const std::string& target) {
  Transaction transaction(connection);
  Audit(connection).append({0, at_minute(minute), "duty", "operate", action, target, R"({"by":"Ana"})"});
  transaction.commit();
}

Targets targets(const Audit& audit, AuditQuery query) {
  Targets found;
  query.limit = 2;
  for (;;) {
    const auto page = audit.list(query);
    CHECK(page.items.size() <= 2);
    for (const auto& entry : page.items) found.push_back(entry.target);
    if (!page.next_cursor) return found;
    query.cursor = *page.next_cursor;
  }
}

}  // namespace

TEST_CASE("the audit is listed newest first, by action, target and time, page by page") {
  const TempFolder folder;
  auto connection = open_new(folder.file());
  append(connection, 0, "alert.acknowledge", "a");
  append(connection, 1, "silence.add", "s1");
  append(connection, 2, "alert.acknowledge", "b");
  append(connection, 3, "silence.end", "s1");
  append(connection, 4, "alert.acknowledge", "a");
  const Audit audit(connection);
  CHECK(targets(audit, {}) == Targets{"a", "s1", "b", "s1", "a"});
  CHECK(targets(audit, {.action = "alert.acknowledge"}) == Targets{"a", "b", "a"});
  CHECK(targets(audit, {.target = "s1"}) == Targets{"s1", "s1"});
  CHECK(targets(audit, {.from = at_minute(1), .to = at_minute(3)}) == Targets{"b", "s1"});
  CHECK(targets(audit, {.action = "silence.end", .target = "a"}).empty());
  const auto entry = audit.list({.limit = 1}).items.at(0);
  CHECK(entry.seq == 5);
  CHECK(entry.at == at_minute(4));
  CHECK(entry.who == "duty");
  CHECK(entry.role == "operate");
  CHECK(entry.detail_json == R"({"by":"Ana"})");
  CHECK_THROWS_AS(audit.list({.cursor = "nonsense"}), std::invalid_argument);
  CHECK_THROWS_AS(audit.list({.target = "a", .cursor = *audit.list({.limit = 1}).next_cursor}), std::invalid_argument);
}

TEST_CASE("an entry that is not committed is not there, and those that are outlive a restart and retention") {
  const TempFolder folder;
  {
    auto connection = open_new(folder.file());
    append(connection, 0, "webhook.enable", "desk");
    const Transaction never_committed(connection);
    Audit(connection).append({0, at_minute(1), "duty", "operate", "webhook.enable", "mail", "{}"});
  }
  auto connection = Connection::open_writer(folder.file());
  Transaction transaction(connection);
  Retention(connection, {}).sweep(at_minute(0) + hours(24 * 365 * 20), 1'000);
  transaction.commit();
  CHECK(targets(Audit(connection), {}) == Targets{"desk"});
}
