// Reloads against the parts of a daemon that runs: its writer's thread, its database, its io thread.
#include "daemon/reloader.hpp"

#include <spdlog/sinks/ostream_sink.h>

#include <future>
#include <sstream>

#include "daemon/io_thread.hpp"
#include "daemon/loop_options.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"
#include "storage/alert/audit.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/source/source_coverage.hpp"
#include "storage/source/source_positions.hpp"
#include "tests/daemon/observe/notify_socket.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scored_records.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/test_certificates.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using Outcome = ReloadResult::Outcome;

namespace {

const TimePoint kFrom = TimePoint(std::chrono::milliseconds(1'767'600'000'000));  // 2026-01-05T08:00:00Z
const std::string kRule = "[[alerts.rule]]\nname = 'negative-burst'\ngroup_by = ['entity']\n";
const std::string kWebhook = "[[alerts.webhook]]\nname = 'desk'\nurl = 'http://127.0.0.1:9/'\n";
const std::string kWatchlist = "id,name,tags\nhalden,Halden Bank,own\nostrava,Ostrava Steel,\n";

/// What the composer wires, as far as a reload touches it.
class Bench {
 public:
  explicit Bench(const std::string& alerts = kRule, const std::string& more = "")
      : start_(write(alerts, more)),
        model_(start_.parts.model),
        live_({std::make_shared<const config::Config>(start_.loaded.config), start_.parts.finder}),
        database_(storage::Connection::open_writer(live_.config()->storage.path)),
        applier_(database_, applier_options(*live_.config(), model_->version())),
        writer_({}, {.connection = database_,
                     .applier = applier_,
                     .queue = queue_,
                     .clock = clock_,
                     .notifier = notifier_,
                     .metrics = metrics_,
                     .rules = rules_,
                     .log = silent_logger(),
                     .on_fatal = [](const std::string&) {}}),
        webhooks_(io_.context(), webhook_options(*live_.config()), live_.config()->webhooks, queue_, notifier_,
                  metrics_, silent_logger()),
        log_(std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_))),
        reloader_({io_.context(), live_, applier_, queue_, webhooks_, auth_, metrics_, manager_, model_,
                   applier_.options().detector, log_,
                   [this](FeedReplacement next) {
                     const MutexLock lock(mutex_);
                     feeds_ = std::move(next);
                   },
                   certificate_}) {}
  ~Bench() {
    reloader_.stop();
    queue_.close();
    writer_.join();
    io_.stop();
  }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// Stores the burst, and starts the writer's thread.
  Bench& run(bool burst = false) {
    if (burst) {
      storage::Transaction transaction(database_);
      for (Scored& record : tests::quiet_then_burst(kFrom)) {
        record.model_version = model_->version();
        applier_.apply(record, record.scored_at);
      }
      applier_.finish();
      transaction.commit();
    }
    writer_.start();
    io_.start([](const std::exception&) {});
    return *this;
  }
  /// What an earlier run with another model has stored and learned.
  Bench& taught_by(const std::string& model) {
    ApplierOptions options = applier_.options();
    options.detector.model_version = model;
    Applier earlier(database_, options);
    storage::Transaction transaction(database_);
    for (Scored& record : tests::quiet_then_burst(kFrom)) {
      record.model_version = model;
      earlier.apply(record, record.scored_at);
    }
    earlier.finish();
    transaction.commit();
    applier_.reload();
    return *this;
  }
  CheckedConfiguration write(const std::string& alerts, const std::string& more = "") {
    folder.write("watchlist.csv", watchlist);
    const auto path = folder.write(
        "t.toml", "[daemon]\ndata_dir = '.'\n[ingest.entities]\nwatchlist = 'watchlist.csv'\n" + more + alerts);
    auto checked = read_and_check(path);
    return checked;
  }
  std::future<ReloadResult> begin() {
    auto ended = std::make_shared<std::promise<ReloadResult>>();
    auto future = ended->get_future();
    REQUIRE(reloader_.request({"duty", "operate"}, [ended](const ReloadResult& result) { ended->set_value(result); }));
    return future;
  }
  ReloadResult reload() {
    auto ended = begin();
    REQUIRE(ended.wait_for(60s) == std::future_status::ready);
    return ended.get();
  }
  bool succeeded() const {
    return metrics_.expose().find("tapewatch_config_last_reload_successful 1") != std::string::npos;
  }
  std::int64_t count(const std::string& what) {
    auto reader = storage::Connection::open_reader(live_.config()->storage.path);
    return storage_test::number(reader, "SELECT count(*) FROM " + what);
  }
  /// Runs it on the writer's thread.
  void command(const std::function<void(storage::Connection&)>& change) {
    std::promise<bool> ended;
    Command command;
    command.apply = [&](storage::Connection& connection, TimePoint) { change(connection); };
    command.done = [&](bool committed) { ended.set_value(committed); };
    REQUIRE(queue_.push_command(command));
    REQUIRE(ended.get_future().get());
  }
  /// The writer's thread waits in a commit until the result is set.
  std::promise<void> hold_writer() {
    std::promise<void> go_on;
    Command command;
    command.apply = [waits = go_on.get_future().share()](storage::Connection&, TimePoint) { waits.wait(); };
    REQUIRE(queue_.push_command(command));
    return go_on;
  }
  /// The rows of the audit that tell of reloads, newest first.
  std::vector<storage::AuditEntry> audit() {
    auto reader = storage::Connection::open_reader(live_.config()->storage.path);
    storage::AuditQuery query;
    query.action = "configuration.reload";
    return storage::Audit(reader).list(query).items;
  }
  /// What a reload gives to the loop of the feeds.
  FeedReplacement feeds() {
    const auto end = std::chrono::steady_clock::now() + 60s;
    while (true) {
      REQUIRE(std::chrono::steady_clock::now() < end);
      const MutexLock lock(mutex_);
      if (feeds_) return *std::exchange(feeds_, std::nullopt);
    }
  }
  std::string text() const { return text_.str(); }
  const LiveConfig& live() const { return live_; }
  const Applier& applier() const { return applier_; }
  Reloader& reloader() { return reloader_; }
  std::string certificate() const { return certificate_->get()->facts().names; }
  Authenticator& auth() { return auth_; }

  tests::ScratchFolder folder;
  std::string watchlist = kWatchlist;

 private:
  CheckedConfiguration start_;
  std::shared_ptr<const model::ModelPackage> model_;
  LiveConfig live_;
  storage::Connection database_;
  WriterQueue queue_{100, 10};
  EventClock clock_;
  CommitNotifier notifier_;
  Metrics metrics_{"test", "test"};
  RuleBoard rules_;
  Applier applier_;
  WriterLoop writer_;
  IoThread io_;
  WebhookLoop webhooks_;
  Authenticator auth_;
  ServiceManager manager_;
  std::ostringstream text_;
  std::shared_ptr<spdlog::logger> log_;
  Mutex mutex_;
  std::optional<FeedReplacement> feeds_ GUARDED_BY(mutex_);
  std::shared_ptr<LiveCertificate> certificate_ = listener_certificate(start_.loaded.config.daemon.tls);
  Reloader reloader_;
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("reload: an unchanged file is a success that changes nothing") {
  Bench bench;
  bench.run();
  const auto before = bench.live().config();
  const auto result = bench.reload();
  CHECK(result.outcome == Outcome::unchanged);
  CHECK(result.version == before->version);
  CHECK(bench.live().config() == before);
  CHECK(bench.succeeded());
  CHECK(has(bench.text(), "was read again (token duty): nothing changed"));
}

