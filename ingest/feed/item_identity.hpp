#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/feed/parse/feed_item.hpp"
#include "ingest/feed/seen_items.hpp"

namespace tapewatch::ingest {

/// What a feed has proved about its ids. Part of the feed's state, so that ids do not change back and forth with the
/// listed items.
struct IdentityFaults {
  bool shared = false;    ///< two different items had one guid: guids do not count as ids any more
  bool unstable = false;  ///< guid and link changed while title and date stayed: neither counts any more

  friend bool operator==(const IdentityFaults&, const IdentityFaults&) = default;
};

/// One listed item and what it is called. Empty hashes: too little is known about it.
struct IdentifiedItem {
  const FeedItem* item = nullptr;
  std::string id;        ///< the document's
  std::string trace;     ///< hash of link, title and date
  std::string headline;  ///< hash of title and date
  std::string day;       ///< of its date; empty where it has none
  std::string text;      ///< hash of title and body
};

/// What identify_items() needs besides the feed.
struct IdentityContext {
  SeenItems& seen;  ///< of earlier responses; this response has begun there and nothing is listed yet
  IdentityFaults& faults;
  std::size_t max_id_bytes = 0;
  std::vector<std::string> days;  ///< one an item
};

/// The items of one response with their ids, each document once, in the order of the list.
///
/// An item is called by its guid, unless the feed has shown that its guids are not unique; else by its link and title:
/// equal links do not make two titles one item. Without a link title and date decide. Items of one response that are
/// called alike and have different texts are told apart by date and body, and so is another text of that title on
/// another day. An item that comes back under another guid keeps its first id if link, title and date are the same;
/// once guids and links have proved unstable, title and date decide.
std::vector<IdentifiedItem> identify_items(const Feed& feed, const IdentityContext& context, FeedWarnings& warnings);

/// The rule in force, for the feed's health: "guid", "link and title" or "title and date".
std::string_view identity_rule(const Feed& feed, const IdentityFaults& faults);

}  // namespace tapewatch::ingest
