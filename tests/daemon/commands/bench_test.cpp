#include "daemon/commands/bench/bench.hpp"

#include <set>
#include <sstream>
#include <thread>

#include "config/toml/load.hpp"
#include "daemon/commands/bench/bench_configuration.hpp"
#include "daemon/commands/bench/bench_news.hpp"
#include "daemon/commands/bench/pipeline_record.hpp"
#include "daemon/commands/bench/quantiles.hpp"
#include "daemon/commands/bench/scoring_alone.hpp"
#include "daemon/commands/bench/scoring_speed.hpp"
#include "daemon/commands/bench/start_cost.hpp"
#include "ingest/story/story_key.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/script_server.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

TEST_CASE("bench: a quantile is a value that occurred, and none of nothing") {
  CHECK(quantile({}, 0.5) == 0);
  CHECK(quantile({4, 1, 3, 2}, 0) == 1);
  CHECK(quantile({4, 1, 3, 2}, 0.5) == 3);
  CHECK(quantile({4, 1, 3, 2}, 1) == 4);
}

TEST_CASE("bench: no two documents tell the same story, and every twentieth is grave") {
  BenchNews news({"Bank opens a branch", "Markets little changed"});
  std::set<std::string> ids, stories;
  int grave = 0;
  for (int i = 0; i < 400; ++i) {
    const auto document = news.next();
    ids.insert(document.id);
    stories.insert(ingest::story_key(document.title));
    grave += document.grave ? 1 : 0;
  }
  CHECK(ids.size() == 400);
  CHECK(stories.size() == 400);
  CHECK(grave == 20);
}

TEST_CASE("bench: the daemon's configuration is one that check accepts, whatever the folder is called") {
  BenchOptions options;
  options.precision = "int8";
  options.threads = 3;
  const auto loaded = config::parse(bench_configuration(options, "/tmp/a \"folder\"", 8080), {.folder = "/tmp"});
  for (const auto& error : loaded.errors) UNSCOPED_INFO(config::to_string(error));
  REQUIRE(loaded.ok());
  CHECK(loaded.config.daemon.data_dir == "/tmp/a \"folder\"");
  CHECK(loaded.config.daemon.listen == std::vector<std::string>{"127.0.0.1:8080"});
  CHECK(loaded.config.model.precision == "int8");
  CHECK(loaded.config.model.threads == 3);
  CHECK(loaded.config.model.cache_bytes == 0);
  CHECK(loaded.config.rules.size() == 1);
}

TEST_CASE("bench: a webhook's wait is that of the document whose story fired") {
  PipelineRecord record;
  const auto now = PipelineRecord::Clock::now();
  record.committed("a quiet one", false, now - 1s);
  record.committed("a grave one", true, now - 2s);
  record.fired();
  const auto body = [](const std::string& type, const std::string& title) {
    return R"({"type":")" + type + R"(","data":{"top_stories":[{"title":")" + title + R"("}]}})";
  };
  for (const auto& other :
       {body("alert.resolved", "a grave one"), body("alert.firing", "another"), body("alert.firing", "a quiet one"),
        std::string(R"({"type":"digest"})"), std::string("[]"), std::string("{")}) {
    record.received(other);
  }
  CHECK(record.webhooks() == 0);
  record.received(body("alert.firing", "a grave one"));
  CHECK(record.wait(
      0ms, [](auto commits, auto alerts, auto webhooks) { return commits == 2 && alerts == 1 && webhooks == 1; }));
  CHECK(record.told().p50 >= 2000);
  CHECK(record.stored().p99 >= 2000);
  record.begin();
  CHECK(record.commits() == 0);
  CHECK_FALSE(record.wait(1ms, [](auto commits, auto, auto) { return commits > 0; }));
}

TEST_CASE("bench: every shape that the model reads is measured, and each lane beside the other") {
  const auto model = model::test::TinyModel().load();  // 48 tokens
  std::vector<std::string> told;
  const auto found = measure_scoring(model, {"bank falls", "profit rises, the loss falls"}, {.threads = 2, .rounds = 1},
                                     [&](const std::string& what) { told.push_back(what); });
  CHECK(told == std::vector<std::string>{"scoring: round 1 of 1"});
  REQUIRE(found.shapes.size() == 6);
  for (const auto& shape : found.shapes) CHECK(shape.texts_per_second > 0);
  CHECK(found.shapes.back().tokens == 32);
  CHECK(found.headlines_per_second > 0);
  CHECK(found.tokens_per_headline > 3);
  for (const auto& waits : {found.alone, found.request_meanwhile, found.news_meanwhile, found.beside_history}) {
    CHECK(waits.p50 > 0);
    CHECK(waits.p99 >= waits.p50);
  }
  CHECK(!found.share_of_peak);  // fp32
  CHECK(found.peak_gops >= 0);
}

TEST_CASE("bench: the pipeline's news is scored alone as often as there is time for") {
  ScoringAlone alone(model::test::TinyModel().load(), 2, {"bank falls", "profit rises, the loss falls"});
  CHECK(alone.measure(20ms) > 0);
  CHECK(alone.measure(20ms) > 0);
}

TEST_CASE("bench: what cannot be read is named, and nothing is measured") {
  std::ostringstream out, err;
  BenchOptions options;
  options.headlines = "/nowhere/headlines.txt";
  CHECK(run_bench(options, out, err) == 1);
  CHECK(err.str() == "bench: /nowhere/headlines.txt: cannot be read\n");
  options = {};
  options.kernels = "sse9";
  CHECK(run_bench(options, out, err) == 1);
  CHECK(err.str().find("sse9") != std::string::npos);
  CHECK(out.str().empty());
}

TEST_CASE("bench: a daemon that does not take the headlines says why") {
  const auto why = [](const std::string& answer) -> std::string {
    boost::asio::io_context io;
    const script_test::ScriptServer server(io, answer);
    const std::jthread serving([&io] { io.run(); });
    std::string said = "nothing";
    try {
      push_headlines(server.url(""), {"Bank opens a branch"});
    } catch (const std::runtime_error& error) {
      said = error.what();
    }
    io.stop();
    return said;
  };
  const std::string body = R"({"status":503,"detail":"ingestion is paused until there is more free disk space"})";
  CHECK(why("HTTP/1.1 503 Busy\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body) ==
        "the daemon does not take the headlines: the daemon answers 503: ingestion is paused until there is more free "
        "disk space");
  CHECK(why("HTTP/1.1 500 Oh\r\nContent-Length: 2\r\n\r\n[]") ==
        "the daemon does not take the headlines: the daemon answers 500");
  CHECK(why("").starts_with("the daemon does not take the headlines: "));
  CHECK(why(script_test::answer_200("{}")) == "nothing");
}
