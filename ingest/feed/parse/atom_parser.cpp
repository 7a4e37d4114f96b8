// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/atom_parser.hpp"

#include <initializer_list>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "ingest/feed/parse/feed_link.hpp"
#include "ingest/feed/parse/feed_text.hpp"
#include "ingest/feed/parse/feed_xml.hpp"

namespace tapewatch::ingest {
namespace {

/// An Atom child; feeds without the namespace are read as well.
pugi::xml_node atom_child(pugi::xml_node parent, std::string_view name) {
  const pugi::xml_node child = child_of(parent, Vocabulary::atom, name);
  return child ? child : child_of(parent, Vocabulary::plain, name);
}

/// A text construct. For XHTML the content of its <div>; media that is not text gives nothing.
std::string text_of(pugi::xml_node node) {
  if (!node || !attribute_of(node, "src").empty()) return {};
  const std::string type = notation::ascii_lower(attribute_of(node, "type"));
  if (type == "xhtml" || type == "application/xhtml+xml") {
    for (const pugi::xml_node child : node.children()) {
      if (is_named(child, "div")) return content_of(child);
    }
    return content_of(node);
  }
  const bool readable = type.empty() || type == "text" || type == "html" || type.rfind("text/", 0) == 0 ||
                        (type.size() > 4 && type.compare(type.size() - 4, 4, "+xml") == 0);
  const bool base64 = notation::ascii_lower(attribute_of(node, "mode")) == "base64";  // Atom 0.3
  return readable && !base64 ? content_of(node) : std::string();
}

std::string first_text(pugi::xml_node parent, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (std::string text = text_of(atom_child(parent, name)); !text.empty()) return text;
  }
  return {};
}

/// rel="alternate" (or none), HTML before other types.
std::string atom_link(pugi::xml_node entry, std::string_view base) {
  std::string found;
  for (const pugi::xml_node child : entry.children()) {
    if (!is_named(child, "link")) continue;
    const std::string relation = notation::ascii_lower(attribute_of(child, "rel"));
    if (!relation.empty() && relation != "alternate") continue;
    std::string link = resolve_link(base_at(child, base), attribute_of(child, "href"));
    const std::string_view type = attribute_of(child, "type");
    const bool is_page = type.empty() || type.find("html") != std::string_view::npos;
    if (!link.empty() && (found.empty() || is_page)) found = std::move(link);
    if (!found.empty() && is_page) return found;
  }
  return found;
}

FeedItem read_entry(pugi::xml_node node, const FeedContext& context) {
  FeedItem item;
  item.title = first_text(node, {"title"});
  item.body = first_text(node, {"content", "summary", "tagline"});
  item.date = first_text(node, {"published", "issued", "created", "updated", "modified"});
  if (item.date.empty()) item.date = content_of(child_of(node, Vocabulary::dublin_core, "date"));
  item.id = content_of(atom_child(node, "id"));
  item.link = atom_link(node, context.base_url);
  if (item.link.empty() && item.id.rfind("http", 0) == 0) item.link = resolve_link("", item.id);
  item.language = language_at(node);
  for (const pugi::xml_node child : node.children()) {
    if (is_named(child, "category") && names_securities(attribute_of(child, "scheme"))) {
      const std::string_view term = notation::stripped(attribute_of(child, "term"));
      if (!term.empty()) item.entities.emplace_back(term);
    }
  }
  return item;
}

}  // namespace

Feed parse_atom(pugi::xml_node root, const FeedContext& context, FeedWarnings& warnings) {
  Feed feed;
  const bool old = attribute_of(root, "version") == "0.3" ||
                   std::string_view(root.attribute("xmlns").value()).find("purl.org/atom") != std::string_view::npos;
  feed.format = old ? "Atom 0.3" : "Atom 1.0";
  feed.language = language_at(root);
  feed.updated = first_text(root, {"updated", "modified"});
  if (is_named(root, "entry")) {
    feed.items.push_back(read_entry(root, context));
    return feed;
  }
  for (const pugi::xml_node node : root.children()) {
    if (!is_named(node, "entry")) continue;
    if (feed.items.size() < context.max_items) {
      feed.items.push_back(read_entry(node, context));
    } else {
      warnings.add("items", "more than max_items, left out");
    }
  }
  return feed;
}

}  // namespace tapewatch::ingest
