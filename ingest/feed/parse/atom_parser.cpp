// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/atom_parser.hpp"

#include <initializer_list>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "ingest/feed/parse/feed_link.hpp"
#include "ingest/feed/parse/feed_metadata.hpp"
#include "ingest/feed/parse/feed_securities.hpp"
#include "ingest/feed/parse/feed_text.hpp"
#include "ingest/feed/parse/feed_xml.hpp"

namespace tapewatch::ingest {
namespace {

pugi::xml_node atom_child(pugi::xml_node parent, std::string_view name) {
  return child_of(parent, Vocabulary::atom, name);
}

FeedText first_text(pugi::xml_node parent, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    for (const pugi::xml_node child : parent.children()) {
      if (!is_named(child, name) || !belongs_to(child, Vocabulary::atom)) continue;
      if (FeedText text = atom_text(child); !text.text.empty()) return text;
    }
  }
  return {};
}

std::string first_content(pugi::xml_node parent, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    if (std::string text = content_of(atom_child(parent, name)); !text.empty()) return text;
  }
  return {};
}

/// A relation, also as the address that IANA gave it (RFC 4287 4.2.7.2).
bool is_alternate(std::string_view relation) {
  constexpr std::string_view kRegistry = "http://www.iana.org/assignments/relation/";
  std::string name = notation::ascii_lower(notation::stripped(relation));
  if (name.starts_with(kRegistry)) name.erase(0, kRegistry.size());
  return name.empty() || name == "alternate";
}

/// rel="alternate" (or none), HTML before other types.
std::string atom_link(pugi::xml_node entry, std::string_view base) {
  std::string found;
  for (const pugi::xml_node child : entry.children()) {
    if (!is_named(child, "link") || !belongs_to(child, Vocabulary::atom)) continue;
    if (!is_alternate(attribute_of(child, "rel"))) continue;
    std::string link = resolve_link(base_at(child, base), attribute_of(child, "href"));
    const std::string_view type = attribute_of(child, "type");
    const bool is_page = type.empty() || type.find("html") != std::string_view::npos;
    if (!link.empty() && (found.empty() || is_page)) found = std::move(link);
    if (!found.empty() && is_page) return found;
  }
  return found;
}

/// The xml:lang nearest the text: on the title, the body, the entry or above; or else the entry's dc:language.
std::string language_of(pugi::xml_node entry) {
  for (const std::string_view name : {"title", "content", "summary"}) {
    const pugi::xml_node text = atom_child(entry, name);
    if (std::string language = language_at(text, text); !language.empty()) return language;
  }
  if (std::string language = language_at(entry, entry); !language.empty()) return language;
  std::string language = content_of(child_of(entry, Vocabulary::dublin_core, "language"));
  return language.empty() ? language_at(entry) : language;
}

FeedItem read_entry(pugi::xml_node node, const FeedContext& context) {
  FeedItem item;
  const FeedText title = first_text(node, {"title"});
  FeedText body = first_text(node, {"content", "summary", "tagline"});
  if (body.text.empty()) body = episode_text(node);
  item.title = title.text;
  item.title_markup = title.markup;
  item.body = body.text;
  item.body_markup = body.markup;
  for (const std::string_view name : {"published", "issued", "created", "updated", "modified"}) {
    if (std::string date = content_of(atom_child(node, name)); !date.empty()) {
      item.other_dates.push_back(std::move(date));
    }
  }
  if (std::string date = content_of(child_of(node, Vocabulary::dublin_core, "date")); !date.empty()) {
    item.other_dates.push_back(std::move(date));
  }
  take_first_date(item);
  item.id = content_of(atom_child(node, "id"));
  item.link = atom_link(node, context.base_url);
  if (item.link.empty() && item.id.rfind("http", 0) == 0) item.link = resolve_link("", item.id);
  item.language = language_of(node);
  add_securities(node, "scheme", item.entities);
  item.metadata = feed_metadata(node, item.body);
  return item;
}

bool is_entry(pugi::xml_node node) { return is_named(node, "entry") && belongs_to(node, Vocabulary::atom); }

/// RFC 6721: entries that were taken back, by their ids. One that is listed again with a later change is not.
std::vector<std::string> deleted_entries(pugi::xml_node root, std::size_t most) {
  std::vector<std::string> deleted;
  for (const pugi::xml_node child : root.children()) {
    if (!is_named(child, "deleted-entry") || deleted.size() >= most) continue;
    const std::string_view id = notation::stripped(attribute_of(child, "ref"));
    if (!id.empty()) deleted.emplace_back(id);
  }
  return deleted;
}

}  // namespace

Feed parse_atom(pugi::xml_node root, const FeedContext& context, FeedWarnings& warnings) {
  Feed feed;
  const bool old = attribute_of(root, "version") == "0.3" ||
                   std::string_view(root.attribute("xmlns").value()).find("purl.org/atom") != std::string_view::npos;
  feed.format = old ? "Atom 0.3" : "Atom 1.0";
  feed.language = language_at(root);
  feed.updated = first_content(root, {"updated", "modified"});
  if (is_named(root, "entry")) {
    feed.items.push_back(read_entry(root, context));
    return feed;
  }
  for (const pugi::xml_node node : elements_below(root, is_entry)) {
    if (feed.items.size() < context.max_items) {
      feed.items.push_back(read_entry(node, context));
    } else {
      warnings.add("items", "more than max_items, left out");
    }
  }
  feed.deleted = deleted_entries(root, context.max_items);
  return feed;
}

}  // namespace tapewatch::ingest
