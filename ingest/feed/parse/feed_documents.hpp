#pragma once

#include <string>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/feed/item_identity.hpp"
#include "ingest/feed/parse/feed_item.hpp"
#include "ingest/feed/seen_items.hpp"

namespace tapewatch::ingest {

/// An item that cannot become a document, for the dead letters.
struct FeedRejection {
  Rejection rejection;
  std::string payload;   ///< the item as JSON, bounded
  std::string position;  ///< its id
};

struct FeedBatch {
  std::vector<Document> documents;  ///< new or changed, normalised, oldest first
  std::vector<FeedRejection> rejected;
  std::size_t known = 0;     ///< listed before with the same text
  std::size_t readable = 0;  ///< listed items with a text, known ones too
};

/// What turns the items of one source into documents.
struct FeedSource {
  std::string name;
  std::string language;  ///< configured; overrides what the feed says
  DocumentLimits limits;
  IdentityFaults faults;
};

/// Items to documents, called as identify_items() says. The date is the item's; where it has none, `carrier` (the
/// feed's own date or Last-Modified), else `now`.
FeedBatch collect_documents(const Feed& feed, FeedSource& source, SeenItems& seen, std::string_view carrier,
                            TimePoint now, FeedWarnings& warnings);

}  // namespace tapewatch::ingest
