// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/feed_xml.hpp"

#include <array>
#include <utility>
#include <vector>

#include "config/notation/ascii.hpp"
#include "ingest/feed/parse/feed_link.hpp"

namespace tapewatch::ingest {
namespace {

using NamedVocabulary = std::pair<std::string_view, Vocabulary>;

/// Namespaces without their scheme and trailing '/' or '#', which vary between publishers.
constexpr std::array<NamedVocabulary, 30> kNamespaces = {{
    {"www.w3.org/2005/atom", Vocabulary::atom},
    {"purl.org/atom/ns", Vocabulary::atom},
    {"www.w3.org/1999/02/22-rdf-syntax-ns", Vocabulary::rdf},
    {"purl.org/dc/elements/1.1", Vocabulary::dublin_core},
    {"purl.org/dc/elements/1.0", Vocabulary::dublin_core},
    {"purl.org/dc/terms", Vocabulary::dublin_core},
    {"dublincore.org/documents/dcmi-namespace", Vocabulary::dublin_core},
    {"dublincore.org/documents/dcmi-terms", Vocabulary::dublin_core},
    {"purl.org/rss/1.0/modules/dc", Vocabulary::dublin_core},
    {"purl.org/rss/1.0/modules/content", Vocabulary::content},
    {"search.yahoo.com/mrss", Vocabulary::media},
    {"www.itunes.com/dtds/podcast-1.0.dtd", Vocabulary::itunes},
    {"rssnamespace.org/feedburner/ext/1.0", Vocabulary::feedburner},
    {"www.w3.org/1999/xhtml", Vocabulary::xhtml},
    {"www.w3.org/xml/1998/namespace", Vocabulary::xml},
    {"www.cbwiki.net/wiki/index.php/specification_1.0", Vocabulary::central_bank},
    {"www.cbwiki.net/wiki/index.php/specification_1.1", Vocabulary::central_bank},
    {"www.cbwiki.net/wiki/index.php/specification_1.2", Vocabulary::central_bank},
    {"www.sec.gov/archives/edgar", Vocabulary::edgar},
    {"purl.org/rss/1.0", Vocabulary::plain},
    {"my.netscape.com/rdf/simple/0.9", Vocabulary::plain},
    {"channel.netscape.com/rdf/simple/0.9", Vocabulary::plain},
    {"my.netscape.com/publish/formats/rss-0.91.dtd", Vocabulary::plain},
    {"backend.userland.com/rss", Vocabulary::plain},
    {"backend.userland.com/rss2", Vocabulary::plain},
    {"backend.userland.com/rss091", Vocabulary::plain},
    {"backend.userland.com/rss092", Vocabulary::plain},
    {"blogs.law.harvard.edu/tech/rss", Vocabulary::plain},
    {"cyber.law.harvard.edu/rss/rss.html", Vocabulary::plain},
    {"cyber.harvard.edu/rss/rss.html", Vocabulary::plain},
}};

constexpr std::array<NamedVocabulary, 15> kCustomaryPrefixes = {{
    {"atom", Vocabulary::atom},
    {"atom10", Vocabulary::atom},
    {"a10", Vocabulary::atom},
    {"rdf", Vocabulary::rdf},
    {"rss", Vocabulary::plain},
    {"dc", Vocabulary::dublin_core},
    {"dcterms", Vocabulary::dublin_core},
    {"content", Vocabulary::content},
    {"media", Vocabulary::media},
    {"itunes", Vocabulary::itunes},
    {"feedburner", Vocabulary::feedburner},
    {"prn", Vocabulary::newswire},
    {"cb", Vocabulary::central_bank},
    {"edgar", Vocabulary::edgar},
    {"xml", Vocabulary::xml},
}};

bool equal_without_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && notation::ascii_lower(a) == notation::ascii_lower(b);
}

Vocabulary vocabulary_of_namespace(std::string_view name) {
  std::string key = notation::ascii_lower(name);
  std::erase_if(key, [](char c) { return static_cast<unsigned char>(c) <= ' '; });  // line breaks and blanks inside
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (key.rfind(scheme, 0) == 0) key.erase(0, scheme.size());
  }
  while (!key.empty() && (key.back() == '/' || key.back() == '#')) key.pop_back();
  for (const auto& [known, vocabulary] : kNamespaces) {
    if (key == known) return vocabulary;
  }
  return Vocabulary::other;
}

std::string_view prefix_of(std::string_view name) {
  const std::size_t colon = name.find(':');
  return colon == std::string_view::npos ? std::string_view() : name.substr(0, colon);
}

