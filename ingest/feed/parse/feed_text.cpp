// Tested by tests/ingest/feed/parse/feed_text_test.cpp
#include "ingest/feed/parse/feed_text.hpp"

#include <algorithm>
#include <array>

#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"
#include "ingest/feed/parse/feed_xml.hpp"
#include "ingest/record/decode_step.hpp"

namespace tapewatch::ingest {
namespace {

/// "<p>…</p>", "<div …>…</div>": nobody writes about markup this way.
bool is_block_markup(std::string_view text) {
  if (!text.starts_with('<') || !text.ends_with('>')) return false;
  const std::size_t end = std::min(text.size(), text.find_first_of(" \t\r\n/>", 1));
  const std::string name = notation::ascii_lower(text.substr(1, end - 1));
  static constexpr std::array<std::string_view, 10> kBlocks = {"p",  "div", "table", "ul",      "ol",
                                                               "h1", "h2",  "h3",    "section", "article"};
  return std::find(kBlocks.begin(), kBlocks.end(), name) != kBlocks.end();
}

std::string xhtml_of(pugi::xml_node node) {
  for (const pugi::xml_node child : node.children()) {
    if (is_named(child, "div")) return markup_of(child);
  }
  return markup_of(node);
}

bool is_xml_type(std::string_view type) {
  return type == "text/xml" || type == "application/xml" || type.ends_with("+xml");
}

bool is_html_type(std::string_view type) { return type == "html" || type == "text/html"; }

/// Atom 0.3's mode="base64" of a text.
FeedText decoded_text(pugi::xml_node node, std::string_view type) {
  if (is_xml_type(type) || (!type.empty() && !type.starts_with("text/"))) return {};
  const auto bytes = decoded_bytes(content_of(node), {"base64"}, DocumentLimits{});
  if (!bytes) return {};
  const std::string text = notation::repaired_utf8(bytes->content);
  return {std::string(notation::stripped(text)), is_html_type(type) ? Markup::html : Markup::literal};
}

}  // namespace

FeedText episode_text(pugi::xml_node item) {
  const pugi::xml_node group = child_of(item, Vocabulary::media, "group");
  const pugi::xml_node description = child_of(group, Vocabulary::media, "description");
  if (std::string text = content_of(description); !text.empty()) {
    return {std::move(text), attribute_of(description, "type") == "html" ? Markup::html : Markup::literal};
  }
  for (const std::string_view name : {"summary", "subtitle"}) {
    if (std::string text = content_of(child_of(item, Vocabulary::itunes, name)); !text.empty()) {
      return {std::move(text), Markup::html};
    }
  }
  return {};
}

FeedText atom_text(pugi::xml_node node) {
  if (!node || !attribute_of(node, "src").empty()) return {};
  const std::string mode = notation::ascii_lower(attribute_of(node, "mode"));  // Atom 0.3
  const std::string whole = notation::ascii_lower(notation::stripped(attribute_of(node, "type")));
  const std::string type(notation::stripped(std::string_view(whole).substr(0, whole.find(';'))));
  if (type == "xhtml" || type == "application/xhtml+xml" || (type == "text/html" && mode == "xml")) {
    return {xhtml_of(node), Markup::html};
  }
  if (mode == "base64") return decoded_text(node, type);
  if (is_html_type(type)) return {content_of(node), Markup::html};
  if (is_xml_type(type) || (!type.empty() && type != "text" && !type.starts_with("text/"))) return {};
  const bool has_elements =
      std::any_of(node.begin(), node.end(), [](const auto& child) { return child.type() == pugi::node_element; });
  std::string text = content_of(node);
  const bool html = has_elements || (type.empty() && is_block_markup(text));
  return {std::move(text), html ? Markup::html : Markup::literal};
}

}  // namespace tapewatch::ingest
