#include "ingest/record/xml_value.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <pugixml.hpp>

#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

constexpr int kMaxDepth = 32;  // deeper elements become text

std::string local(const char* name) {
  const std::string_view whole(name);
  const auto colon = whole.rfind(':');
  return notation::repaired_utf8(colon == std::string_view::npos ? whole : whole.substr(colon + 1));
}

bool is_blank(std::string_view text) { return text.find_first_not_of(notation::kWhiteSpace) == std::string_view::npos; }

constexpr std::array<std::string_view, 15> kLines = {"p",  "br", "div", "li", "ul", "ol", "tr",        "table",
                                                     "h1", "h2", "h3",  "h4", "h5", "h6", "blockquote"};

bool is_line(pugi::xml_node element) {
  return std::find(kLines.begin(), kLines.end(), local(element.name())) != kLines.end();
}

/// Known elements of text, text between elements, and a body of nothing but paragraphs.
bool has_running_text(pugi::xml_node element) {
  static constexpr std::array<std::string_view, 3> kText = {"html", "block", "body.content"};
  const std::string name = local(element.name());
  if (std::find(kText.begin(), kText.end(), name) != kText.end()) return true;
  bool elements = false, characters = false, lines = true;
  for (const pugi::xml_node child : element.children()) {
    elements |= child.type() == pugi::node_element;
    lines &= child.type() != pugi::node_element || is_line(child);
    characters |= (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) && !is_blank(child.value());
  }
  return elements && (characters || (lines && name == "body"));
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else {
      out += c;
    }
  }
  return out;
}

/// The content of an element as HTML: what makes lines and paragraphs keeps its tag, other elements only their text.
void append_html(pugi::xml_node element, int depth, std::string& out) {
  static constexpr std::array<std::string_view, 4> kSilent = {"head", "script", "style", "media"};
  const auto is_one_of = [](const auto& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  for (const pugi::xml_node child : element.children()) {
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) out += escaped(child.value());
    if (child.type() != pugi::node_element || depth == 0) continue;
    const std::string name = local(child.name());
    if (is_one_of(kSilent, name)) continue;
    const bool tag = is_one_of(kLines, name) || name == "hl2" || name == "block";
    if (tag) out += "<p>";
    append_html(child, depth - 1, out);
    if (tag) out += "</p>";
  }
}

std::string markup_of(pugi::xml_node element, int depth) {
  std::string html;
  append_html(element, depth, html);
  return notation::repaired_utf8(html);
}

json::value value_of(pugi::xml_node element, int depth) {
  json::object object;
  for (const pugi::xml_attribute attribute : element.attributes()) {
    object["@" + local(attribute.name())] = json::string(notation::repaired_utf8(attribute.value()));
  }
  const auto first = element.find_child([](pugi::xml_node child) { return child.type() == pugi::node_element; });
  if (!first || depth == 0 || has_running_text(element)) {
    std::string text = first ? markup_of(element, kMaxDepth) : notation::repaired_utf8(element.text().get());
    if (object.empty()) return json::string(text);
    object["#text"] = json::string(text);
    return object;
  }
  object["#name"] = json::string(local(element.name()));
  for (const pugi::xml_node child : element.children()) {
    if (child.type() != pugi::node_element) continue;
    json::value& list = object[local(child.name())];
    if (!list.is_array()) list = json::array();
    list.get_array().push_back(value_of(child, depth - 1));
  }
  return object;
}

}  // namespace

Result<json::value> xml_value(const std::string& text) {
  pugi::xml_document document;
  const auto result = document.load_buffer(text.data(), text.size(), pugi::parse_default, pugi::encoding_utf8);
  const pugi::xml_node root = document.document_element();
  if (!root || !result) return Rejection{"", "not XML: " + std::string(result.description())};
  json::value value = value_of(root, kMaxDepth);
  if (!value.is_object()) value = json::object{{"#name", local(root.name())}, {"#text", std::move(value)}};
  return value;
}

bool is_xml(std::string_view text) {
  const std::string_view body = notation::stripped(text);
  return body.size() > 1 && body.front() == '<';
}

}  // namespace tapewatch::ingest