TEST_CASE("reload: what changed is said in one line, and read by everybody from the commit on") {
  Bench bench(kRule + kWebhook);
  bench.run();
  const auto before = bench.live().config();
  bench.watchlist += "brix,Brixton Chemicals,\n";
  bench.write(kRule + "severity = 'info'\n" + kWebhook + "timeout = '20s'\n", "[daemon.log]\nlevel = 'debug'\n");
  const auto result = bench.reload();
  CHECK(result.outcome == Outcome::changed);
  CHECK(result.previous == before->version);
  CHECK(result.version != before->version);
  CHECK(result.changes == std::vector<std::string>{"log level debug", "rule negative-burst changed (severity)",
                                                   "webhook desk changed (timeout)", "watch list: 1 added"});
  CHECK(bench.live().config()->rules.at(0).severity == "info");
  CHECK(bench.live().finder()->entities().size() == 3);
  CHECK(has(bench.text(), "configuration " + result.version + " has replaced " + before->version +
                              " (token duty): log level debug; "));
  CHECK(before->rules.at(0).severity == "critical");  // who holds the old one is left alone
}

TEST_CASE("reload: every error and every key that only a restart changes is named, and nothing has changed") {
  Bench bench;
  bench.run();
  const auto before = bench.live().config();
  bench.watchlist = "id,name\nhalden\n";
  bench.write(kRule + "severity = 'grave'\nwhere = { topic = ['nonsense'] }\n", "[storage]\nmin_free = '3GiB'\n");
  const auto result = bench.reload();
  CHECK(result.outcome == Outcome::refused);
  REQUIRE(result.errors.size() == 3);
  CHECK(has(config::to_string(result.errors[0]), "t.toml:6:1: storage.min_free: only a restart changes it"));
  CHECK(has(config::to_string(result.errors[1]), "t.toml:10:12: alerts.rule[1].severity: 'grave'"));
  CHECK(has(config::to_string(result.errors[2]), "watchlist.csv:2:1"));
  CHECK(bench.live().config() == before);
  CHECK_FALSE(bench.succeeded());
  CHECK(has(bench.text(), "configuration " + before->version + " stays, the reload is refused (token duty): "));
  // Put right, it is taken over.
  bench.watchlist = kWatchlist;
  bench.write(kRule);
  CHECK(bench.reload().outcome == Outcome::unchanged);
  CHECK(bench.succeeded());
}

