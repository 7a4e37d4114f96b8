#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "config/zone_data.hpp"
#include "daemon/commands/check.hpp"
#include "daemon/commands/query/query.hpp"
#include "daemon/load_parts.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;
namespace fs = std::filesystem;

namespace {

using Folder = tests::ScratchFolder;

}  // namespace

TEST_CASE("check reports the configuration's, the watch list's and the model's errors with their places") {
  const Folder folder;
  folder.write("watchlist.csv", "id,name\nacme,Acme\nacme,Acme Again\n");
  const auto config = folder.write("t.toml",
                                   "[daemon]\ndata_dir = '.'\n[ingest.entities]\nwatchlist = 'watchlist.csv'\n"
                                   "[model]\npath = 'nothing-here'\n[storage]\npth = 1\n");
  std::ostringstream out, err;
  CHECK(run_check({config}, out, err) == 2);
  CHECK(out.str().empty());
  CHECK(err.str().find("t.toml:8:1: unknown key 'storage.pth' (did you mean 'path'?)\n") != std::string::npos);
  CHECK(err.str().find("watchlist.csv:3:1: ") != std::string::npos);
  CHECK(err.str().find("t.toml:6:1: model.path: ") != std::string::npos);
  CHECK(err.str().find("nothing-here: expected") != std::string::npos);
  CHECK(err.str().find("nothing-here") == err.str().rfind("nothing-here"));
}

TEST_CASE("check reports Kafka properties that librdkafka refuses, and a missing watch list") {
  const Folder folder;
  folder.write("more.properties", "also.unknown=1\nssl.key.password=hush\n");
  const auto config = folder.write(
      "t.toml",
      "[daemon]\ndata_dir = '.'\n[ingest.entities]\nwatchlist = 'none.csv'\n[[ingest.kafka]]\nname = 'wire'\n"
      "brokers = 'localhost:9092'\ntopics = ['news']\nproperties_file = 'more.properties'\n[ingest.kafka.properties]\n"
      "'no.such.prop' = '1'\n'security.protocol' = 'NOPE'\n'fetch.wait.max.ms' = '100'\n");
  std::ostringstream out, err;
  CHECK(run_check({config}, out, err) == 2);
  CAPTURE(err.str());
  CHECK(err.str().find("t.toml:11:1: the property 'no.such.prop': unknown to librdkafka") != std::string::npos);
  CHECK(err.str().find("t.toml:12:1: the property 'security.protocol': its value is not accepted") !=
        std::string::npos);
  CHECK(err.str().find("t.toml:9:1: the property 'also.unknown': ") != std::string::npos);
  CHECK(err.str().find("fetch.wait") == std::string::npos);
  CHECK(err.str().find("hush") == std::string::npos);
  CHECK(err.str().find("t.toml:4:1: ingest.entities.watchlist: cannot read ") != std::string::npos);
  CHECK(err.str().find("none.csv") == err.str().rfind("none.csv"));
}

TEST_CASE("check warns of a webhook without a secret where the receiver could check it, and calls the rest fine") {
  const Folder folder;
  const auto config =
      folder.write("t.toml",
                   "[daemon]\ndata_dir = '.'\n[[alerts.webhook]]\nname = 'desk'\nurl = 'https://alerts.example.com/'\n"
                   "[[alerts.webhook]]\nname = 'chat'\nformat = 'slack'\nurl = 'https://hooks.slack.example/'\n");
  std::ostringstream out, err;
  CHECK(run_check({config}, out, err) == 0);
  CHECK(out.str().find(", tzdata " + config::installed_zone_version() + "\n") != std::string::npos);
  CHECK(err.str().find("t.toml:3:1: warning: the webhook 'desk' has no secret") != std::string::npos);
  CHECK(err.str().find("'chat'") == std::string::npos);
}

