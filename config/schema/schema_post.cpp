// Tested by tests/config/schema/schema_post_test.cpp
#include <algorithm>

#include "config/notation/ascii.hpp"
#include "config/schema/schema.hpp"
#include "config/schema/schema_record.hpp"
#include "ingest/post/post_options.hpp"

namespace tapewatch::config {
namespace {

using ingest::PostOptions;

void check_path(Reader& reader, const Place& place, const Text& text) {
  if (const auto problem = ingest::post_path_problem(text.value)) reader.error(place, *problem);
}

void check_token_header(Reader& reader, const Place& place, const Text& text) {
  const auto token = [](char c) { return notation::is_ascii_alphanumeric(c) || c == '-' || c == '_'; };
  if (text.value.empty() || !std::all_of(text.value.begin(), text.value.end(), token)) {
    reader.error(place, "expected the name of an HTTP header, as in \"X-Webhook-Token\"");
  }
}

/// Never quotes it.
void take_token(Reader& reader, const Place& place, std::string token, PostOptions& into) {
  if (token.empty() || !std::all_of(token.begin(), token.end(), notation::is_ascii_graphic)) {
    reader.error(place, "must be visible ASCII characters without blanks");
  } else if (!into.token.empty()) {
    reader.error(place, "token and token_file: give only one of them");
  } else {
    into.token = std::move(token);
  }
}

void read_token(Reader& reader, const Place& place, PostOptions& into) {
  if (auto text = reader.text(place)) take_token(reader, place, std::move(text->value), into);
}

void read_token_file(Reader& reader, const Place& place, PostOptions& into) {
  const auto name = reader.text(place);
  if (!name) return;
  if (auto content = reader.secret_file(place, name->value)) take_token(reader, place, std::move(*content), into);
}

Keys<PostOptions> make_post_keys() {
  using O = PostOptions;
  Keys<O> keys = {
      text_key<O>("path", &O::path, "Where documents are received by POST, as \"/in/benzinga\".", check_path),
      {"token", "text", "What the sender must show; beyond loopback required.", read_token},
      {"token_file", "text", "A file that holds it.", read_token_file},
      text_key<O>("token_header", &O::token_header, "The header that is the token; else Authorization: Bearer.",
                  check_token_header),
  };
  add_record_keys(keys);
  return keys;
}

}  // namespace

const Keys<PostOptions>& post_keys() {
  static const Keys<PostOptions> keys = make_post_keys();
  return keys;
}

void finish_post(Reader& reader, const Place& place, PostOptions& post, bool keys_are_fine) {
  require(reader, place, "name", !post.name.empty());
  if (keys_are_fine) require(reader, place, "path", !post.path.empty());
  if (keys_are_fine && !post.token_header.empty() && post.token.empty()) {
    reader.error(place_of(place, "token_header"), fmt::format("{}: there is no token for this header", place.path));
  }
}

}  // namespace tapewatch::config
