#include "daemon/commands/online/online_check.hpp"

#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "daemon/commands/online/source_items.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/script_server.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using script_test::ScriptServer;

namespace asio = boost::asio;

namespace {

std::string answer(unsigned status, const std::string& type, const std::string& body) {
  return "HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" + body;
}

const std::string kRss =
    "<rss version='2.0'><channel><title>t</title>"
    "<item><guid>1</guid><title>Halden Bank opens a branch</title></item></channel></rss>";

/// A publisher and a receiver on a thread of their own: the tries block.
struct Outside {
  explicit Outside(unsigned status = 200)
      : feed(io, answer(200, "application/rss+xml", kRss)), receiver(io, answer(status, "text/plain", "")) {
    thread = std::thread([this] { io.run(); });
  }
  ~Outside() { end(); }
  void end() {
    io.stop();
    if (thread.joinable()) thread.join();
  }

  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(io);
  ScriptServer feed, receiver;
  std::thread thread;
};

config::Config config_of(const Outside& outside, const tests::ScratchFolder& folder) {
  config::Config config;
  config.daemon.proxy = "";  // whatever the environment says
  config.storage.path = (folder.path / "t.db").string();
  config.storage.min_free = 0;
  ingest::FeedOptions feed;
  feed.name = "gazette";
  feed.url = outside.feed.url("/rss");
  config.ingest.feeds = {feed};
  alerts::WebhookOptions webhook;
  webhook.name = "desk";
  webhook.url = outside.receiver.url("/hook?secret=1");
  config.webhooks = {webhook};
  return config;
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("check --online: a line for each thing, and no address of a webhook beyond its host") {
  const tests::ScratchFolder folder;
  const Outside outside;
  auto config = config_of(outside, folder);
  std::ostringstream out;
  CHECK(check_online(config, {}, out));
  CHECK(has(out.str(), "ok: secrets: user "));
  CHECK(has(out.str(), "ok: disk: "));
  CHECK(has(out.str(), "ok: feed gazette: 200, 1 item"));
  CHECK(has(out.str(), "ok: webhook desk: " + outside.receiver.url("") + " can be reached; nothing was sent"));
  CHECK_FALSE(out.str().find("secret=1") != std::string::npos);
}

TEST_CASE("check --online: what fails says why and what mends it, and the others are tried") {
  const tests::ScratchFolder folder;
  const Outside outside(403);
  auto config = config_of(outside, folder);
  config.daemon.proxy = "http://user:hush@127.0.0.1:1";
  config.daemon.no_proxy = {"127.0.0.1"};
  config.storage.min_free = ~std::uint64_t{0};
  auto gone = config.ingest.feeds[0];
  gone.name = "gone";
  gone.url = outside.receiver.url("/feed");
  config.ingest.feeds.push_back(gone);
  OnlineOptions options;
  options.test_webhooks = true;
  std::ostringstream out;
  CHECK_FALSE(check_online(config, options, out));
  CHECK(has(out.str(), "failed: disk: "));
  CHECK(has(out.str(), "ingestion would pause; free some space"));
  CHECK(has(out.str(), "failed: proxy: connect: 127.0.0.1 port 1: Connection refused"));
  CHECK(has(out.str(), "ok: feed gazette: 200, 1 item"));
  CHECK(has(out.str(), "failed: feed gone: http_status: "));
  CHECK(has(out.str(), "some publishers want `auth`"));
  CHECK(has(out.str(), "failed: webhook desk: " + outside.receiver.url("") + ": HTTP 403: it does not take the test"));
  CHECK_FALSE(out.str().find("hush") != std::string::npos);
}

TEST_CASE("check --online: the test event is sent only when asked for") {
  const tests::ScratchFolder folder;
  std::ostringstream out;
  {
    Outside outside;
    OnlineOptions options;
    options.test_webhooks = true;
    CHECK(check_online(config_of(outside, folder), options, out));
    CHECK(has(out.str(), "answered 200 to the test event"));
    outside.end();
    const auto& requests = outside.receiver.requests();
    REQUIRE(
        std::any_of(requests.begin(), requests.end(), [](const auto& one) { return one.starts_with("POST /hook"); }));
  }
  Outside outside;
  check_online(config_of(outside, folder), {}, out);
  outside.end();
  for (const auto& request : outside.receiver.requests()) CHECK(request.empty());
}

TEST_CASE("check --online: a certificate that ends soon fails what is fine otherwise") {
  const std::chrono::sys_seconds now{1'800'000'000s};
  OnlineItem item{"feed fed", true, "200, 3 items"};
  judge_certificate(item, std::nullopt, {}, now);
  judge_certificate(item, now + 168h, {}, now);
  CHECK(item.ok);
  judge_certificate(item, now + 167h, {}, now);
  CHECK_FALSE(item.ok);
  CHECK(item.detail == "its certificate expires on 2027-01-22; it has to be renewed");
  item.ok = true;
  judge_certificate(item, now - 1s, {}, now);
  CHECK(item.detail.starts_with("its certificate expired on 2027-01-15"));
  CHECK(certificate_words(now) == ", certificate until 2027-01-15");
}

TEST_CASE("check --online: what brokers answer, in words") {
  ingest::KafkaOptions source;
  source.name = "wire";
  source.brokers = "b1:9092";
  source.group = "desk";
  source.dead_letter_topic = "rejected";
  ingest::KafkaProbe probe;
  probe.error = "b1:9092/bootstrap: Connect refused";
  CHECK(judge_brokers(source, probe).detail.starts_with("b1:9092: b1:9092/bootstrap: Connect refused; see `brokers`"));
  probe = {.error = "", .brokers = 3, .topics = {{"news", 1, ""}, {"rejected", 4, ""}}, .group_error = ""};
  const auto fine = judge_brokers(source, probe);
  CHECK(fine.ok);
  CHECK(fine.thing == "kafka wire");
  CHECK(fine.detail == "3 brokers, news (1 partition), rejected (dead letters) (4 partitions)");
  probe.topics[1].error = "is unknown to the broker";
  probe.group_error = "Group authorization failed";
  const auto bad = judge_brokers(source, probe);
  CHECK_FALSE(bad.ok);
  CHECK(bad.detail.starts_with("topic rejected (dead letters): is unknown to the broker; group desk: Group auth"));
}

TEST_CASE("check --online: results are in the order of the tries, and an exception fails its own thing") {
  std::vector<OnlineTry> tries;
  for (int i = 0; i < 20; ++i) {
    tries.push_back({"number " + std::to_string(i), [i]() -> OnlineItem {
                       if (i == 7) throw std::runtime_error("no such file");
                       return {"number " + std::to_string(i), true, ""};
                     }});
  }
  const auto items = try_all(tries, 3);
  REQUIRE(items.size() == 20);
  for (int i = 0; i < 20; ++i) {
    CHECK(items[static_cast<std::size_t>(i)].thing == "number " + std::to_string(i));
    CHECK(items[static_cast<std::size_t>(i)].ok == (i != 7));
  }
  CHECK(items[7].detail == "no such file");
  CHECK(try_all({}, 3).empty());
}
