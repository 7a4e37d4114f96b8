#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace tapewatch::storage {

/// How long data is kept. Roll-ups outlive the raw rows they were made from; `minutes` says when minute roll-ups are
/// merged into quarter hours, `quarters` when those are deleted.
struct RetentionOptions {
  std::chrono::milliseconds documents = std::chrono::hours(24 * 400);
  std::chrono::milliseconds minutes = std::chrono::hours(24 * 90);
  std::chrono::milliseconds quarters = std::chrono::hours(24 * 365 * 5);
};

/// All options of the database. Only the first six are configuration keys; the rest are limits.
struct StorageOptions {
  std::string path = "tapewatch.db";
  RetentionOptions retention;
  std::uint64_t min_free = 2ULL << 30;                             // bytes on the file system of `path`
  std::chrono::milliseconds max_lateness = std::chrono::hours(2);  // older than T minus this: history only
  std::chrono::milliseconds story_window = std::chrono::hours(72);
  std::chrono::milliseconds busy_timeout = std::chrono::seconds(5);

  bool lock_file = true;                        // a second writer on the same database is refused
  std::size_t event_rows = 100'000;             // newest rows of the event table that are kept
  std::size_t max_dead_letter_bytes = 1 << 20;  // of one payload
  std::size_t max_dead_letters = 100'000;       // newest rows that are kept
  std::size_t max_error_bytes = 2'000;          // of one stored error text
  std::size_t writer_cache_kib = 64 * 1024;
  std::size_t reader_cache_kib = 16 * 1024;
  std::size_t statement_cache = 192;         // prepared statements kept per connection
  std::size_t checkpoint_pages = 4'000;      // WAL pages before the writer copies them back
  std::int64_t wal_keep_bytes = 64LL << 20;  // WAL file is cut to this after a checkpoint
  int interrupt_every = 4'000;               // virtual machine steps between two interrupt checks
};

}  // namespace tapewatch::storage
