// Tested by tests/config/toml/load_test.cpp
#include "config/schema/schema.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "config/file.hpp"
#include "config/notation/ascii.hpp"
#include "config/notation/url.hpp"

namespace tapewatch::config {

void read_texts(Reader& reader, const Place& place, const TextCheck& check, std::vector<std::string>& into) {
  const List* list = reader.list(place);
  if (list == nullptr) return;
  into.clear();
  for (std::size_t i = 0; i < list->size(); ++i) {
    const Place item{(*list)[i], fmt::format("{}[{}]", place.path, i + 1)};
    auto text = reader.text(item);
    if (!text) continue;
    if (check) check(reader, item, *text);
    into.push_back(std::move(text->value));
  }
}

std::optional<std::size_t> take_index(std::string_view& path) {
  if (!path.starts_with('[')) return std::nullopt;
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(path.data() + 1, path.data() + path.size(), number);
  const std::string_view rest(end, static_cast<std::size_t>(path.data() + path.size() - end));
  if (error != std::errc{} || number == 0 || !rest.starts_with("].")) return std::nullopt;
  path = rest.substr(2);
  return number - 1;
}

TextCheck not_empty() {
  return [](Reader& reader, const Place& place, const Text& text) {
    if (text.value.empty()) reader.error(place, "must not be empty");
  };
}

TextCheck one_of(std::vector<std::string_view> allowed) {
  return [allowed](Reader& reader, const Place& place, const Text& text) {
    if (std::find(allowed.begin(), allowed.end(), text.value) != allowed.end()) return;
    const auto shown = text.may_be_shown ? fmt::format("'{}'", text.value) : std::string("this value");
    reader.error(place, fmt::format("{} is not one of: {}{}", shown, fmt::join(allowed, ", "),
                                    text.may_be_shown ? did_you_mean(text.value, allowed) : std::string{}));
  };
}

TextCheck plain_name() {
  return [](Reader& reader, const Place& place, const Text& text) {
    const bool plain = std::all_of(text.value.begin(), text.value.end(), [](char c) {
      return notation::is_ascii_alphanumeric(c) || c == '.' || c == '_' || c == '-';
    });
    if (!plain || text.value.empty() || text.value.size() > 64) {
      reader.error(place, "a name has 1 to 64 letters, digits, '.', '_' or '-'");
    }
  };
}

namespace {

/// What is wrong with an address; never quotes the address, which may contain a password or a token.
std::optional<std::string_view> web_url_problem(std::string_view text) {
  const auto scheme = std::min(text.size(), text.find("://") + 3);
  const auto host = text.substr(scheme, text.find_first_of("/?#", scheme) - scheme);
  if (host.empty() || host.front() == ':') return "the address has no host";
  const bool clean = std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c != 0x7f; });
  if (!clean) return "the address holds white space or a control character";
  if (!notation::parse_web_url(text)) return "is not an address: check the host and the port (1 to 65535)";
  return std::nullopt;
}

}  // namespace

TextCheck http_url() {
  return [](Reader& reader, const Place& place, const Text& text) {
    if (!text.value.starts_with("https://") && !text.value.starts_with("http://")) {
      reader.error(place, "must be an address that starts with https:// or http://");
    } else if (const auto problem = web_url_problem(text.value)) {
      reader.error(place, *problem);
    }
  };
}

TextCheck user_agent_text() {
  return [](Reader& reader, const Place& place, const Text& text) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
    if (std::any_of(text.value.begin(), text.value.end(), control)) reader.error(place, "must be one line of text");
  };
}

TextCheck proxy_url() {
  return [](Reader& reader, const Place& place, const Text& text) {
    if (text.value.empty()) return;
    static constexpr std::array<std::string_view, 4> kSchemes = {"http://", "https://", "socks5://", "socks5h://"};
    const auto* scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                      [&](std::string_view prefix) { return text.value.starts_with(prefix); });
    if (scheme == kSchemes.end()) {
      reader.error(place, "must be a proxy's address that starts with http://, https://, socks5:// or socks5h://");
    } else if (const auto problem = web_url_problem("http://" + text.value.substr(scheme->size()))) {
      reader.error(place, *problem);
    }
  };
}

TextCheck refers(Reference::Kind kind) {
  return [kind](Reader& reader, const Place& place, const Text& text) {
    not_empty()(reader, place, text);
    reader.refer(kind, text.value, place.node.at);
  };
}

void read_properties_file(Reader& reader, const Place& place, const EntryCheck& check,
                          std::map<std::string, std::string>& into) {
  const auto name = reader.text(place);
  if (!name) return;
  const std::string path = reader.resolve_secret_path(name->value);
  const auto content = read_small_file(path);
  if (!content) {
    reader.error(place, fmt::format("cannot read '{}': {}", path, content.error().reason));
    return;
  }
  reader.note_content(place, *content);
  std::string_view rest = *content;
  for (unsigned line = 1; !rest.empty(); ++line) {
    const auto end = rest.find('\n');
    std::string_view text = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    text = notation::trimmed(text);
    if (text.empty() || text.front() == '#') continue;
    const auto equals = text.find('=');
    if (equals == std::string_view::npos || equals == 0) {
      reader.error(place, fmt::format("'{}' line {}: expected key=value", path, line));
      continue;
    }
    const std::string key(notation::trimmed(text.substr(0, equals)));
    check(reader, place.node.at, key, {});
    into.try_emplace(key, notation::trimmed(text.substr(equals + 1)));
  }
}

void require(Reader& reader, const Place& table, std::string_view key, bool present) {
  if (!present) reader.error(table, fmt::format("'{}' is missing", key));
}

Position place_of(const Place& table, std::string_view key) {
  if (const auto* members = std::get_if<Table>(&table.node.value)) {
    if (const Node* node = find(*members, key)) return node->at;
  }
  return table.node.at;
}

}  // namespace tapewatch::config
