// The whole table of refused configurations, with `run` beside `check`: tests/e2e/daemon/refused_test.py.
#include "daemon/check_configuration.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "ingest/kafka/kafka_check.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/test_certificates.hpp"

using namespace tapewatch;
namespace fs = std::filesystem;

namespace {

using Folder = tests::ScratchFolder;

}  // namespace

TEST_CASE("a configuration is refused with every error at its key, in the file's order") {
  const Folder folder;
  folder.write("more.properties", "security.protocol=SSL\nssl.ca.location=/nonexistent/hunter2.pem\n");
  const auto path = folder.write("t.toml",
                                 "[storage]\npath = 'missing/t.db'\n[daemon]\ndata_dir = '.'\n"
                                 "external_url = 'https://u:hunter2@desk.example:99999/'\n"
                                 "[[ingest.feed]]\nname = 'fed'\nurl = 'https://feed.example/'\nca_file = 'none.pem'\n"
                                 "[[ingest.kafka]]\nname = 'wire'\nbrokers = '127.0.0.1:9'\ntopics = ['news']\n"
                                 "properties_file = 'more.properties'\n"
                                 "[[output.kafka]]\nname = 'desk'\nbrokers = '127.0.0.1:9'\nalerts = 'told'\n"
                                 "properties = { 'linger' = '5' }\n");
  std::ostringstream err;
  CHECK_FALSE(read_configuration("check", path, err));
  std::istringstream lines(err.str());
  const std::pair<const char*, const char*> expected[] = {
      {":2:1: storage.path: ", "missing' does not exist"},
      {":5:16: daemon.external_url: ", "check the host and the port"},
      {":9:1: ingest.feed[1].ca_file: ", "none.pem"},
      {":14:1: the property 'ssl.ca.location': ", "No such file"},
      {":19:16: the property 'linger': ", "unknown to librdkafka"}};
  std::string line;
  for (const auto& [place, part] : expected) {
    REQUIRE(std::getline(lines, line));
    CAPTURE(line);
    CHECK(line.starts_with(path + place));
    CHECK(line.find(part) != std::string::npos);
  }
  CHECK_FALSE(std::getline(lines, line));
  CHECK(err.str().find("hunter2") == std::string::npos);
}

TEST_CASE("a configuration that can be used comes with its parts and its warnings, and nothing was made") {
  const Folder folder;
  const auto path = folder.write(
      "t.toml", "[daemon]\ndata_dir = 'data'\n[[alerts.webhook]]\nname = 'w'\nurl = 'http://x.example/'\n");
  std::ostringstream err;
  const auto checked = read_configuration("run", path, err);
  REQUIRE(checked);
  CHECK(err.str().empty());
  CHECK(checked->parts.model != nullptr);
  CHECK(checked->parts.finder != nullptr);
  CHECK(checked->warnings.size() == 1);
  CHECK_FALSE(fs::exists(folder.path / "data"));
}

TEST_CASE("the listener's certificate is checked at its key: errors for a start, and warnings") {
  const Folder folder;
  const script_test::Authority authority;
  const auto pair = authority.server_pem("DNS:localhost", -7200, -3600);
  folder.write("tls.pem", pair.certificate);
  const std::string text = "[daemon]\ndata_dir = '.'\n[daemon.tls]\ncertificate = 'tls.pem'\n";
  const auto path = folder.write("t.toml", text);
  std::ostringstream err;
  CHECK_FALSE(read_configuration("check", path, err));
  CHECK(err.str().starts_with(path + ":3:9: daemon.tls.key: " + folder.at("tls.pem") + " holds no private key in PEM"));
  CHECK(read_and_check(path).loaded.ok());  // a daemon that runs goes on with the certificate that it has

  folder.write("tls.pem", pair.certificate + pair.key);
  const auto checked = read_configuration("check", path, err);
  REQUIRE(checked);
  REQUIRE(checked->certificate.certificate != nullptr);
  std::string warnings;
  for (const auto& warning : checked->warnings) warnings += config::to_string(warning) + "\n";
  INFO(warnings);
  CHECK(warnings.find(path + ":4:1: warning: daemon.tls.certificate: ") != std::string::npos);
  CHECK(warnings.find("tls.pem expired on 20") != std::string::npos);
}

TEST_CASE("a former topic means the one that holds its texts, with a warning at its place") {
  const Folder folder;
  const auto path = folder.write(
      "t.toml", "[daemon]\ndata_dir = 'data'\n[[alerts.rule]]\nname = 'r'\nwhere.topic = ['financials', 'macro']\n");
  std::ostringstream err;
  const auto checked = read_configuration("run", path, err);
  REQUIRE(checked);
  CHECK(checked->loaded.config.rules.at(0).where.topic == std::vector<std::string>{"earnings", "macro"});
  REQUIRE(checked->warnings.size() == 1);
  CHECK(
      config::to_string(checked->warnings[0]).starts_with(path + ":5:16: warning: the topic 'financials' is part of"));
}

TEST_CASE("a silence of the configuration that is over is warned of at its place, by name") {
  const Folder folder;
  const std::string silence = "[[alerts.silence]]\nmatch = { rule = ['a'] }\nby = 'Ana'\n";
  const auto path = folder.write("t.toml", "[daemon]\ndata_dir = 'data'\n[[alerts.rule]]\nname = 'a'\n" + silence +
                                               "to = 2026-01-05T08:00:00Z\n" + silence + "to = 9999-01-01T00:00:00Z\n");
  std::ostringstream err;
  const auto checked = read_configuration("check", path, err);
  REQUIRE(checked);
  REQUIRE(checked->warnings.size() == 1);
  CHECK(
      config::to_string(checked->warnings[0]) ==
      path +
          ":8:1: warning: the silence of rule = a by Ana ended at 2026-01-05T08:00:00.000Z and silences nothing; take "
          "it out, or let it end later");
}

TEST_CASE("SCRAM is warned of at the property's place where this machine's librdkafka is too old for Kafka 4") {
  const Folder folder;
  folder.write("login.properties", "sasl.username=desk\nsasl.password=hunter2\nsasl.mechanism=SCRAM-SHA-256\n");
  const auto path = folder.write("t.toml",
                                 "[daemon]\ndata_dir = 'data'\n[[ingest.kafka]]\nname = 'wire'\n"
                                 "brokers = '127.0.0.1:9'\ntopics = ['news']\nproperties_file = 'login.properties'\n");
  std::ostringstream err;
  const auto checked = read_configuration("check", path, err);
  REQUIRE(checked);
  const bool too_old = ingest::librdkafka_version() < 0x02060100;
  REQUIRE(checked->warnings.size() == (too_old ? 1 : 0));
  if (!too_old) return;
  const std::string warning = config::to_string(checked->warnings[0]);
  CHECK(warning.starts_with(path + ":7:1: warning: the property 'sasl.mechanism': librdkafka "));
  CHECK(warning.find("hunter2") == std::string::npos);
}
