// [[output.kafka]] as it is written, and what is refused.
#include "tests/config/config_text.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;
using namespace tapewatch::config;
using namespace tapewatch::config::test;

namespace {

using Lines = std::vector<std::string>;

std::string output(const std::string& more = "", const std::string& name = "desk") {
  return "[[output.kafka]]\nname = '" + name + "'\nbrokers = 'b:1'\ndocuments = 'docs'\n" + more + "\n";
}

}  // namespace

TEST_CASE("an output has topics, bounds and a connection of its own") {
  const tests::ScratchFolder folder;
  folder.write("kafka.properties", "# secrets\nsasl.password = s3cret\nsecurity.protocol=PLAINTEXT\n");
  const auto loaded =
      parse(output("alerts = 'alerts'\nfrom = 'beginning'\nbatch = 50\nlinger = '2s'\nmax_backlog = 5000\n"
                   "properties = { 'security.protocol' = 'SASL_SSL' }\n"
                   "properties_file = 'kafka.properties'"),
            {"t.toml", folder.path.string(), "."});
  for (const auto& error : loaded.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(loaded.ok());
  const auto& found = loaded.config.outputs.at(0);
  CHECK(found.topics() == Lines{"docs", "alerts"});
  CHECK(found.from == ingest::OutputStart::beginning);
  CHECK(found.batch == 50);
  CHECK(found.linger == std::chrono::seconds(2));
  CHECK(found.max_backlog == 5'000);
  CHECK(found.id() == "tapewatch-desk");
  CHECK(found.properties.at("security.protocol") == "SASL_SSL");  // the configuration comes before the file
  CHECK(found.properties.at("sasl.password") == "s3cret");
}

TEST_CASE("an output with one topic for both names it once; its id may be its own") {
  const auto loaded = parse_text(output("alerts = 'docs'\ntransactional_id = 'ours'"));
  REQUIRE(loaded.ok());
  CHECK(loaded.config.outputs.at(0).topics() == Lines{"docs"});
  CHECK(loaded.config.outputs.at(0).id() == "ours");
  CHECK(loaded.config.outputs.at(0).from == ingest::OutputStart::now);
}

TEST_CASE("what is wrong with an output is told with its place") {
  CHECK(errors_of("[[output.kafka]]\n") ==
        Lines{"t.toml:1:1: output.kafka[1]: 'name' is missing", "t.toml:1:1: output.kafka[1]: 'brokers' is missing",
              "t.toml:1:1: output.kafka[1]: needs the topic 'documents', 'alerts', or "
              "both"});
  CHECK(errors_of(output("alert = 'a'")) ==
        Lines{"t.toml:5:1: unknown key 'output.kafka[1].alert' (did you mean 'alerts'?)"});
  CHECK(
      errors_of(output("from = 'begining'")) ==
      Lines{"t.toml:5:8: output.kafka[1].from: 'begining' is not one of: now, beginning (did you mean 'beginning'?)"});
  CHECK(errors_of(output("alerts = 'a b'")) ==
        Lines{"t.toml:5:10: output.kafka[1].alerts: a topic has 1 to 249 letters, digits, '.', '_' or '-'"});
  CHECK(errors_of(output("batch = 0")).size() == 1);
  CHECK(errors_of("[output.kafak]\n").at(0).find("did you mean 'kafka'?") != std::string::npos);
}

TEST_CASE("properties on which exactly-once depends cannot be set for an output") {
  for (const char* name : {"transactional.id", "enable.idempotence", "acks", "request.required.acks", "group.id",
                           "isolation.level", "bootstrap.servers", "enable.auto.commit"}) {
    INFO(name);
    const auto errors = errors_of(output("properties = { '" + std::string(name) + "' = '1' }"));
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("is tapewatch's own") != std::string::npos);
  }
}

TEST_CASE("outputs share neither name nor transactional id, and publish nothing that comes back as news") {
  CHECK(errors_of(output() + output()) == Lines{"t.toml:7:8: the output 'desk' is already defined in line 2"});
  CHECK(errors_of(output() + output("transactional_id = 'tapewatch-desk'", "other")) ==
        Lines{"t.toml:10:20: the transactional_id 'tapewatch-desk' of these brokers is already that of 'desk'"});
  CHECK(errors_of("[[ingest.kafka]]\nname = 'wire'\nbrokers = 'b:1'\ntopics = ['docs']\n" + output()) ==
        Lines{"t.toml:8:13: the topic 'docs' is read by the source 'wire': what is published would come back as news"});
}
