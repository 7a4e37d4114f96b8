// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/rss_parser.hpp"

#include <array>
#include <charconv>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "ingest/feed/parse/feed_link.hpp"
#include "ingest/feed/parse/feed_text.hpp"
#include "ingest/feed/parse/feed_xml.hpp"

namespace tapewatch::ingest {
namespace {

using Source = std::pair<Vocabulary, std::string_view>;

/// The first of these children with a text.
template <std::size_t N>
std::string first_content(pugi::xml_node parent, const std::array<Source, N>& sources) {
  for (const auto& [vocabulary, name] : sources) {
    for (pugi::xml_node child : parent.children()) {
      if (!is_named(child, name) || vocabulary_of(child) != vocabulary) continue;
      if (std::string text = content_of(child); !text.empty()) return text;
    }
  }
  return {};
}

constexpr std::array<Source, 4> kTitles = {{{Vocabulary::plain, "title"},
                                            {Vocabulary::dublin_core, "title"},
                                            {Vocabulary::atom, "title"},
                                            {Vocabulary::media, "title"}}};
constexpr std::array<Source, 8> kBodies = {{{Vocabulary::content, "encoded"},
                                            {Vocabulary::plain, "description"},
                                            {Vocabulary::xhtml, "body"},
                                            {Vocabulary::atom, "content"},
                                            {Vocabulary::atom, "summary"},
                                            {Vocabulary::dublin_core, "description"},
                                            {Vocabulary::media, "description"},
                                            {Vocabulary::plain, "summary"}}};
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
    if (!is_named(child, "link")) continue;
    const std::string_view relation = attribute_of(child, "rel");
    if (!relation.empty() && relation != "alternate") continue;
    if (std::string link = resolve_link(own_base, attribute_of(child, "href")); !link.empty()) return link;
  }
  if (std::string link = resolve_link(own_base, attribute_of(item, "about")); !link.empty()) return link;
  const pugi::xml_node guid = child_of(item, Vocabulary::plain, "guid");
  const bool may_be_link = guid && notation::ascii_lower(attribute_of(guid, "isPermaLink")) != "false";
  return may_be_link ? resolve_link("", content_of(guid)) : std::string();  // a permalink is never relative
}

/// Comma- or blank-separated securities, of a category with such a domain or an element of such a name.
void add_securities(pugi::xml_node item, std::vector<std::string>& entities) {
  for (const pugi::xml_node child : item.children()) {
    const bool category = is_named(child, "category") && names_securities(attribute_of(child, "domain"));
    const bool own_element = child.type() == pugi::node_element && vocabulary_of(child) == Vocabulary::other &&
                             names_securities(local_name(child.name()));
    if (!category && !own_element) continue;
    const std::string list = content_of(child);
    for (std::size_t at = 0; at < list.size();) {
      const std::size_t end = std::min(list.size(), list.find_first_of(",; \t\r\n", at));
      if (end > at) entities.push_back(list.substr(at, end - at));
      at = end + 1;
    }
  }
}

FeedItem read_item(pugi::xml_node node, const FeedContext& context) {
  FeedItem item;
  item.title = first_content(node, kTitles);
  item.body = first_content(node, kBodies);
  item.date = first_content(node, kDates);
  item.id = first_content(node, kIds);
  if (item.id.empty()) item.id = notation::stripped(attribute_of(node, "about"));
  item.link = rss_link(node, context.base_url);
  item.language = first_content(node, kLanguages);
  if (item.language.empty()) item.language = language_at(node);
  add_securities(node, item.entities);
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
  // RSS 2.0 puts items inside the channel, RSS 1.0 beside it; publishers mix both.
  for (const pugi::xml_node parent : {channel, root}) {
    for (const pugi::xml_node node : parent.children()) {
      if (!is_named(node, "item")) continue;
      if (feed.items.size() < context.max_items) {
        feed.items.push_back(read_item(node, context));
      } else {
        warnings.add("items", "more than max_items, left out");
      }
    }
  }
  return feed;
}

}  // namespace tapewatch::ingest
