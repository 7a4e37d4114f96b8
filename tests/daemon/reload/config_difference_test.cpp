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
      "[[ingest.post]]\nname = 'p'\npath = '/in/p'\n",
      "[daemon]\nlisten = ['127.0.0.1:2']\nlog = { level = 'debug', format = 'json' }\n"
      "[[ingest.post]]\nname = 'p'\npath = '/in/p'\nlanguage = 'en'\n[model]\nthreads = 2\n");
  CHECK(changed.refused ==
        Texts{"daemon.listen", "daemon.log.format", "ingest.post[1].language", "model.threads", "storage.min_free"});
  CHECK(changed.changes == Texts{"log level debug"});
}

TEST_CASE("difference: certificate and rates are taken over, but a listener speaks TLS or does not until a restart") {
  const std::string plain = "[daemon]\nmax_requests_per_second = 5\n", tls = "[daemon.tls]\ncertificate = 'a.pem'\n";
  const auto rates = between(plain, "[daemon]\nmax_requests_per_second = 7\nmax_request_burst = 9\n");
  CHECK(rates.refused.empty());
  CHECK(rates.changes == Texts{"max_request_burst 9", "max_requests_per_second 7"});
  CHECK(between(tls, "[daemon.tls]\ncertificate = 'b.pem'\nkey = 'b.key'\n").empty());
  CHECK(between("", tls).refused == Texts{"daemon.tls.certificate"});
  CHECK(between(tls, "").refused == Texts{"daemon.tls.certificate"});
}

TEST_CASE("difference: feeds by their names, each with its keys") {
  const auto feed = [](const std::string& name, const std::string& more = "") {
    return "[[ingest.feed]]\nname = '" + name + "'\nurl = 'https://feed.example/" + name + "'\n" + more;
  };
  const auto changed =
      between(feed("fed") + feed("ecb") + feed("boj"),
              feed("sec") + feed("ecb", "interval = '5m'\nheaders = { x-desk = 'a' }\n") + feed("fed"));
  CHECK(changed.refused.empty());
  CHECK(changed.changes == Texts{"feed ecb changed (headers.x-desk, interval)", "feed sec added", "feed boj removed"});
  CHECK(changed.added_feeds == Texts{"sec"});
  CHECK(changed.changed_feeds == Texts{"ecb"});
  CHECK(changed.removed_feeds == Texts{"boj"});
}

TEST_CASE("difference: Kafka sources by their names, each with its keys") {
  const auto kafka = [](const std::string& name, const std::string& more = "") {
    return "[[ingest.kafka]]\nname = '" + name + "'\nbrokers = 'b'\ntopics = ['" + name + "']\n" + more;
  };
  const auto changed = between(kafka("wire") + kafka("desk"),
                               kafka("filings") + kafka("wire", "language = 'en'\nfields = { id = '/key' }\n"));
  CHECK(changed.refused.empty());
  CHECK(changed.changes == Texts{"Kafka source filings added", "Kafka source wire changed (fields.id, language)",
                                 "Kafka source desk removed"});
  CHECK(changed.added_kafka == Texts{"filings"});
  CHECK(changed.changed_kafka == Texts{"wire"});
  CHECK(changed.removed_kafka == Texts{"desk"});
}

TEST_CASE("difference: outputs by their names, each with its keys") {
  const auto output = [](const std::string& name, const std::string& more = "") {
    return "[[output.kafka]]\nname = '" + name + "'\nbrokers = 'b'\nalerts = '" + name + "'\n" + more;
  };
  const auto changed = between(output("desk") + output("lake"),
                               output("risk") + output("desk", "batch = 7\nfrom = 'now'\nlinger = '100ms'\n"));
  CHECK(changed.refused.empty());
  CHECK(changed.changes == Texts{"output desk changed (batch)", "output risk added", "output lake removed"});
  CHECK(changed.added_outputs == Texts{"risk"});
  CHECK(changed.changed_outputs == Texts{"desk"});
  CHECK(changed.removed_outputs == Texts{"lake"});
  CHECK(changed.of_outputs());
}

TEST_CASE("difference: a bundle of authorities counts with its content") {
  const tests::ScratchFolder folder;
  const std::string text = kWebhook +
                           "ca_file = 'ca.pem'\n[[ingest.feed]]\nname = 'fed'\nurl = 'https://feed.example/'\n" +
                           "ca_file = 'ca.pem'\n";
  folder.write("ca.pem", "one");
  const auto before = parsed(text, folder.path.string());
  CHECK(difference(before, parsed(text, folder.path.string())).empty());
  folder.write("ca.pem", "two");
  const auto renewed = difference(before, parsed(text, folder.path.string()));
  CHECK(renewed.changes == Texts{"feed fed changed (ca_file)", "webhook w changed (ca_file)"});
  CHECK(renewed.refused.empty());
}

