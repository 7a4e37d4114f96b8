// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/rss_parser.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "config/notation/ascii.hpp"
#include "ingest/feed/parse/feed_link.hpp"
#include "ingest/feed/parse/feed_metadata.hpp"
#include "ingest/feed/parse/feed_securities.hpp"
#include "ingest/feed/parse/feed_text.hpp"
#include "ingest/feed/parse/feed_xml.hpp"

namespace tapewatch::ingest {
namespace {

using Source = std::pair<Vocabulary, std::string_view>;

/// A child's text: Atom's says what it is, of Media RSS "plain" too, XHTML is markup whatever it holds, and RSS itself
/// means HTML.
FeedText text_of(pugi::xml_node child, Vocabulary vocabulary) {
  if (vocabulary == Vocabulary::atom) return atom_text(child);
  if (vocabulary == Vocabulary::xhtml) return {markup_of(child), Markup::html};
  const bool plain = vocabulary == Vocabulary::media && attribute_of(child, "type") == "plain";
  return {content_of(child), plain ? Markup::literal : Markup::html};
}

/// The first of these children with a text.
template <std::size_t N>
FeedText first_text(pugi::xml_node parent, const std::array<Source, N>& sources) {
  for (const auto& [vocabulary, name] : sources) {
    for (pugi::xml_node child : parent.children()) {
      if (!is_named(child, name) || !belongs_to(child, vocabulary)) continue;
      if (FeedText text = text_of(child, vocabulary); !text.text.empty()) return text;
    }
  }
  return {};
}

template <std::size_t N>
std::string first_content(pugi::xml_node parent, const std::array<Source, N>& sources) {
  return first_text(parent, sources).text;
}

/// The texts of all these children, in the order of `sources`.
template <std::size_t N>
std::vector<std::string> all_contents(pugi::xml_node parent, const std::array<Source, N>& sources) {
  std::vector<std::string> texts;
  for (const auto& [vocabulary, name] : sources) {
    for (const pugi::xml_node child : parent.children()) {
      if (!is_named(child, name) || !belongs_to(child, vocabulary)) continue;
      std::string text = content_of(child);
      if (!text.empty() && std::find(texts.begin(), texts.end(), text) == texts.end()) texts.push_back(std::move(text));
    }
  }
  return texts;
}

constexpr std::array<Source, 4> kTitles = {{{Vocabulary::plain, "title"},
                                            {Vocabulary::dublin_core, "title"},
                                            {Vocabulary::atom, "title"},
                                            {Vocabulary::media, "title"}}};
constexpr std::array<Source, 10> kBodies = {{{Vocabulary::content, "encoded"},
                                             {Vocabulary::plain, "description"},
                                             {Vocabulary::xhtml, "body"},
                                             {Vocabulary::atom, "content"},
                                             {Vocabulary::atom, "summary"},
                                             {Vocabulary::dublin_core, "description"},
                                             {Vocabulary::media, "description"},
                                             {Vocabulary::plain, "summary"},
                                             {Vocabulary::plain, "body"},
                                             {Vocabulary::plain, "fullitem"}}};
constexpr std::array<Source, 12> kDates = {{{Vocabulary::plain, "pubDate"},
                                            {Vocabulary::dublin_core, "date"},
                                            {Vocabulary::atom, "published"},
                                            {Vocabulary::dublin_core, "issued"},
                                            {Vocabulary::dublin_core, "created"},
                                            {Vocabulary::plain, "published"},
                                            {Vocabulary::plain, "date"},
                                            {Vocabulary::atom, "updated"},
                                            {Vocabulary::dublin_core, "modified"},
                                            {Vocabulary::plain, "updated"},
                                            {Vocabulary::plain, "lastBuildDate"},
                                            {Vocabulary::plain, "lastmod"}}};
constexpr std::array<Source, 3> kIds = {
    {{Vocabulary::plain, "guid"}, {Vocabulary::atom, "id"}, {Vocabulary::dublin_core, "identifier"}}};
constexpr std::array<Source, 2> kLanguages = {{{Vocabulary::plain, "language"}, {Vocabulary::dublin_core, "language"}}};

std::string rss_link(pugi::xml_node item, std::string_view base) {
  const std::string own_base = base_at(item, base);
  const std::array<Source, 2> texts = {{{Vocabulary::feedburner, "origLink"}, {Vocabulary::plain, "link"}}};
  if (std::string link = resolve_link(own_base, first_content(item, texts)); !link.empty()) return link;
  for (const pugi::xml_node child : item.children()) {
    const bool known = belongs_to(child, Vocabulary::plain) || belongs_to(child, Vocabulary::atom);
    if (!is_named(child, "link") || !known) continue;
    const std::string_view relation = attribute_of(child, "rel");
    if (!relation.empty() && relation != "alternate") continue;
    if (std::string link = resolve_link(own_base, attribute_of(child, "href")); !link.empty()) return link;
  }
  if (std::string link = resolve_link(own_base, attribute_of(item, "about")); !link.empty()) return link;
  const pugi::xml_node guid = child_of(item, Vocabulary::plain, "guid");
  const bool may_be_link = guid && notation::ascii_lower(attribute_of(guid, "isPermaLink")) != "false";
  return may_be_link ? resolve_link("", content_of(guid)) : std::string();  // a permalink is never relative
}

/// The xml:lang nearest the text: on the title, the body or the item; or else the item's own language element, or the
/// xml:lang above.
std::string language_of(pugi::xml_node item) {
  for (const std::string_view name : {"title", "encoded", "description"}) {
    for (const pugi::xml_node child : item.children()) {
      if (!is_named(child, name)) continue;
      if (std::string language = language_at(child, child); !language.empty()) return language;
    }
  }
  if (std::string language = language_at(item, item); !language.empty()) return language;
  std::string language = first_content(item, kLanguages);
  return language.empty() ? language_at(item) : language;
}

FeedItem read_item(pugi::xml_node node, const FeedContext& context) {
  FeedItem item;
  const FeedText title = first_text(node, kTitles);
  FeedText body = first_text(node, kBodies);
  if (body.text.empty()) body = episode_text(node);
  item.title = title.text;
  item.title_markup = title.markup;
  item.body = body.text;
  item.body_markup = body.markup;
  item.other_dates = all_contents(node, kDates);
  take_first_date(item);
  item.id = first_content(node, kIds);
  if (item.id.empty()) item.id = notation::stripped(attribute_of(node, "about"));
  item.link = rss_link(node, context.base_url);
  item.language = language_of(node);
  add_securities(node, "domain", item.entities);
  item.metadata = feed_metadata(node, item.body);
  return item;
}

int to_number(std::string_view text) {
  int value = -1;
  text = notation::stripped(text);
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

void read_schedule(pugi::xml_node channel, Feed& feed) {
  const int ttl = to_number(content_of(child_of(channel, Vocabulary::plain, "ttl")));
  if (ttl > 0) feed.ttl = std::chrono::minutes(ttl);
  for (const pugi::xml_node hour : child_of(channel, Vocabulary::plain, "skipHours").children()) {
    const int value = to_number(content_of(hour));
    if (value >= 0 && value <= 24) feed.skip_hours.set(static_cast<std::size_t>(value % 24));  // in 0.91 up to 24
  }
  static constexpr std::array<std::string_view, 7> kDays = {"sunday",   "monday", "tuesday", "wednesday",
                                                            "thursday", "friday", "saturday"};
  for (const pugi::xml_node day : child_of(channel, Vocabulary::plain, "skipDays").children()) {
    const std::string name = notation::ascii_lower(content_of(day));
    for (std::size_t i = 0; i < kDays.size(); ++i) {
      if (name == kDays[i]) feed.skip_days.set(i);
    }
  }
}

bool is_item(pugi::xml_node node) { return is_named(node, "item") && belongs_to(node, Vocabulary::plain); }
bool is_channel(pugi::xml_node node) { return is_named(node, "channel") && belongs_to(node, Vocabulary::plain); }

/// RSS 2.0 puts items inside the channel, RSS 1.0 beside it; publishers mix both and write several channels.
std::vector<pugi::xml_node> items_of(pugi::xml_node root) {
  std::vector<pugi::xml_node> items;
  for (const pugi::xml_node node : root.children()) {
    if (!is_channel(node)) continue;
    for (const pugi::xml_node child : node.children()) {
      if (is_item(child)) items.push_back(child);
    }
  }
  for (const pugi::xml_node node : root.children()) {
    if (is_item(node)) items.push_back(node);
  }
  return items.empty() ? elements_below(root, is_item) : items;
}

std::string format_of(pugi::xml_node root, pugi::xml_node channel) {
  if (is_named(root, "rss")) {
    const std::string_view version = attribute_of(root, "version");
    return "RSS " + std::string(version.empty() ? "2.0" : version.substr(0, 8));
  }
  for (const pugi::xml_attribute attribute : root.attributes()) {
    if (std::string_view(attribute.value()).find("/rdf/simple/0.9") != std::string_view::npos) return "RSS 0.90";
  }
  return channel ? "RSS 1.0" : "RDF";
}

}  // namespace

Feed parse_rss(pugi::xml_node root, const FeedContext& context, FeedWarnings& warnings) {
  Feed feed;
  const pugi::xml_node channel = child_of(root, Vocabulary::plain, "channel");
  feed.format = format_of(root, channel);
  feed.language = first_content(channel, kLanguages);
  if (feed.language.empty()) feed.language = language_at(channel ? channel : root);
  constexpr std::array<Source, 4> kUpdated = {{{Vocabulary::plain, "lastBuildDate"},
                                               {Vocabulary::plain, "pubDate"},
                                               {Vocabulary::dublin_core, "date"},
                                               {Vocabulary::atom, "updated"}}};
  feed.updated = first_content(channel, kUpdated);
  read_schedule(channel, feed);
  for (const pugi::xml_node node : items_of(root)) {
    if (feed.items.size() >= context.max_items) {
      warnings.add("items", "more than max_items, left out");
      continue;
    }
    feed.items.push_back(read_item(node, context));
    FeedItem& item = feed.items.back();
    const pugi::xml_node own = node.parent();  // a second channel may be in another language
    if (item.language.empty() && own != channel && is_channel(own)) item.language = first_content(own, kLanguages);
  }
  return feed;
}

}  // namespace tapewatch::ingest
