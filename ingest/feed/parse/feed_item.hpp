#pragma once

#include <bitset>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "ingest/feed/parse/feed_warning.hpp"

namespace tapewatch::ingest {

/// One entry of a feed as its publisher wrote it: texts may still be HTML, dates are not parsed yet.
struct FeedItem {
  std::string id;    ///< guid, atom:id, JSON id, rdf:about; empty when there is none
  std::string link;  ///< absolute http(s) URL, or empty
  std::string title;
  std::string body;
  std::string date;                   ///< of publication, else of the last change
  std::string language;               ///< of this entry; empty: the feed's
  std::vector<std::string> entities;  ///< tickers and ISINs where the publisher marks them as such
};

/// A parsed response: the properties of the whole feed and its entries in document order.
struct Feed {
  std::string format;    ///< "RSS 2.0", "RSS 1.0", "Atom 1.0", "JSON Feed 1.1", …
  std::string language;  ///< as written
  std::string updated;   ///< lastBuildDate, atom:updated, channel pubDate; as written
  std::optional<std::chrono::minutes> ttl;
  std::bitset<24> skip_hours;  ///< UTC
  std::bitset<7> skip_days;    ///< 0 = Sunday, UTC
  std::vector<FeedItem> items;
  bool complete = true;  ///< false: the markup was broken and only the readable items are here
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