TEST_CASE("difference: a key that is written out with its default is none, wherever it stands") {
  const std::string feed = "[[ingest.feed]]\nname = 'fed'\nurl = 'https://feed.example/'\n";
  const std::string kafka = "[[ingest.kafka]]\nname = 'k'\nbrokers = 'b'\ntopics = ['t']\ngroup = 'g'\n";
  const std::string short_text = kRule + "[[alerts.rule]]\nname = 'b'\nseverity = 'info'\n" + kWebhook + feed + kafka;
  const std::string long_text =
      "[daemon]\nlisten = ['127.0.0.1:8080']\nproxy_trusted = false\nlog = { level = 'info', format = 'text' }\n"
      "[storage]\npath = 'tapewatch.db'\nmin_free = '2GiB'\nretention = { documents = '400d' }\n[model]\nthreads = 0\n"
      "[[alerts.rule]]\nname = 'b'\nseverity = 'info'\nmeasure = 'negative_stories'\ntz = 'UTC'\n"
      "false_alarms = '1 per week'\ngroup_by = ['topic']\nwindows = ['5m','15m','1h','3h','8h','24h','72h','168h']\n" +
      kRule + "severity = 'critical'\nmin_stories = 5\nmute = []\ncalendar = []\n" + kWebhook +
      "timeout = '15s'\nformat = 'tapewatch'\n" + feed + "interval = '60s'\nmax_redirects = 5\n" + kafka +
      "start = 'latest'\nformat = 'json'\n";
  for (const auto& change : {between(short_text, long_text), between(long_text, short_text)}) {
    CHECK(change.refused == Texts{});
    CHECK(change.changes == Texts{});
  }
  // Another value is a change, also where the other file says nothing.
  const auto other = between(short_text, short_text + "start = 'earliest'\n[storage]\nmin_free = '3GiB'\n");
  CHECK(other.refused == Texts{"storage.min_free"});
  CHECK(other.changes == Texts{"Kafka source k changed (start)"});
}

TEST_CASE("difference: a place or a step of the preset, written out, is no change") {
  const std::string kafka = "[[ingest.kafka]]\nname = 'k'\nbrokers = 'b'\ntopics = ['t']\ngroup = 'g'\n";
  const std::string post = "[[ingest.post]]\nname = 'p'\npath = '/in/p'\n";
  const auto changes = [](const std::string& running, const std::string& loaded) {
    const auto there = between(running, loaded), back = between(loaded, running);
    CHECK(there.refused == back.refused);
    CHECK(there.changes == back.changes);
    return there.changes.empty() ? there.refused : there.changes;
  };
  const std::string plain =
      "preset = 'canonical'\ntime_zone = 'UTC'\nitems = []\ndecode = {}\nactions = {}\nlanguage = ''\n"
      "fields = { id = '/id' }\n";
  CHECK(changes(kafka, kafka + plain) == Texts{});
  CHECK(changes(post, post + plain) == Texts{});
  CHECK(changes(kafka, kafka + "items = ''\n") == Texts{});
  // Of a preset with places of its own.
  const std::string own = "items = ['$.results[*]', '$']\nfields = { body = '/description' }\n";
  const std::string preset = "preset = 'polygon'\n";
  CHECK(changes(kafka + preset, kafka + preset + own) == Texts{});
  CHECK(changes(kafka, kafka + own) == Texts{"Kafka source k changed (fields.body, items)"});
  // What differs from them is a change.
  CHECK(changes(kafka, kafka + "decode = { '/payload' = 'gzip' }\nfields = { id = '/key', title = '' }\n") ==
        Texts{"Kafka source k changed (decode./payload, fields.id, fields.title)"});
  CHECK(changes(post, post + preset + "time_zone = 'Asia/Tokyo'\nactions = { gone = 'remove' }\n") ==
        Texts{"ingest.post[1].actions.gone", "ingest.post[1].preset", "ingest.post[1].time_zone"});
}

TEST_CASE("difference: the watch lists, by their entries") {
  using Entities = std::vector<ingest::WatchedEntity>;
  const Entities before = {{"a", "Alpha", {}, "", "", "", "", {}}, {"b", "Beta", {}, "", "", "", "", {}}};
  Entities after = {{"a", "Alpha", {"Al"}, "", "", "", "", {}}, {"c", "Gamma", {}, "", "", "", "", {}}};
  CHECK(watchlist_difference(before, before).empty());
  CHECK(watchlist_difference(before, after) == "watch list: 1 added, 1 changed, 1 removed");
  CHECK(watchlist_difference(before, {before[1], before[0]}) == "watch list: in another order");
}