TEST_CASE("reload: the audit says who asked, what changed by its names, and how it ended") {
  Bench bench(kRule + kWebhook);
  bench.run();
  const auto first = bench.live().config()->version;
  bench.reload();
  bench.write(kRule + "severity = 'info'\n" + kWebhook + "timeout = '20s'\n");
  const auto second = bench.reload().version;
  bench.write(kRule + "severity = 'hunter2'\n" + kWebhook, "[storage]\nmin_free = '3GiB'\n");
  bench.reload();
  bench.reloader().on_signal();
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (bench.audit().size() < 4) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::yield();
  }
  const auto rows = bench.audit();
  REQUIRE(rows.size() == 4);
  CHECK(rows[3].who == "duty");
  CHECK(rows[3].role == "operate");
  CHECK(rows[3].target == first);
  CHECK(rows[3].detail_json == R"({"result":"unchanged"})");
  CHECK(rows[2].target == second);
  CHECK(rows[2].detail_json == R"({"result":"changed","previous_version":")" + first +
                                   R"x(","changes":["rule negative-burst changed (severity)",)x"
                                   R"x("webhook desk changed (timeout)"]})x");
  CHECK(rows[1].target == second);
  const std::string file = bench.folder.at("t.toml");
  CHECK(rows[1].detail_json == R"({"result":"refused","errors":2,"places":[")" + file + R"(:6:1",")" + file +
                                   R"(:10:12"],"keys":["storage.min_free"]})");
  CHECK(rows[0].who.empty());
  CHECK(rows[0].role == "signal");
  CHECK(rows[0].detail_json == rows[1].detail_json);
  CHECK(has(bench.text(), "the reload is refused (SIGHUP): "));
}

