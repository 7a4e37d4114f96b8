#include <sstream>

#include "daemon/commands/map.hpp"
#include "daemon/commands/print_fields.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

namespace tapewatch {
namespace {

struct Ran {
  int status = 0;
  std::string out, err;
};

Ran run(const MapOptions& options, const std::string& input = {}) {
  std::istringstream in(input);
  std::ostringstream out, err;
  const int status = run_map(options, in, out, err);
  return {status, out.str(), err.str()};
}

TEST_CASE("map shows what a record becomes, with what could not be read") {
  MapOptions options;
  options.files = {"-"};
  options.record.preset = "polygon";
  options.record.fields = {"title=/missing", "title=/title", "source=@header:publisher", "id=@key"};
  options.headers = {"publisher=PR"};
  options.key = "k-1";
  const Ran ran = run(options, R"({"title":"Mill closes","published_utc":"soon","tickers":["KSMR"]})");
  CHECK(ran.err.empty());
  CHECK(ran.status == 0);
  CHECK(ran.out.starts_with(R"({"id":"k-1","source":"PR","title":"Mill closes")"));
  CHECK(ran.out.find(R"("named":["KSMR"])") != std::string::npos);
  CHECK(ran.out.find(R"("warnings":[{"pointer":"/published_utc","detail":"expected a time, found \"soon\""}])") !=
        std::string::npos);
}

TEST_CASE("map prints a line for each document and tells what would be a dead letter") {
  MapOptions options;
  options.files = {"-"};
  options.record.items = {"$.data[*]"};
  const Ran ran = run(options, R"({"data":[{"title":"One"},{"url":"https://x/1"}]})");
  CHECK(ran.status == 1);
  CHECK(ran.out.find(R"("id":"stdin/0/0#0")") != std::string::npos);
  CHECK(ran.out.ends_with("{\"error\":{\"pointer\":\"/title\",\"detail\":\"missing\"}}\n"));
}

TEST_CASE("map reads a source of a configuration, and wrong usage is told") {
  const tests::ScratchFolder dir;
  const std::string path =
      dir.write("t.toml", "[[ingest.kafka]]\nname='wire'\nbrokers='b:1'\ntopics=['t']\nfields={title='/h'}\n");
  MapOptions options;
  options.files = {"-"};
  options.config = path;
  options.record.source = "wire";
  CHECK(run(options, R"({"h":"Mill closes"})").out.find(R"("source":"wire","title":"Mill closes")") !=
        std::string::npos);
  options.record.source = "other";
  CHECK(run(options).err == "tapewatch map: the configuration has no Kafka or post source 'other'\n");
  options = {};
  options.files = {"-"};
  options.record.fields = {"headline=/h"};
  CHECK(run(options).err == "tapewatch map: there is no field 'headline'\n");
  options.record.fields = {"title=h"};
  CHECK(run(options).status == 2);
  options = {};
  options.files = {dir.at("none")};
  CHECK(run(options).status == 1);
}

TEST_CASE("the fields of every preset are printed in the configuration's language") {
  ingest::KafkaOptions source;
  source.name = "wire";
  source.preset = "newsapi";
  source.fields.url = ingest::FieldPlaces{};
  std::ostringstream out;
  print_fields({source}, out);
  CHECK(
      out.str().starts_with("# the source \"wire\", preset \"newsapi\"\nformat = \"json\"\n"
                            "items = [\"$.articles[*]\", \"$\"]\nfields.id = \"/url\"\n"));
  CHECK(out.str().find("# preset = \"debezium\"") != std::string::npos);
  CHECK(out.str().find("decode.\"/payload/after\" = \"json\"") != std::string::npos);
}

}  // namespace
}  // namespace tapewatch
