// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/json_feed_parser.hpp"

#include <boost/json/value.hpp>
#include <initializer_list>
#include <string>
#include <vector>

#include "config/notation/ascii.hpp"
#include "config/notation/json_writer.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/feed/parse/feed_link.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

/// The first of these members that is a non-empty string; a number counts as its digits (ids).
std::string member(const json::object& object, std::initializer_list<std::string_view> names) {
  for (const std::string_view name : names) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) continue;
    if (const json::string* text = value->if_string()) {
      const std::string_view plain = notation::stripped(std::string_view(text->data(), text->size()));
      if (!plain.empty()) return std::string(plain);
    } else if (value->is_number()) {
      return notation::to_json(*value);
    }
  }
  return {};
}

FeedItem read_item(const json::object& object, const FeedContext& context) {
  FeedItem item;
  item.id = member(object, {"id"});
  item.title = member(object, {"title"});
  item.title_markup = Markup::literal;  // "plain text"; only content_html may contain HTML
  item.body = member(object, {"content_html"});
  if (item.body.empty()) {
    item.body = member(object, {"content_text", "summary"});
    item.body_markup = Markup::literal;
  }
  for (const std::string_view name : {"date_published", "date_modified"}) {
    if (std::string date = member(object, {name}); !date.empty()) item.other_dates.push_back(std::move(date));
  }
  take_first_date(item);
  item.language = member(object, {"language"});
  item.link = resolve_link(context.base_url, member(object, {"url", "external_url"}));
  if (item.link.empty() && item.id.rfind("http", 0) == 0) item.link = resolve_link("", item.id);
  return item;
}

}  // namespace

boost::system::result<Feed, FeedError> parse_json_feed(std::string_view text, const FeedContext& context,
                                                       FeedWarnings& warnings) {
  std::vector<FieldWarning> mended;
  const auto value = parse_json_text(text, DocumentLimits().max_json_depth, mended);
  if (!value) return FeedError{"json", value.error().reason};
  for (const FieldWarning& warning : mended) warnings.add("json", warning.detail);
  const json::object* root = value->if_object();
  const json::value* items = root ? root->if_contains("items") : nullptr;
  if (items == nullptr || !items->is_array()) {
    return FeedError{"format", "JSON, but not a JSON Feed: no list \"items\""};
  }
  const std::string version = root->contains("version") ? member(*root, {"version"}) : std::string();
  Feed feed;
  feed.format = version.find("version/1.1") != std::string_view::npos ? "JSON Feed 1.1" : "JSON Feed 1";
  feed.language = member(*root, {"language"});
  for (const json::value& entry : items->get_array()) {
    if (!entry.is_object()) {
      warnings.add("items", "not an object, left out");
    } else if (feed.items.size() >= context.max_items) {
      warnings.add("items", "more than max_items, left out");
    } else {
      feed.items.push_back(read_item(entry.get_object(), context));
    }
  }
  return feed;
}

}  // namespace tapewatch::ingest