/// The address that `prefix` stands for at `element`; null where it is not declared.
const char* namespace_of(pugi::xml_node element, std::string_view prefix) {
  for (pugi::xml_node node = element; node; node = node.parent()) {
    for (const pugi::xml_attribute attribute : node.attributes()) {
      const std::string_view name = attribute.name();
      if (name.substr(0, 5) != "xmlns") continue;
      const std::string_view declared = name.size() > 5 && name[5] == ':' ? name.substr(6) : std::string_view();
      if (declared == prefix) return attribute.value();
    }
  }
  return nullptr;
}

pugi::xml_node document_element(pugi::xml_node element) {
  for (pugi::xml_node node = element.root().first_child(); node; node = node.next_sibling()) {
    if (node.type() == pugi::node_element) return node;
  }
  return {};
}

struct StringWriter final : pugi::xml_writer {
  std::string text;
  void write(const void* data, std::size_t size) override { text.append(static_cast<const char*>(data), size); }
};

}  // namespace

std::string_view local_name(const char* name) {
  const std::string_view whole(name);
  const std::size_t colon = whole.find(':');
  return colon == std::string_view::npos ? whole : whole.substr(colon + 1);
}

Vocabulary vocabulary_of(pugi::xml_node element) {
  const std::string_view prefix = prefix_of(element.name());
  const char* address = namespace_of(element, prefix);
  const Vocabulary declared = address != nullptr ? vocabulary_of_namespace(address) : Vocabulary::other;
  if (declared != Vocabulary::other) return declared;
  if (prefix.empty()) return address != nullptr ? Vocabulary::other : Vocabulary::plain;
  for (const auto& [known, vocabulary] : kCustomaryPrefixes) {
    if (equal_without_case(prefix, known)) return vocabulary;
  }
  return Vocabulary::other;
}

bool belongs_to(pugi::xml_node element, Vocabulary vocabulary) {
  const Vocabulary declared = vocabulary_of(element);
  if (declared == vocabulary) return true;
  const pugi::xml_node root = document_element(element);
  const bool atom = is_named(root, "feed") || is_named(root, "entry");
  if (vocabulary != (atom ? Vocabulary::atom : Vocabulary::plain)) return false;
  const std::string_view prefix = prefix_of(element.name());
  return prefix.empty() || (declared == Vocabulary::other && prefix == prefix_of(root.name()));
}

bool is_named(pugi::xml_node element, std::string_view name) {
  return element.type() == pugi::node_element && equal_without_case(local_name(element.name()), name);
}

pugi::xml_node child_of(pugi::xml_node parent, Vocabulary vocabulary, std::string_view name) {
  for (const pugi::xml_node child : parent.children()) {
    if (is_named(child, name) && belongs_to(child, vocabulary)) return child;
  }
  return {};
}

std::vector<pugi::xml_node> elements_below(pugi::xml_node parent, bool (*wanted)(pugi::xml_node)) {
  std::vector<pugi::xml_node> found;
  for (const pugi::xml_node child : parent.children()) {
    if (wanted(child)) found.push_back(child);
  }
  if (!found.empty()) return found;
  for (pugi::xml_node node = parent.first_child(); node;) {
    const bool taken = wanted(node);
    if (taken) found.push_back(node);
    if (pugi::xml_node inner = node.first_child(); inner && !taken) {
      node = inner;
      continue;
    }
    while (node && node != parent && !node.next_sibling()) node = node.parent();
    node = node && node != parent ? node.next_sibling() : pugi::xml_node();
  }
  return found;
}

std::string_view attribute_of(pugi::xml_node element, std::string_view name) {
  for (const pugi::xml_attribute attribute : element.attributes()) {
    if (equal_without_case(local_name(attribute.name()), name)) return attribute.value();
  }
  return {};
}

std::string markup_of(pugi::xml_node element) {
  StringWriter writer;
  for (const pugi::xml_node child : element.children()) {
    child.print(writer, "", pugi::format_raw | pugi::format_no_declaration);
  }
  return std::string(notation::stripped(writer.text));
}

std::string content_of(pugi::xml_node element) {
  std::string text;
  for (const pugi::xml_node child : element.children()) {
    if (child.type() == pugi::node_element) return markup_of(element);
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  }
  return std::string(notation::stripped(text));
}

std::string base_at(pugi::xml_node element, std::string_view document_base) {
  std::vector<std::string_view> bases;
  for (pugi::xml_node node = element; node; node = node.parent()) {
    if (const auto attribute = node.attribute("xml:base")) bases.emplace_back(attribute.value());
  }
  std::string base(document_base);
  for (auto it = bases.rbegin(); it != bases.rend(); ++it) {
    if (std::string resolved = resolve_link(base, *it); !resolved.empty()) base = std::move(resolved);
  }
  return base;
}

std::string language_at(pugi::xml_node element, pugi::xml_node last) {
  for (pugi::xml_node node = element; node; node = node.parent()) {
    if (const auto attribute = node.attribute("xml:lang")) return attribute.value();
    if (node == last) break;
  }
  return {};
}

}  // namespace tapewatch::ingest
