#include "storage/maintain/storage_counts.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <cerrno>
#include <system_error>

#include "storage/clock.hpp"
#include "storage/connection/transaction.hpp"

namespace tapewatch::storage {

namespace {

std::int64_t file_bytes(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<std::int64_t>(status.st_size) : 0;
}

}  // namespace

std::int64_t wal_bytes(const std::string& path) { return file_bytes(path + "-wal"); }

std::uint64_t free_bytes(const std::string& path) {
  struct statvfs status {};
  std::string place = path;
  while (::statvfs(place.c_str(), &status) != 0) {
    const int error = errno;
    const auto slash = place.rfind('/');
    if (error == ENOENT && place != "." && place != "/") {
      place = slash == std::string::npos ? "." : slash == 0 ? "/" : place.substr(0, slash);
      continue;
    }
    throw StorageError(StorageError::Kind::io, fmt::format("cannot read the free space of {}: {}", path,
                                                           std::generic_category().message(error)));
  }
  return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
}

StorageCounts read_counts(Connection& connection) {
  const ReadTransaction snapshot(connection);
  StorageCounts counts;
  // The counters of sources, so that a scrape does not walk the documents.
  auto documents = connection.prepare("SELECT coalesce(sum(documents), 0) FROM source");
  if (documents.step()) counts.documents = documents.integer(0);
  auto letters = connection.prepare("SELECT count(*) FROM dead_letter");
  if (letters.step()) counts.dead_letters = letters.integer(0);
  const Clock clock(connection);
  counts.seq = clock.last_seq();
  counts.event_time = clock.event_time();
  counts.outbox = Outbox(connection).counts();
  counts.database_bytes = file_bytes(connection.path());
  counts.wal_bytes = wal_bytes(connection.path());
  return counts;
}

}  // namespace tapewatch::storage
