#include "daemon/reload/config_difference.hpp"

#include "config/toml/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;

namespace {

using Texts = std::vector<std::string>;

config::Config parsed(const std::string& text, const std::string& folder = ".") {
  auto loaded = config::parse(text, {.name = "t.toml", .folder = folder, .data_dir = folder});
  for (const auto& error : loaded.errors) UNSCOPED_INFO(config::to_string(error));
  REQUIRE(loaded.ok());
  return std::move(loaded.config);
}

ConfigDifference between(const std::string& running, const std::string& loaded) {
  return difference(parsed(running), parsed(loaded));
}

const std::string kRule = "[[alerts.rule]]\nname = 'a'\n";
const std::string kWebhook = "[[alerts.webhook]]\nname = 'w'\nurl = 'https://x.example/'\n";

}  // namespace

TEST_CASE("difference: comments, order and spelling change nothing") {
  const auto same =
      between(kRule + "severity = 'info'\nmin_stories = 4\n" + kWebhook,
              "# another day\n" + kWebhook + "[[alerts.rule]]\nmin_stories=0x4\nseverity=\"info\"\nname='a'\n");
  CHECK(same.empty());
}

TEST_CASE("difference: rules, calendars and webhooks by their names, each with its keys") {
  const std::string calendar = "[[alerts.calendar]]\nname = 'c'\ndays = ['2026-12-25']\nlearn = false\n";
  const auto changed =
      between(kRule + "labels = { team = 'x', desk = 'y' }\n[[alerts.rule]]\nname = 'b'\n" + calendar + kWebhook,
              "[[alerts.rule]]\nname = 'c'\n" + kRule + "labels = { team = 'z' }\nwhere = { source = ['wire'] }\n" +
                  calendar + "[[alerts.calendar]]\nname = 'c'\ndays = ['2027-01-01']\nlearn = false\n" + kWebhook +
                  "timeout = '20s'\n[[alerts.webhook]]\nname = 'v'\nurl = 'https://y.example/'\n");
  CHECK(changed.refused.empty());
  CHECK(changed.changes == Texts{"rule a changed (labels.desk, labels.team, where.source)", "rule c added",
                                 "rule b removed", "calendar c changed (entry 2: days, entry 2: learn, entry 2: name)",
                                 "webhook v added", "webhook w changed (timeout)"});
  CHECK(changed.added_webhooks == Texts{"v"});
  CHECK(changed.changed_webhooks == Texts{"w"});
  CHECK(changed.removed_webhooks.empty());
  CHECK(between(kWebhook, "").removed_webhooks == Texts{"w"});
}

TEST_CASE("difference: silences by their content") {
  const std::string one =
      "[[alerts.silence]]\nmatch = { rule = ['a'] }\nfrom = 2026-11-01T00:00:00Z\nto = 2026-12-01T00:00:00Z\nby = "
      "'Ana'\n";
  CHECK(between(kRule + one, one + kRule).empty());
  const auto changed = between(kRule + one, kRule + one + "comment = 'known'\n");
  CHECK(changed.refused.empty());
  REQUIRE(changed.changes.size() == 2);
  CHECK(changed.changes[0].ends_with(" added"));
  CHECK(changed.changes[1].ends_with(" ended"));
}

TEST_CASE("difference: heartbeats by their webhook") {
  const std::string beat = "[[alerts.heartbeat]]\nwebhook = 'w'\n";
  CHECK(between(kWebhook + beat, kWebhook + beat + "interval = '60m'\n").empty());
  CHECK(between(kWebhook, kWebhook + beat).changes == Texts{"heartbeat of w added"});
  CHECK(between(kWebhook + beat, kWebhook + beat + "interval = '2h'\n").changes == Texts{"heartbeat of w changed"});
  CHECK(between(kWebhook + beat, kWebhook).changes == Texts{"heartbeat of w removed"});
  CHECK(between(kWebhook + beat, kWebhook).refused.empty());
}

TEST_CASE("difference: a file that a value names counts with its content, which is nowhere shown") {
  const tests::ScratchFolder folder;
  const std::string text =
      kWebhook + "secret_file = ['one', 'two']\n[[alerts.webhook]]\nname = 'v'\nurl = { file = 'url' }\n";
  folder.write("one", "whsec_" + std::string(40, 'A') + "\n");
  folder.write("two", "whsec_" + std::string(40, 'B') + "\n");
  folder.write("url", "https://chat.example/hunter2\n");
  const auto before = parsed(text, folder.path.string());
  CHECK(difference(before, parsed(text, folder.path.string())).empty());
  folder.write("two", "whsec_" + std::string(40, 'C') + "\n");
  folder.write("url", "https://chat.example/hunter3\n");
  const auto after = parsed(text, folder.path.string());
  CHECK(difference(before, after).changes == Texts{"webhook v changed (url)", "webhook w changed (secret_file)"});
  for (const auto& [path, value] : after.values) {
    CHECK(value.find("hunter") == std::string::npos);
    CHECK(value.size() == 12);
  }
}

TEST_CASE("difference: what only a restart changes is named key by key") {
  const auto changed = between(
      "[daemon]\nlisten = ['127.0.0.1:1']\nlog = { level = 'info', format = 'text' }\n[storage]\nmin_free = '1GiB'\n"
      "[[ingest.feed]]\nname = 'fed'\nurl = 'https://feed.example/'\n",
      "[daemon]\nlisten = ['127.0.0.1:2']\nlog = { level = 'debug', format = 'json' }\n"
      "[[ingest.feed]]\nname = 'fed'\nurl = 'https://feed.example/'\nlanguage = 'en'\n[model]\nthreads = 2\n");
  CHECK(changed.refused ==
        Texts{"daemon.listen", "daemon.log.format", "ingest.feed[1].language", "model.threads", "storage.min_free"});
  CHECK(changed.changes == Texts{"log level debug"});
}

TEST_CASE("difference: the watch lists, by their entries") {
  using Entities = std::vector<ingest::WatchedEntity>;
  const Entities before = {{"a", "Alpha", {}, "", "", "", "", {}}, {"b", "Beta", {}, "", "", "", "", {}}};
  Entities after = {{"a", "Alpha", {"Al"}, "", "", "", "", {}}, {"c", "Gamma", {}, "", "", "", "", {}}};
  CHECK(watchlist_difference(before, before).empty());
  CHECK(watchlist_difference(before, after) == "watch list: 1 added, 1 changed, 1 removed");
  CHECK(watchlist_difference(before, {before[1], before[0]}) == "watch list: in another order");
}
