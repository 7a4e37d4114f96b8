#include <fstream>
#include <sstream>

#include "config/toml/load.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch::config;

namespace {

const std::string kExample = std::string(TAPEWATCH_SOURCE_DIR) + "/config/tapewatch.example.toml";

std::string example_text() {
  std::ostringstream text;
  text << std::ifstream(kExample).rdbuf();
  return text.str();
}

/// Whether the text names the key, in use or as a comment.
bool names_key(const std::string& text, const std::string& key) {
  for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos; at += key.size()) {
    const bool starts = at == 0 || std::string_view(" \n{").find(text[at - 1]) != std::string_view::npos;
    const auto rest = text.find_first_not_of(' ', at + key.size());
    if (starts && rest != std::string::npos && text[rest] == '=') return true;
  }
  return false;
}

}  // namespace

TEST_CASE("the example configuration is one") {
  const auto result = load(kExample);
  for (const auto& error : result.errors) UNSCOPED_INFO(to_string(error));
  REQUIRE(result.ok());
  CHECK(result.config.ingest.feeds.size() >= 12);
  CHECK(result.config.rules.size() == 1);
}

TEST_CASE("the example configuration shows every key there is") {
  const auto text = example_text();
  for (const auto& key : describe_keys()) {
    INFO(key.path);
    CHECK_FALSE(key.help.empty());
    CHECK(names_key(text, key.path.substr(key.path.rfind('.') + 1)));
  }
}

TEST_CASE("the example configuration's comments are configuration too") {
  // Uncomments every line that looks like a key or a table; the result must have no errors except for files and
  // variables that other machines lack.
  std::istringstream lines(example_text());
  std::string text, line;
  bool feed_defaults = false;
  while (std::getline(lines, line)) {
    feed_defaults = (feed_defaults || line.find("Keys that no feed below needs") != std::string::npos) &&
                    line.find("[[ingest.feed]]") == std::string::npos;
    const bool key = line.size() > 3 && line.starts_with("# ") &&
                     (line[2] == '[' || (std::islower(static_cast<unsigned char>(line[2])) != 0 &&
                                         line.find(" = ") != std::string::npos));
    text += (key && !feed_defaults ? line.substr(2) : line) + "\n";
  }
  for (const auto& error : parse(text, {"example", ".", ""}).errors) {
    INFO(to_string(error));
    CHECK((error.message.find("cannot read") != std::string::npos ||
           error.message.find("cannot be read") != std::string::npos ||
           error.message.find("environment") != std::string::npos ||
           error.message.find("give only one of them") != std::string::npos));
  }
}
