#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ingest/document/metadata.hpp"
#include "ingest/feed/parse/feed_warning.hpp"
#include "ingest/text/markup.hpp"

namespace tapewatch::ingest {

/// One entry of a feed as its publisher wrote it: texts may still be HTML, dates are not parsed yet.
struct FeedItem {
  std::string id;    ///< guid, atom:id, JSON id, rdf:about; empty when there is none
  std::string link;  ///< absolute http(s) URL, or empty
  std::string title;
  Markup title_markup = Markup::html;
  std::string body;
  Markup body_markup = Markup::html;
  std::string date;                      ///< of publication, else of the last change
  std::vector<std::string> other_dates;  ///< the item's others, in that order: for a first one that cannot be read
  std::string language;                  ///< of this entry's texts, as written; empty: the feed's
  std::vector<std::string> entities;     ///< tickers and ISINs where the publisher marks them as such
  Metadata metadata;                     ///< what it says beside its text (feed_metadata)
};

/// Moves the first of `other_dates` to `date`.
inline void take_first_date(FeedItem& item) {
  if (item.other_dates.empty()) return;
  item.date = std::move(item.other_dates.front());
  item.other_dates.erase(item.other_dates.begin());
}

/// A parsed response: the properties of the whole feed and its entries in document order.
struct Feed {
  std::string format;            ///< "RSS 2.0", "RSS 1.0", "Atom 1.0", "JSON Feed 1.1", …
  std::string language;          ///< as written
  std::string content_language;  ///< the HTTP header's, if it names one language; nearer than `language`
  std::string updated;           ///< lastBuildDate, atom:updated, channel pubDate; as written
  std::optional<std::chrono::minutes> ttl;
  std::string host;            ///< where the response came from
  std::bitset<24> skip_hours;  ///< UTC
  std::bitset<7> skip_days;    ///< 0 = Sunday, UTC
  std::vector<FeedItem> items;
  std::vector<std::string> deleted;  ///< ids of entries that the publisher takes back (RFC 6721)
  bool complete = true;              ///< false: the markup was broken and only the readable items are here
};

/// Why a response is not a feed.
struct FeedError {
  std::string kind;     ///< a fixed word: html, xml, json, empty, format
  std::string message;  ///< for a log
};

/// What a parser needs besides the text.
struct FeedContext {
  std::string base_url;  ///< where the response came from: relative links are resolved against it
  std::size_t max_items = 1000;
};

}  // namespace tapewatch::ingest
