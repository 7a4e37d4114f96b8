// Tested by tests/ingest/feed/parse/feed_metadata_test.cpp
#include "ingest/feed/parse/feed_metadata.hpp"

#include <string>
#include <utility>

#include "config/notation/ascii.hpp"
#include "ingest/feed/parse/feed_xml.hpp"

namespace tapewatch::ingest {
namespace {

void add(std::string_view name, std::string_view value, Metadata& metadata) {
  value = notation::stripped(value);
  if (!value.empty()) metadata.push_back({std::string(name), std::string(value)});
}

/// The text of an element that has no elements.
std::string plain_text(pugi::xml_node node) {
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_element) return {};
  }
  return content_of(node);
}

bool is_form_type(pugi::xml_node node) { return is_named(node, "filing-type") || is_named(node, "formType"); }
bool is_items_description(pugi::xml_node node) { return is_named(node, "items-desc") || is_named(node, "items"); }
bool is_person(pugi::xml_node node) { return is_named(node, "person") || is_named(node, "speaker"); }
bool is_institution(pugi::xml_node node) {
  return is_named(node, "institutionAbbrev") || is_named(node, "institution");
}
bool is_occurrence(pugi::xml_node node) { return is_named(node, "occurrenceDate"); }

bool is_central_bank(pugi::xml_node node) { return vocabulary_of(node) == Vocabulary::central_bank; }

/// A person as written, else by the parts of the name; or the plain text of the element.
std::string name_of_person(pugi::xml_node person) {
  const auto part = [&](std::string_view name) { return content_of(child_of(person, Vocabulary::central_bank, name)); };
  if (std::string written = part("nameAsWritten"); !written.empty()) return written;
  const std::string given = part("givenName"), surname = part("surname");
  if (!given.empty() || !surname.empty()) return given + (given.empty() || surname.empty() ? "" : " ") + surname;
  return plain_text(person);
}

/// RSS-CB puts the facts into an element for the kind of item (cb:speech, cb:news, …); some publishers into the item.
void add_central_bank(pugi::xml_node item, Metadata& metadata) {
  const auto all = [&](bool (*wanted)(pugi::xml_node), const auto& take) {
    for (const pugi::xml_node child : item.children()) {
      if (!is_central_bank(child)) continue;
      if (wanted(child)) {
        take(child);
        continue;
      }
      for (const pugi::xml_node found : elements_below(child, wanted)) take(found);
    }
  };
  all(is_person, [&](pugi::xml_node person) { add("speaker", name_of_person(person), metadata); });
  all(is_institution, [&](pugi::xml_node node) { add("institution", content_of(node), metadata); });
  all(is_occurrence, [&](pugi::xml_node node) { add("occurred", content_of(node), metadata); });
}

/// The numbers of an 8-K's items, such as 4.02; in a running text only those that follow "Item".
void add_item_numbers(std::string_view text, bool only_after_item, Metadata& metadata) {
  const auto digit = [&](std::size_t at) { return at < text.size() && notation::is_digit(text[at]); };
  const std::string lower = notation::ascii_lower(text);
  for (std::size_t dot = text.find('.'); dot != std::string_view::npos; dot = text.find('.', dot + 1)) {
    const bool number = dot > 0 && digit(dot - 1) && digit(dot + 1) && digit(dot + 2) && !digit(dot + 3) &&
                        !(dot > 1 && digit(dot - 2));
    if (!number) continue;
    const std::string_view before = notation::stripped(std::string_view(lower).substr(0, dot - 1));
    if (!only_after_item || before.ends_with("item")) add("items", text.substr(dot - 1, 4), metadata);
  }
}

void add_filing(pugi::xml_node item, std::string_view body, Metadata& metadata) {
  std::string form;
  for (const pugi::xml_node child : item.children()) {
    if (child.type() != pugi::node_element) continue;
    if (is_named(child, "category") &&
        notation::equal_in_any_case(notation::stripped(attribute_of(child, "label")), "form type")) {
      form = notation::stripped(attribute_of(child, "term"));
    }
    const bool data = is_named(child, "content") || vocabulary_of(child) == Vocabulary::edgar;
    if (!data) continue;
    if (form.empty() && is_form_type(child)) form = content_of(child);
    for (const pugi::xml_node type : elements_below(child, is_form_type)) {
      if (form.empty()) form = content_of(type);
    }
  }
  add("form", form, metadata);
  if (!notation::ascii_lower(form).starts_with("8-k")) return;
  const std::size_t before = metadata.size();
  for (const pugi::xml_node list : elements_below(item, is_items_description)) {
    add_item_numbers(content_of(list), false, metadata);
  }
  if (metadata.size() == before) add_item_numbers(body, true, metadata);
}

/// RSS: <source url="…">Name</source>; Atom: <source> with the title, id and links of the other feed.
void add_origin(pugi::xml_node source, Metadata& metadata) {
  if (const pugi::xml_node title = child_of(source, Vocabulary::atom, "title")) {
    add("origin", content_of(title), metadata);
    add("origin_url", attribute_of(child_of(source, Vocabulary::atom, "link"), "href"), metadata);
    return;
  }
  add("origin", plain_text(source), metadata);
  add("origin_url", attribute_of(source, "url"), metadata);
}

}  // namespace

Metadata feed_metadata(pugi::xml_node item, std::string_view body) {
  Metadata metadata;
  for (const pugi::xml_node child : item.children()) {
    if (is_named(child, "contributor") && belongs_to(child, Vocabulary::dublin_core)) {
      add("contributor", content_of(child), metadata);
    } else if (is_named(child, "subject") && vocabulary_of(child) == Vocabulary::newswire) {
      add("subject", content_of(child), metadata);
    } else if (is_named(child, "source") &&
               (belongs_to(child, Vocabulary::plain) || belongs_to(child, Vocabulary::atom))) {
      add_origin(child, metadata);
    }
  }
  add_central_bank(item, metadata);
  add_filing(item, body, metadata);
  return metadata;
}

}  // namespace tapewatch::ingest
