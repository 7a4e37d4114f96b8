#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "config/tokens.hpp"
#include "config/toml/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace tapewatch::config;
namespace fs = std::filesystem;

namespace {

constexpr const char* kSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

using Folder = tapewatch::tests::ScratchFolder;

struct Environment {
  const char* name;
  Environment(const char* n, const std::string& value) : name(n) { setenv(n, value.c_str(), 1); }
  ~Environment() { unsetenv(name); }
};

LoadResult webhook(const Folder& folder, const std::string& lines) {
  return parse("[[alerts.webhook]]\nname = 'desk'\n" + lines, {"t.toml", folder.path.string(), ""});
}

}  // namespace

TEST_CASE("secrets come from files beside the configuration, from lists of them and from the environment") {
  const Folder folder;
  folder.write("one", std::string(kSecret) + "\n");
  folder.write("two", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
  const Environment variable("TAPEWATCH_TEST_SECRET", kSecret);
  const std::string url = "url = 'https://x.example/h'\n";
  CHECK(webhook(folder, url + "secret_file = 'one'").config.webhooks[0].secrets ==
        std::vector{tapewatch::alerts::WebhookSecret::parse(kSecret).value()});
  CHECK(webhook(folder, url + "secret_file = ['one', 'two']").config.webhooks[0].secrets.size() == 2);
  CHECK(webhook(folder, url + "secret = { env = 'TAPEWATCH_TEST_SECRET' }").config.webhooks[0].secrets.size() == 1);
  CHECK(webhook(folder, url + "secret = [{ file = 'one' }, { file = 'two' }]").config.webhooks[0].secrets.size() == 2);
  CHECK(webhook(folder, url + "secret = { env = 'TAPEWATCH_TEST_NOT_SET' }").errors[0].message ==
        "alerts.webhook[1].secret: the environment variable 'TAPEWATCH_TEST_NOT_SET' is not set");
}

TEST_CASE("a webhook's secrets are parsed by the code that signs") {
  const Folder folder;
  const std::string url = "url = 'https://x.example/h'\n";
  // Without padding, and with bits to spare in the last digit.
  const auto lenient = webhook(folder, url +
                                           "secret = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwaQ', "
                                           "'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwaR==']");
  REQUIRE(lenient.ok());
  REQUIRE(lenient.config.webhooks[0].secrets.size() == 2);
  CHECK(lenient.config.webhooks[0].secrets[0] == lenient.config.webhooks[0].secrets[1]);
  for (const char* key : {"secret", "secret_file"}) {
    const auto none = webhook(folder, url + key + " = []");  // would be sent unsigned
    REQUIRE(none.errors.size() == 1);
    CHECK(none.errors[0].message.find("is empty") != std::string::npos);
  }
  const auto second = webhook(folder, url + "secret = ['" + kSecret + "', 'whsec_short']");
  REQUIRE(second.errors.size() == 1);
  CHECK(to_string(second.errors[0]) == "t.toml:4:53: alerts.webhook[1].secret[2]: what follows whsec_ is not base64");
}

TEST_CASE("any text may come from a file; systemd's credentials come first") {
  const Folder folder, credentials;
  folder.write("url", "https://beside.example/");
  credentials.write("url", "https://credential.example/\n");
  CHECK(webhook(folder, "url = { file = 'url' }").config.webhooks[0].url == "https://beside.example/");
  CHECK(webhook(folder, "url_file = 'url'").config.webhooks[0].url == "https://beside.example/");
  const Environment variable("CREDENTIALS_DIRECTORY", credentials.path.string());
  CHECK(webhook(folder, "url_file = 'url'").config.webhooks[0].url == "https://credential.example/");
}

TEST_CASE("no message quotes a secret") {
  const Folder folder;
  folder.write("bad", "hunter2-is-no-secret");
  folder.write("level", "hunter2");
  const auto result = parse(
      "[daemon]\nexternal_url = 'ftp://u:hunter2@x'\n[daemon.log]\nlevel = { file = 'level' }\n"
      "[[alerts.webhook]]\nname='a'\nurl='gopher://hunter2'\nsecret_file='bad'\n"
      "[[alerts.webhook]]\nname='b'\nurl='https://x'\nsecret='whsec_hunter2!'\n"
      "[[alerts.webhook]]\nname='c'\nurl='https://x'\nsecret={file='bad', env='hunter2'}\n",
      {"t.toml", folder.path.string(), ""});
  CHECK(result.errors.size() == 6);
  for (const auto& error : result.errors) {
    INFO(to_string(error));
    CHECK(error.message.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("files that cannot be read are errors at the key that names them") {
  const Folder folder;
  folder.write("empty", "\n");
  const auto errors = webhook(folder, "url='https://x'\nsecret_file=['missing', 'empty', '.']").errors;
  REQUIRE(errors.size() == 3);
  CHECK(errors[0].message.find("missing': No such file or directory") != std::string::npos);
  CHECK(errors[1].message.find("is empty") != std::string::npos);
  CHECK(errors[2].message.find("Is a directory") != std::string::npos);
}

TEST_CASE("librdkafka's properties come from a file as well, and the configuration wins") {
  const Folder folder;
  folder.write("p", "# secrets\nsasl.password = a=b\nclient.id=file\n\ngroup.id=x\nnonsense\n");
  const auto result = parse(
      "[[ingest.kafka]]\nname='w'\nbrokers='b:1'\ntopics=['t']\nproperties={'client.id'='mine'}\nproperties_file='p'",
      {"t.toml", folder.path.string(), ""});
  CHECK(result.config.ingest.kafka[0].properties.at("sasl.password") == "a=b");
  CHECK(result.config.ingest.kafka[0].properties.at("client.id") == "mine");
  REQUIRE(result.errors.size() == 2);
  CHECK(result.errors[0].message.find("'group.id' is tapewatch's own") != std::string::npos);
  CHECK(result.errors[1].message.find("line 6: expected key=value") != std::string::npos);
}

TEST_CASE("a wrong tokens file is found when the configuration is read") {
  const Folder folder;
  folder.write("tokens", "me read " + token_hash("t") + "\nyou rule sha256:12\n");
  const auto text = "[daemon]\ndata_dir='.'\nlisten=['0.0.0.0:1']\nauth={tokens_file='tokens'}";
  const auto errors = parse(text, {"t.toml", folder.path.string(), ""}).errors;
  REQUIRE(errors.size() == 2);
  CHECK(errors[0].line == 4);
  CHECK(errors[0].message.find("tokens:2:5: the role is not one of") != std::string::npos);
}

TEST_CASE("the file to read is the one named, else the environment's, else the one here") {
  CHECK(find_config_file("x.toml") == "x.toml");
  const Environment variable("TAPEWATCH_CONFIG", "/y.toml");
  CHECK(find_config_file() == "/y.toml");
  CHECK(load("/nonexistent/y.toml").errors[0].message == "cannot be read: No such file or directory");
}
