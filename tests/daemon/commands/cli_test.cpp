// The command line itself: which words become options and which the files.
#include "daemon/commands/cli.hpp"

#include <boost/json.hpp>
#include <iostream>
#include <sstream>

#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

/// The tiny model and files beside it.
class CommandFolder {
 public:
  CommandFolder() {
    const model::test::TinyModel model({.entity_heads = 4});
    write("config.json", model.config_json());
    write("vocab.txt", model.vocab_txt);
    write("model.safetensors", model.safetensors());
  }
  std::string path() const { return folder_.path().string(); }
  std::string write(const std::string& name, const std::string& bytes) const {
    model::test::write_file(folder_.path() / name, bytes);
    return (folder_.path() / name).string();
  }

 private:
  model::test::ScratchFolder folder_;
};

struct Ended {
  int status;
  std::string out;
};

/// Runs `tapewatch <words>` in this process, with nothing on standard input.
Ended run(const std::vector<std::string>& words) {
  std::ios::sync_with_stdio(false);  // a command does it as well, and that must not undo the following
  std::istringstream in;
  std::ostringstream out;
  auto* const real_in = std::cin.rdbuf(in.rdbuf());
  auto* const real_out = std::cout.rdbuf(out.rdbuf());
  std::vector<const char*> arguments = {"tapewatch"};
  for (const std::string& word : words) arguments.push_back(word.c_str());
  const int status = run_command_line(static_cast<int>(arguments.size()), arguments.data());
  std::cin.rdbuf(real_in);
  std::cout.rdbuf(real_out);
  return {status, out.str()};
}

}  // namespace

TEST_CASE("score --entity NAME FILE: one name each time, and the file is read") {
  const CommandFolder folder;
  const std::string file = folder.write("texts", "profit of the bank\n");
  for (const auto& words : std::vector<std::vector<std::string>>{
           {"score", "--model", folder.path(), "--entity", "bank", file},
           {"score", "--model", folder.path(), "--entity", "profit", "--entity", "bank", file},
           {"score", "--model", folder.path(), file, "--entity", "bank"}}) {
    const auto ended = run(words);
    REQUIRE(ended.status == 0);
    const auto result = json::parse(ended.out).as_object();
    CHECK(result.at("entities").as_array().size() == (words.size() > 6 ? 2 : 1));
    CHECK(result.at("entities").as_array().back().at("name") == "bank");
  }
}

TEST_CASE("eval --sources a,b DATA: the list is one word, and the data is read") {
  const CommandFolder folder;
  const std::string data =
      folder.write("data.tsv", "label\ttext\tsource\npositive\tprofit\ta\nneutral\tbank\tb\nneutral\tbank\tc\n");
  const auto ended = run({"eval", "--model", folder.path(), "--task", "sentiment", "--sources", "a,b", data});
  REQUIRE(ended.status == 0);
  CHECK(json::parse(ended.out).at("n") == 2);
}

TEST_CASE("score --format table shows controls and does not pass them on") {
  const CommandFolder folder;
  const std::string file = folder.write(
      "texts", "{\"id\":\"\\u001b]0;x\\u0007\",\"title\":\"bank \\u202eprofit\\u009b2J\"}\n{\"id\":\"\\u001b[1m\"}\n");
  const auto ended = run({"score", "--model", folder.path(), "--format", "table", "--explain", file});
  CHECK(ended.status == 0);
  CAPTURE(ended.out);
  CHECK(ended.out.find("\\x1b[1m: ") != std::string::npos);
  for (const char* control : {"\x1b", "\xc2\x9b", "\u202e", "\x07"})
    CHECK(ended.out.find(control) == std::string::npos);
}

}  // namespace tapewatch
