// Tested by tests/config/toml/load_test.cpp
#include "config/schema/schema.hpp"

namespace tapewatch::config {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kCentury = 24h * 365 * 100;

const Keys<storage::RetentionOptions>& retention_keys() {
  using O = storage::RetentionOptions;
  static const Keys<O> keys = {
      duration_key<O>("documents", &O::documents, "Documents and their scores.", 1h, kCentury),
      duration_key<O>("minutes", &O::minutes, "Sentiment by the minute; later it is merged into quarter hours.", 24h,
                      kCentury),
      duration_key<O>("quarters", &O::quarters, "Sentiment by the quarter hour and longer.", 24h, kCentury),
  };
  return keys;
}

}  // namespace

const Keys<storage::StorageOptions>& storage_keys() {
  using O = storage::StorageOptions;
  static const Keys<O> keys = {
      text_key<O>("path", &O::path, "The database.", not_empty()),
      table_key<O>("retention", &O::retention, retention_keys),
      size_key<O>("min_free", &O::min_free, "With less free space ingestion pauses; delivery and queries continue.", 0,
                  1ULL << 60),
      duration_key<O>("max_lateness", &O::max_lateness, "Older documents count in the history but raise no alerts.", 0s,
                      24h * 30),
      duration_key<O>("story_window", &O::story_window,
                      "How far in time a document may be from the first one of its story.", 1min, 24h * 30),
      duration_key<O>("busy_timeout", &O::busy_timeout, "How long to wait for another program's lock.", 0s, 10min),
  };
  return keys;
}

}  // namespace tapewatch::config
