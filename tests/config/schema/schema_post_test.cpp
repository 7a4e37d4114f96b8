// [[ingest.post]] as it is written, and what is refused.
#include "config/toml/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch;
using namespace tapewatch::config;

namespace {

std::vector<std::string> errors_of(const std::string& text, const std::string& folder = ".") {
  std::vector<std::string> errors;
  for (const auto& error : parse(text, {"t.toml", folder, "."}).errors) errors.push_back(to_string(error));
  return errors;
}

std::string post(const std::string& more, const std::string& name = "benzinga", const std::string& path = "/in/bz") {
  return "[[ingest.post]]\nname = '" + name + "'\npath = '" + path + "'\n" + more + "\n";
}

std::vector<std::string> one(std::string text) { return {std::move(text)}; }

}  // namespace

TEST_CASE("a source that receives by HTTP takes the keys of Kafka's records") {
  const tests::ScratchFolder folder;
  folder.write("token", "t0ps3cret\n");
  const auto loaded =
      parse(post("token_file = 'token'\ntoken_header = 'X-Token'\npreset = 'benzinga'\nlanguage = 'en'\n"
                 "time_zone = 'America/New_York'\nactions = { spiked = 'remove' }\nitems = '$.data[*]'\n"
                 "decode = { '/x' = 'base64' }\nfields = { title = ['/a', '/b'], source = '@header:X-Pub' }"),
            {"t.toml", folder.path.string(), "."});
  for (const auto& error : loaded.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(loaded.ok());
  const auto& source = loaded.config.ingest.posts.at(0);
  CHECK(source.name == "benzinga");
  CHECK(source.path == "/in/bz");
  CHECK(source.token == "t0ps3cret");
  CHECK(source.token_header == "X-Token");
  CHECK(source.preset == "benzinga");
  CHECK(source.actions.at("spiked") == ingest::Action::remove);
  CHECK(source.fields.title == ingest::FieldPlaces{"/a", "/b"});
  CHECK(source.items == ingest::FieldPlaces{"$.data[*]"});
  CHECK(source.decode.at("/x") == "base64");
}

TEST_CASE("the path of a source is neither the API's nor another's, and its name is its own") {
  CHECK(errors_of(post("", "a", "/v1/documents")) ==
        one("t.toml:3:8: ingest.post[1].path: '/v1' belongs to the daemon's own interface; take a path such as "
            "\"/in/benzinga\""));
  CHECK(errors_of(post("", "a", "/x/") + post("", "b", "/icon.svg")).size() == 2);
  CHECK(errors_of(post("", "a") + post("", "b")) == one("t.toml:7:8: the path '/in/bz' is already that of 'a'"));
  CHECK(errors_of("[[ingest.feed]]\nname = 'bz'\nurl = 'https://x/'\n" + post("", "bz")) ==
        one("t.toml:5:8: the source 'bz' is already defined in line 2"));
  CHECK(errors_of("[[ingest.post]]\nname = 'a'\n") == one("t.toml:1:1: ingest.post[1]: 'path' is missing"));
}

TEST_CASE("beyond loopback a source needs a token, which no message quotes") {
  const tests::ScratchFolder folder;
  folder.write("tokens", "desk read sha256:" + std::string(64, '0') + "\n");
  const std::string far = "[daemon]\nlisten = ['127.0.0.1:0', '0.0.0.0:8080']\n[daemon.auth]\ntokens_file = '" +
                          folder.at("tokens") + "'\n";
  CHECK(errors_of(far + post("")) == one("t.toml:5:1: ingest.post[1]: 0.0.0.0:8080 can be reached from other machines: "
                                         "the source needs token or token_file"));
  CHECK(errors_of(far + post("token = 't0ps3cret'")).empty());
  CHECK(errors_of(post("")).empty());
  for (const char* bad : {"token = 'hunter 2'", "token = ''", "token = 'hunter2'\ntoken_file = 'missing'"}) {
    CAPTURE(bad);
    const auto errors = errors_of(post(bad));
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].find("hunter") == std::string::npos);
  }
  CHECK(errors_of(post("token_header = 'X-Token'")) ==
        one("t.toml:4:16: ingest.post[1]: there is no token for this header"));
  CHECK(errors_of(post("token = 't'\ntoken_header = 'X Token'")).size() == 1);
}
