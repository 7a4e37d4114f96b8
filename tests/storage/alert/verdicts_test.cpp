#include "storage/alert/verdicts.hpp"

#include "tests/storage/alert/alert_support.hpp"
#include "tests/support/catch.hpp"

using namespace storage_test;

namespace {

struct Judged : AlertFixture {
  /// `verdict` "": seen, without one.
  void acknowledge(const std::string& alert, const std::string& verdict) {
    write([&] {
      connection
          .prepare(
              "INSERT INTO acknowledgement (alert, at, author, comment, verdict, token) SELECT number, 0, 'ann', "
              "'', nullif(?2, ''), '' FROM alert WHERE id = ?1")
          .bind_all(alert, verdict)
          .run();
    });
  }
};

}  // namespace

TEST_CASE("of what a rule fired, the last verdict on each alert counts") {
  Judged f;
  for (const char* id : {"useful", "noise", "duplicate", "changed", "seen", "untold"}) {
    f.record(id, 1, "firing", {}, at_minute(5));
  }
  f.record("pending", 1, "pending", {}, at_minute(6), "pending");
  f.acknowledge("useful", "useful");
  f.acknowledge("useful", "");  // a comment later on takes no verdict back
  f.acknowledge("noise", "noise");
  f.acknowledge("duplicate", "duplicate");
  f.acknowledge("changed", "noise");
  f.acknowledge("changed", "useful");
  f.acknowledge("seen", "");
  f.acknowledge("pending", "noise");  // never fired

  const Verdicts verdicts(f.connection);
  const auto counts = verdicts.of_alerts_begun("burst", at_minute(0), at_minute(1));
  CHECK(counts.fired == 6);
  CHECK(counts.useful == 2);
  CHECK(counts.noise == 1);
  CHECK(counts.duplicate == 1);
  CHECK(counts.unjudged() == 2);
  CHECK(verdicts.of_alerts_begun("burst", at_minute(1), at_minute(9)).fired == 0);
  CHECK(verdicts.of_alerts_begun("other", at_minute(0), at_minute(9)).fired == 0);

  const auto alerts = verdicts.alerts_begun("burst", at_minute(0), at_minute(1));
  REQUIRE(alerts.size() == 6);
  CHECK(alerts[3].id == "changed");
  CHECK(alerts[3].verdict == "useful");
  CHECK(alerts[3].key_json == R"({"topic":"earnings"})");
  CHECK(alerts[5].verdict.empty());
}

TEST_CASE("an account's week is that in which an alert was stored as firing, once") {
  Judged f;
  f.record("a", 1, "pending", {}, at_minute(1), "pending");
  f.record("a", 2, "firing", {}, at_minute(10));
  f.record("a", 3, "firing", {}, at_minute(20));  // a calendar had kept it back
  f.record("a", 4, "resolved", {}, at_minute(30));
  f.acknowledge("a", "useful");
  const Verdicts verdicts(f.connection);
  CHECK(verdicts.of_alerts_stored("burst", at_minute(0), at_minute(10)).fired == 0);
  CHECK(verdicts.of_alerts_stored("burst", at_minute(10), at_minute(20)).useful == 1);
  CHECK(verdicts.of_alerts_stored("burst", at_minute(20), at_minute(90)).fired == 0);
}
