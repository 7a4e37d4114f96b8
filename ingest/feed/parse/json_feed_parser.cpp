// Tested by tests/ingest/feed/parse/feed_parser_test.cpp
#include "ingest/feed/parse/json_feed_parser.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <initializer_list>
#include <optional>
#include <string>

#include "config/notation/ascii.hpp"
#include "config/notation/json_writer.hpp"
#include "ingest/feed/parse/feed_link.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

/// The code unit of an escape, `\uXXXX`, at `at`; nullopt for anything else.
std::optional<unsigned> escaped_unit(std::string_view text, std::size_t at) {
  if (text.substr(at, 2) != "\\u" || at + 6 > text.size()) return std::nullopt;
  unsigned unit = 0;
  const auto [end, error] = std::from_chars(text.data() + at + 2, text.data() + at + 6, unit, 16);
  return error == std::errc() && end == text.data() + at + 6 ? std::optional(unit) : std::nullopt;
}

/// Escapes of half a surrogate pair, which the parser refuses with the whole feed, become U+FFFD.
std::string with_whole_escapes(std::string_view text, FeedWarnings& warnings) {
  const auto is_half = [](std::optional<unsigned> unit, unsigned first) { return unit && (*unit & 0xFC00U) == first; };
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    const auto unit = escaped_unit(text, at);
    const bool high = is_half(unit, 0xD800), low = is_half(unit, 0xDC00);
    if (high && is_half(escaped_unit(text, at + 6), 0xDC00)) {
      at += 12;
    } else if (high || low) {
      out.append(text, copied, at - copied).append("\\ufffd");
      at += 6;
      copied = at;
      warnings.add("json", "half of a surrogate pair replaced");
    } else {
      at += 2;  // an escaped backslash too
    }
  }
  return out.append(text, copied);
}

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
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 32;
  const json::value value = json::parse(with_whole_escapes(text, warnings), error, {}, options);
  if (error) return FeedError{"json", "broken JSON: " + error.message()};
  const json::object* root = value.if_object();
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
