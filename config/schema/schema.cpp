#include "config/schema/schema.hpp"

#include <algorithm>
#include <cctype>

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

TextCheck not_empty() {
  return [](Reader& reader, const Place& place, const Text& text) {
    if (text.value.empty()) reader.error(place, "must not be empty");
  };
}

TextCheck one_of(std::vector<std::string_view> allowed, std::vector<std::string_view> not_yet) {
  return [allowed, not_yet](Reader& reader, const Place& place, const Text& text) {
    if (std::find(allowed.begin(), allowed.end(), text.value) != allowed.end()) return;
    const auto shown = text.may_be_shown ? fmt::format("'{}'", text.value) : std::string("this value");
    if (std::find(not_yet.begin(), not_yet.end(), text.value) != not_yet.end()) {
      reader.error(place, fmt::format("{} is not in this version; there is: {}", shown, fmt::join(allowed, ", ")));
    } else {
      reader.error(place, fmt::format("{} is none of: {}{}", shown, fmt::join(allowed, ", "),
                                      text.may_be_shown ? did_you_mean(text.value, allowed) : std::string{}));
    }
  };
}

TextCheck plain_name() {
  return [](Reader& reader, const Place& place, const Text& text) {
    const bool plain = std::all_of(text.value.begin(), text.value.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '.' || c == '_' || c == '-';
    });
    if (!plain || text.value.empty() || text.value.size() > 64) {
      reader.error(place, "a name has 1 to 64 letters, digits, '.', '_' or '-'");
    }
  };
}

TextCheck http_url() {
  return [](Reader& reader, const Place& place, const Text& text) {
    std::string_view rest = text.value;
    if (rest.starts_with("https://")) {
      rest.remove_prefix(8);
    } else if (rest.starts_with("http://")) {
      rest.remove_prefix(7);
    } else {
      reader.error(place, "must be an address that starts with https:// or http://");
      return;
    }
    // The address itself stays unsaid: it may carry a password or a token.
    const bool clean = std::all_of(rest.begin(), rest.end(), [](unsigned char c) { return c > 0x20 && c != 0x7f; });
    const auto host = rest.substr(0, rest.find_first_of("/?#"));
    if (host.empty() || host.front() == ':') {
      reader.error(place, "the address names no host");
    } else if (!clean) {
      reader.error(place, "the address holds white space or a control character");
    }
  };
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