TEST_CASE("reload: a file that is gone, or is no TOML, is one error") {
  Bench bench;
  bench.run();
  bench.folder.write("t.toml", "[daemon\n");
  CHECK(bench.reload().errors.size() == 1);
  std::filesystem::remove(bench.folder.at("t.toml"));
  const auto result = bench.reload();
  CHECK(result.outcome == Outcome::refused);
  REQUIRE(result.errors.size() == 1);
  CHECK(has(result.errors[0].message, "cannot be read"));
}

TEST_CASE("reload: the tokens file is read again though the configuration is the same") {
  Bench bench;
  const std::string line = "desk operate " + config::token_hash("hunter2") + "\n";
  bench.folder.write("tokens", line);
  bench.run();
  bench.write(kRule, "[daemon.auth]\ntokens_file = 'tokens'\n");
  CHECK(bench.reload().changes == std::vector<std::string>{"tokens changed"});
  CHECK(bench.auth().required());
  bench.folder.write("tokens", "desk operate " + config::token_hash("another") + "\n");
  CHECK(bench.reload().changes == std::vector<std::string>{"tokens changed"});
  CHECK(bench.reload().outcome == Outcome::unchanged);
  bench.folder.write("tokens", "desk operate\n");
  CHECK(bench.reload().outcome == Outcome::refused);
  CHECK_FALSE(has(bench.text(), "hunter2"));
}

TEST_CASE("reload: a new certificate is taken over, and a bad one keeps the present one and hinders nothing else") {
  const tests::ScratchFolder files;
  const script_test::Authority authority;
  const auto write = [&](const std::string& name) {
    const auto pair = authority.server_pem("DNS:" + name, -3600, 3600);
    return files.write("tls.pem", pair.certificate + pair.key);
  };
  const std::string tls = "[daemon.tls]\ncertificate = '" + write("one.example") + "'\n";
  Bench bench(kRule, tls);
  bench.run();
  CHECK(bench.reload().outcome == Outcome::unchanged);

  write("two.example");
  const auto renewed = bench.reload();
  REQUIRE(renewed.changes.size() == 1);
  CHECK(has(renewed.changes[0], "certificate: two.example, until 20"));
  CHECK(renewed.warnings.empty());
  CHECK(bench.certificate() == "two.example");
  CHECK(bench.succeeded());

  files.write("tls.pem", "half a fi");
  bench.write(kRule + "severity = 'info'\n", tls);
  const auto kept = bench.reload();
  CHECK(kept.changes == std::vector<std::string>{"rule negative-burst changed (severity)"});
  REQUIRE(kept.warnings.size() == 1);
  CHECK(has(kept.warnings[0], "the certificate in use stays (two.example, until 20"));
  CHECK(has(kept.warnings[0], files.at("tls.pem") + " holds no certificate in PEM"));
  CHECK(bench.certificate() == "two.example");
  CHECK_FALSE(bench.succeeded());
  CHECK(has(bench.text(), kept.warnings[0]));
  CHECK(bench.reload().warnings.size() == 1);  // as long as it is bad
}

TEST_CASE("reload: one runs at a time; a signal during it is followed by another one") {
  Bench bench;
  bench.run();
  auto writer = bench.hold_writer();
  bench.write(kRule + "severity = 'info'\n");
  auto first = bench.begin();
  CHECK_FALSE(bench.reloader().request({}, [](const ReloadResult&) {}));
  bench.reloader().on_signal();
  bench.reloader().on_signal();
  writer.set_value();
  REQUIRE(first.wait_for(60s) == std::future_status::ready);
  CHECK(first.get().outcome == Outcome::changed);
  std::promise<void> third;
  const auto end = std::chrono::steady_clock::now() + 60s;
  while (!bench.reloader().request({}, [&](const ReloadResult&) { third.set_value(); })) {
    REQUIRE(std::chrono::steady_clock::now() < end);
    std::this_thread::yield();
  }
  third.get_future().wait();
  std::size_t unchanged = 0;
  for (auto at = bench.text().find("nothing changed"); at != std::string::npos;
       at = bench.text().find("nothing changed", at + 1)) {
    ++unchanged;
  }
  CHECK(unchanged == 2);
}

