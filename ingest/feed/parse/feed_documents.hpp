#pragma once

#include <string>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
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
  std::size_t known = 0;  ///< listed before with the same text
};

/// What turns the items of one source into documents.
struct FeedSource {
  std::string name;
  std::string language;  ///< configured; overrides what the feed says
  DocumentLimits limits;
  /// Once a publisher has given two different items the same guid, its guids no longer count as ids. Part of the feed's
  /// state, so that ids do not change back and forth with the listed items.
  bool distrust_ids = false;
};

/// Items to documents. The id is the guid, else the normalised link, else a hash of title and date. The date is the
/// item's; where it has none, `carrier` (the feed's own date or Last-Modified), else `now`.
FeedBatch collect_documents(const Feed& feed, FeedSource& source, SeenItems& seen, std::string_view carrier,
                            TimePoint now, FeedWarnings& warnings);

}  // namespace tapewatch::ingest
