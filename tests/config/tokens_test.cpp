#include "config/tokens.hpp"

#include <fmt/format.h>

#include "tests/support/catch.hpp"

using namespace tapewatch::config;

TEST_CASE("a token is found by its hash, with its name and role") {
  const auto text = fmt::format("# people\nreader read {}\n\n  bot\tingest {}  # pushes\n", token_hash("open sesame"),
                                token_hash("s3cret"));
  const auto parsed = parse_tokens(text, "tokens");
  REQUIRE(parsed.errors.empty());
  CHECK(parsed.tokens.size() == 2);
  const auto reader = parsed.tokens.find("open sesame");
  REQUIRE(reader);
  CHECK(reader->name == "reader");
  CHECK(reader->role == Role::read);
  CHECK(parsed.tokens.find("s3cret")->role == Role::ingest);
  CHECK_FALSE(parsed.tokens.find("open sesame "));
  CHECK_FALSE(parsed.tokens.find(""));
}

TEST_CASE("the printed hash is SHA-256") {
  CHECK(token_hash("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("every wrong line of a tokens file is reported without its content") {
  const auto good = token_hash("x");
  const auto text = fmt::format("a read {0}\na admin {1}\nb root {2}\nc read hunter2\nd read\ne read {0}\n", good,
                                token_hash("y"), token_hash("z"));
  const auto parsed = parse_tokens(text, "/etc/tokens");
  REQUIRE(parsed.errors.size() == 5);
  CHECK(to_string(parsed.errors[0]) == "/etc/tokens:2:1: the name 'a' is taken by an earlier line");
  CHECK(to_string(parsed.errors[1]) == "/etc/tokens:3:3: the role is not one of: read, ingest, operate, admin");
  CHECK(parsed.errors[2].line == 4);
  CHECK(parsed.errors[2].message.find("hunter2") == std::string::npos);
  CHECK(parsed.errors[3].line == 5);
  CHECK(parsed.errors[4].message == "this is the same token as that of 'a'");
}

TEST_CASE("a tokens file without a token admits nobody and is an error") {
  CHECK(parse_tokens("# nobody\n", "t").errors.size() == 1);
  const auto missing = load_tokens("/nonexistent/tokens");
  REQUIRE(missing.errors.size() == 1);
  CHECK(missing.errors[0].message == "cannot be read: No such file or directory");
}
