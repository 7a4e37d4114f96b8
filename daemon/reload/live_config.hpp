#pragma once
// Tested by tests/daemon/reload/reloader_test.cpp

#include <memory>

#include "config/config.hpp"
#include "config/notation/live.hpp"
#include "ingest/entity/entity_finder.hpp"

namespace tapewatch {

struct ConfigSnapshot {
  std::shared_ptr<const config::Config> config;
  std::shared_ptr<const ingest::EntityFinder> finder;  ///< the watch list
};

/// What a reload replaces, as it is now: readers take a snapshot for each request or batch, which stays as it is while
/// they hold it. Any thread.
class LiveConfig : public notation::Live<ConfigSnapshot> {
 public:
  using Snapshot = ConfigSnapshot;
  using Live::Live;

  std::shared_ptr<const config::Config> config() const { return get().config; }
  std::shared_ptr<const ingest::EntityFinder> finder() const { return get().finder; }
};

}  // namespace tapewatch
