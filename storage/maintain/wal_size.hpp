#pragma once
#include <chrono>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Copies the write-ahead log into the database and cuts its file to nothing (a TRUNCATE checkpoint). Waits for readers
/// of the log for `patience` at most, during which nothing can be written. False when one still reads from it: then
/// what could be copied is. The writer, outside a transaction. Throws StorageError where the disk fails.
///
/// SQLite's own checkpoints begin the log anew only at a commit that finds no reader; between readers that follow each
/// other closely it grows.
bool take_in_wal(Connection& writer, std::chrono::milliseconds patience);

}  // namespace tapewatch::storage