TEST_CASE("reload: a stop does not wait for a writer that cannot commit") {
  Bench bench;
  bench.run();
  auto writer = bench.hold_writer();
  bench.write(kRule + "severity = 'info'\n");
  auto ended = bench.begin();
  bench.reloader().stop();
  CHECK(ended.get().outcome == Outcome::stopping);
  bench.reloader().on_signal();  // ignored from now on
  writer.set_value();
}

TEST_CASE("reload: what waits for a webhook that is removed is counted in the log") {
  Bench bench(kRule + kWebhook);
  bench.run(true);
  REQUIRE(bench.count("outbox WHERE webhook = 'desk' AND state = 'pending'") >= 1);
  bench.write(kRule);
  const auto result = bench.reload();
  CHECK(result.changes.at(0) == "webhook desk removed");
  CHECK(has(result.changes.at(1), "for webhook desk stay in the outbox"));
  CHECK(bench.count("outbox WHERE webhook = 'desk' AND state = 'pending'") >= 1);
}

TEST_CASE("reload: feeds are taken over, with the stored state of those that are new, and count as configured") {
  Bench bench;
  bench.run();
  const auto feed = [](const std::string& name, const std::string& more = "") {
    return "[[ingest.feed]]\nname = '" + name + "'\nurl = 'https://feed.example/" + name + "'\n" + more;
  };
  bench.write(kRule, feed("fed") + feed("ecb"));
  CHECK(bench.reload().changes == std::vector<std::string>{"feed ecb added", "feed fed added"});
  CHECK(bench.feeds().feeds.size() == 2);
  CHECK(bench.live().config()->ingest.feeds.size() == 2);
  bench.command([](storage::Connection& connection) {
    storage::SourcePositions(connection).set_feed_state("boj", R"({"format":1})");
    storage::SourceCoverage(connection, {}).success("ecb", wall_now(), 60s);
  });
  bench.write(kRule, feed("fed", "interval = '5m'\n") + feed("boj"));
  CHECK(bench.reload().changes ==
        std::vector<std::string>{"feed boj added", "feed fed changed (interval)", "feed ecb removed"});
  const auto next = bench.feeds();
  REQUIRE(next.feeds.size() == 2);
  CHECK(next.changed == std::vector<std::string>{"fed"});
  CHECK(next.saved == std::map<std::string, std::string>{{"boj", R"({"format":1})"}});
  CHECK(bench.count("source_absence WHERE source = 'ecb'") == 1);
}

TEST_CASE("reload: while the rules go by what an earlier model has taught, a changed one learns from its scores too") {
  Bench bench;
  bench.taught_by("earlier+1");
  REQUIRE(bench.applier().needs_refit());
  bench.run();
  bench.write("[[alerts.rule]]\nname = 'negative-burst'\ngroup_by = ['entity', 'topic']\n");
  const auto result = bench.reload();
  CHECK(result.outcome == Outcome::changed);
  CHECK(has(bench.text(), "rule negative-burst was changed: it learns from the stored history"));
  CHECK(bench.count("alert") == 1);
  CHECK(bench.count("alert WHERE state = 'firing'") == 1);
  const std::map<std::string, std::string> key = {{"entity", "halden"}, {"topic", "earnings"}};
  bool needs_refit = false, warm = false;
  bench.command([&](storage::Connection&) {  // on the writer's thread, where nothing may be asserted
    needs_refit = bench.applier().needs_refit();
    const auto halden = bench.applier().detector().read("negative-burst", key, 15min);
    warm = halden && halden->warm;
  });
  CHECK(needs_refit);
  CHECK(warm);
}

TEST_CASE("reload: the service manager hears of its beginning and its end") {
  tests::NotifySocket systemd;
  Bench bench;
  bench.run();
  bench.reload();
  const std::string begin = systemd.heard();
  CHECK(begin.starts_with("RELOADING=1\nMONOTONIC_USEC="));
  CHECK(systemd.heard() == "READY=1\n");
}