TEST_CASE("check refuses rules by topic if the model has no topics, including the default grouping") {
  const Folder folder;
  fs::create_directory(folder.path / "model");
  const model::test::TinyModel model({.topics = false});
  folder.write("model/config.json", model.config_json());
  folder.write("model/vocab.txt", model.vocab_txt);
  folder.write("model/model.safetensors", model.safetensors());
  const auto check = [&](const std::string& rules, std::string& errors) {
    const auto config = folder.write("t.toml", "[daemon]\ndata_dir = '.'\n[model]\npath = 'model'\n" + rules);
    std::ostringstream out, err;
    const int status = run_check({config}, out, err);
    errors = err.str();
    return status;
  };
  std::string errors;
  CHECK(check("[[alerts.rule]]\nname = 'by-topic'\ngroup_by = ['source', 'topic']\n", errors) == 2);
  CHECK(errors.find("t.toml:7:1: the rule 'by-topic' groups by topic, and this model has no topics") !=
        std::string::npos);
  CHECK(check("[[alerts.rule]]\nname = 'default'\n", errors) == 2);
  CHECK(errors.find("t.toml:5:1: the rule 'default' groups by topic") != std::string::npos);
  CHECK(check("[[alerts.rule]]\nname = 'x'\ngroup_by = []\nwhere = { topic = ['earnings'] }\n", errors) == 2);
  CHECK(errors.find("the topic 'earnings' is not in the model") != std::string::npos);
  for (const char* fine : {"[]", "['source']", "['entity']"}) {
    CHECK(check(std::string("[[alerts.rule]]\nname = 'x'\ngroup_by = ") + fine + "\n", errors) == 0);
    CHECK(errors.empty());
  }
}

TEST_CASE("check refuses rules by risk events if the model tells none, and takes negative stories for grave ones") {
  const Folder folder;
  fs::create_directory(folder.path / "model");
  const model::test::TinyModel model;
  folder.write("model/config.json", model.config_json());
  folder.write("model/vocab.txt", model.vocab_txt);
  folder.write("model/model.safetensors", model.safetensors());
  const auto check = [&](const std::string& rule, std::string& errors) {
    const auto config = folder.write("t.toml",
                                     "[daemon]\ndata_dir = '.'\n[model]\npath = 'model'\n[[alerts.rule]]\n"
                                     "name = 'x'\nmeasure = 'story'\n" +
                                         rule);
    std::ostringstream out, err;
    const int status = run_check({config}, out, err);
    errors = err.str();
    return status;
  };
  std::string errors;
  CHECK(check("min_gravity = 'serious'\n", errors) == 2);
  CHECK(errors.find("t.toml:8:1: min_gravity: the model tells no risk events; use min_negative") != std::string::npos);
  CHECK(check("events = ['fraud']\n", errors) == 2);
  CHECK(errors.find("the risk event 'fraud' is not in the model") != std::string::npos);
  CHECK(check("min_negative = 0.9\n", errors) == 0);
  CHECK(check("", errors) == 0);
  CHECK(errors.empty());
  auto loaded = config::load((folder.path / "t.toml").string());
  REQUIRE(load_parts(loaded).model);
  CHECK(loaded.config.rules.at(0).min_negative == 0.95);
  CHECK_FALSE(loaded.config.rules.at(0).min_gravity);
}

TEST_CASE("check of a missing file says so, exit status 2") {
  std::ostringstream out, err;
  CHECK(run_check({"/nonexistent/t.toml"}, out, err) == 2);
  CHECK(err.str() == "/nonexistent/t.toml: cannot be read: No such file or directory\n");
}

TEST_CASE("an impossible query is refused before anything is read") {
  const auto status = [](QueryOptions options) {
    std::ostringstream out, err;
    return run_query(options, out, err);
  };
  QueryOptions options;
  options.db = "/nonexistent/x.db";
  options.what = "documents";
  CHECK(status(options) == 1);
  options.plot = true;
  CHECK(status(options) == 2);
  options.plot = false;
  options.filters = {{"limit", "-5"}};
  CHECK(status(options) == 2);
  options.filters = {{"colour", "red"}};
  CHECK(status(options) == 2);
  options = {};
  options.what = "documents";
  for (const std::string url : {"nonsense", "ftp://x/", "http://", "127.0.0.1:8080"}) {
    options.url = url;
    CHECK(status(options) == 2);
  }
  options.url = "http://user:hush@127.0.0.1:1";
  std::ostringstream out, err;
  CHECK(run_query(options, out, err) == 1);
  CHECK(err.str().find("127.0.0.1:1") != std::string::npos);
  CHECK(err.str().find("hush") == std::string::npos);
}
