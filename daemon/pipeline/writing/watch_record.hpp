#pragma once

#include <set>
#include <string>

#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/document/watch_log.hpp"

namespace tapewatch {

/// The companies of the watch list, of which news is read from `now` on. Inside the caller's Transaction.
inline void note_watch_list(storage::Connection& connection, const EntityTags& watched, TimePoint now) {
  std::set<std::string> companies;
  for (const auto& [id, tags] : watched) companies.insert(id);
  storage::WatchLog(connection).set(companies, now);
}

/// The same in a transaction of its own. Throws StorageError.
inline void keep_watch_list(storage::Connection& connection, const EntityTags& watched, TimePoint now) {
  storage::Transaction transaction(connection);
  note_watch_list(connection, watched, now);
  transaction.commit();
}

}  // namespace tapewatch
