#pragma once

#include <string>
#include <vector>

#include "config/config.hpp"
#include "ingest/entity/entity_finder.hpp"

namespace tapewatch {

/// What differs between two configurations, and what of it a reload can take over.
struct ConfigDifference {
  std::vector<std::string> refused;  ///< keys that only a restart changes, by their paths
  std::vector<std::string> changes;  ///< in words: "rule negative-burst changed (severity, labels.team)"
  std::vector<std::string> added_webhooks, changed_webhooks, removed_webhooks;  ///< names
  std::vector<std::string> added_feeds, changed_feeds, removed_feeds;           ///< likewise
  std::vector<std::string> added_kafka, changed_kafka, removed_kafka;           ///< likewise
  std::vector<std::string> added_outputs, changed_outputs, removed_outputs;     ///< likewise

  bool empty() const { return refused.empty() && changes.empty(); }
  bool of_kafka() const { return !added_kafka.empty() || !changed_kafka.empty() || !removed_kafka.empty(); }
  bool of_outputs() const { return !added_outputs.empty() || !changed_outputs.empty() || !removed_outputs.empty(); }
};

/// The configuration that runs, against one that was loaded. Keys are compared by their values: comments, order of the
/// keys, spelling and a default that is written out make no difference, the content of a secret's file does. Pure.
ConfigDifference difference(const config::Config& running, const config::Config& loaded);

/// The watch lists, in words: "watch list: 2 companies added, 1 changed, 3 removed"; empty where they are the same.
std::string watchlist_difference(const std::vector<ingest::WatchedEntity>& running,
                                 const std::vector<ingest::WatchedEntity>& loaded);

}  // namespace tapewatch
