#pragma once
#include <string>
#include <vector>

#include "ingest/document/document_limits.hpp"
#include "ingest/feed/feed_options.hpp"
#include "ingest/kafka/kafka_options.hpp"
#include "ingest/post/post_options.hpp"

namespace tapewatch::ingest {

// [ingest.entities]
struct EntityOptions {
  std::string watchlist;  // path of the CSV file; "" = no watched entities
};

// [ingest]
struct IngestOptions {
  std::vector<KafkaOptions> kafka;
  std::vector<FeedOptions> feeds;
  std::vector<PostOptions> posts;
  EntityOptions entities;
  DocumentLimits limits;
};

}  // namespace tapewatch::ingest
