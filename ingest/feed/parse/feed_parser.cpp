#include "ingest/feed/parse/feed_parser.hpp"

#include <string>

#include "config/notation/ascii.hpp"
#include "config/notation/url.hpp"
#include "ingest/feed/parse/atom_parser.hpp"
#include "ingest/feed/parse/feed_link.hpp"
#include "ingest/feed/parse/feed_xml.hpp"
#include "ingest/feed/parse/json_feed_parser.hpp"
#include "ingest/feed/parse/rss_parser.hpp"
#include "ingest/feed/parse/xml_characters.hpp"
#include "ingest/feed/parse/xml_entities.hpp"
#include "ingest/feed/parse/xml_feed.hpp"
#include "ingest/text/charset.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::size_t kJunkWindow = 16 * 1024;  // warnings printed by a publisher's script before the feed

bool is_feed_root(std::string_view name) {
  const std::string lower = notation::ascii_lower(name);
  return lower == "rss" || lower == "rdf" || lower == "feed" || lower == "entry";
}

/// The value of an attribute in a tag's text; empty when absent.
std::string tag_attribute(std::string_view tag, std::string_view name) {
  const std::string lower = notation::ascii_lower(tag);
  const std::size_t at = lower.find(std::string(name) + "=");
  if (at == std::string_view::npos || at + name.size() + 1 >= tag.size()) return {};
  const std::size_t start = at + name.size() + 1;
  const char quote = tag[start];
  if (quote != '"' && quote != '\'') return std::string(tag.substr(start, tag.find_first_of(" >", start) - start));
  return std::string(tag.substr(start + 1, tag.find(quote, start + 1) - start - 1));
}

/// The feed that a page links by <link rel="alternate" type="application/rss+xml" href="…">; empty when there is none.
std::string advertised_feed(std::string_view html, std::string_view base) {
  const std::string lower = notation::ascii_lower(html.substr(0, 256 * 1024));
  for (std::size_t at = 0; (at = lower.find("<link", at)) != std::string_view::npos; ++at) {
    const std::string_view tag = html.substr(at, lower.find('>', at) - at);
    const std::string type = notation::ascii_lower(tag_attribute(tag, "type"));
    const bool is_feed =
        type == "application/rss+xml" || type == "application/atom+xml" || type == "application/feed+json";
    if (is_feed) return resolve_link(base, tag_attribute(tag, "href"));
  }
  return {};
}

FeedError html_instead(std::string_view text, const FeedContext& context) {
  const std::string hint = advertised_feed(text, context.base_url);
  return {"html", "an HTML page instead of a feed" + (hint.empty() ? std::string() : "; it names a feed at " + hint)};
}

/// The text before the feed's markup, if there is markup later.
std::size_t junk_before_feed(std::string_view text) {
  const std::string_view window = text.substr(0, kJunkWindow);
  for (const std::string_view opening : {"<?xml", "<rss", "<feed", "<rdf:RDF"}) {
    const std::size_t at = window.find(opening);
    if (at != std::string_view::npos && at > 0 && is_feed_root(root_name(text.substr(at)))) return at;
  }
  return 0;
}

/// The first visible bytes, made safe for a log message.
std::string beginning(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, 40)) out += c >= ' ' && c < 0x7F ? c : '.';
  return out;
}

boost::system::result<Feed, FeedError> parse_xml(std::string& text, const FeedContext& context,
                                                 FeedWarnings& warnings) {
  expand_internal_entities(text, warnings);
  if (const std::size_t mended = mend_xml_characters(text)) warnings.add("xml", "characters that XML forbids", mended);
  XmlFeed feed;
  load_xml_feed(text, feed, warnings);
  const pugi::xml_node root = feed.document.document_element();
  if (!root) return FeedError{"xml", "broken XML, nothing could be read"};
  const bool atom = is_named(root, "feed") || is_named(root, "entry");
  Feed result = atom ? parse_atom(root, context, warnings) : parse_rss(root, context, warnings);
  result.complete = feed.complete;
  if (!feed.complete && result.items.empty()) return FeedError{"xml", "broken XML, no item could be read"};
  return result;
}

boost::system::result<Feed, FeedError> parse_any(std::string_view body, std::string_view content_type,
                                                 const FeedContext& context, FeedWarnings& warnings) {
  DecodedText decoded = decode_text(body, content_type_charset(content_type), warnings);
  std::string& text = decoded.text;
  const std::string_view visible = notation::stripped(text);
  if (visible.empty()) return FeedError{"empty", "an empty answer"};
  if (visible.front() == '{' || visible.front() == '[') return parse_json_feed(visible, context, warnings);
  if (!is_feed_root(root_name(text))) {
    const std::size_t junk = junk_before_feed(text);
    const std::string root = notation::ascii_lower(root_name(text));
    if (junk == 0 && root == "html") return html_instead(text, context);
    if (junk == 0) {
      const bool says_html = notation::ascii_lower(content_type).find("html") != std::string::npos;
      if (says_html) return html_instead(text, context);
      return root.empty() ? FeedError{"format", "neither XML nor JSON: \"" + beginning(visible) + "\""}
                          : FeedError{"format", "XML, but not a feed: <" + beginning(root) + ">"};
    }
    warnings.add("xml", "text before the feed");
    text.erase(0, junk);
  }
  return parse_xml(text, context, warnings);
}

}  // namespace

boost::system::result<Feed, FeedError> parse_feed(std::string_view body, std::string_view content_type,
                                                  const FeedContext& context, FeedWarnings& warnings) {
  auto feed = parse_any(body, content_type, context, warnings);
  if (feed) feed->host = notation::url_host(context.base_url);
  return feed;
}

}  // namespace tapewatch::ingest
