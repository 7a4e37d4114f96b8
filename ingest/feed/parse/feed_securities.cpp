// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/feed_securities.hpp"

#include <algorithm>
#include <array>

#include "config/notation/ascii.hpp"
#include "ingest/entity/security_code.hpp"
#include "ingest/feed/parse/feed_xml.hpp"

namespace tapewatch::ingest {
namespace {

/// True for a category scheme or element name that publishers use for securities.
bool names_securities(std::string_view scheme) {
  const std::string lower = notation::ascii_lower(scheme);
  constexpr std::array<std::string_view, 6> kWords = {"ticker", "symbol", "isin", "stock", "cusip", "sedol"};
  return std::any_of(kWords.begin(), kWords.end(), [&](auto word) { return lower.find(word) != std::string::npos; });
}

/// Vocabularies that are not of feeds.
bool is_foreign(Vocabulary vocabulary) { return vocabulary >= Vocabulary::newswire; }

bool names_exchange(std::string_view text) { return text.find(':') != std::string_view::npos && is_code_list(text); }

void add(std::string_view entity, std::vector<std::string>& entities) {
  if (std::find(entities.begin(), entities.end(), entity) == entities.end()) entities.emplace_back(entity);
}

void add_list(std::string_view list, std::vector<std::string>& entities) {
  for (std::string_view part : split_code_list(list)) {
    if (!read_security_code(part).empty()) {
      add(part, entities);
      continue;
    }
    while (!(part = notation::stripped(part)).empty()) {  // tickers separated by blanks, or an ISIN with a wrong digit
      const std::size_t end = std::min(part.size(), part.find_first_of(" \t"));
      add(part.substr(0, end), entities);
      part.remove_prefix(end);
    }
  }
}

/// An element of a publisher's own: its codes, or those of the elements in it that are named after codes.
void add_own_element(pugi::xml_node element, std::vector<std::string>& entities) {
  bool wraps = false;
  for (const pugi::xml_node child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    wraps = true;
    if (const std::string list = content_of(child); names_securities(local_name(child.name())) && is_code_list(list)) {
      add_list(list, entities);
    }
  }
  if (const std::string list = content_of(element); !wraps && is_code_list(list)) add_list(list, entities);
}

}  // namespace

void add_securities(pugi::xml_node item, std::string_view scheme_attribute, std::vector<std::string>& entities) {
  for (const pugi::xml_node child : item.children()) {
    if (child.type() != pugi::node_element) continue;
    if (is_named(child, "contributor") && belongs_to(child, Vocabulary::dublin_core)) {
      if (const std::string name = content_of(child); !name.empty()) add(name, entities);
      continue;
    }
    if (!is_named(child, "category")) {
      const bool own = is_foreign(vocabulary_of(child)) && names_securities(local_name(child.name()));
      if (own) add_own_element(child, entities);
      continue;
    }
    const std::string_view term = attribute_of(child, "term");
    const std::string list = term.empty() ? content_of(child) : std::string(notation::stripped(term));
    const bool about_securities =
        names_securities(attribute_of(child, scheme_attribute)) || names_securities(attribute_of(child, "type"));
    if (about_securities ? is_code_list(list) : names_exchange(list)) add_list(list, entities);
  }
}

}  // namespace tapewatch::ingest
