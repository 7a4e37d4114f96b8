#pragma once
#include <cstdint>
#include <string>

#include "storage/maintain/backup.hpp"

namespace tapewatch::storage {

/// What a restore has put in place.
struct RestoreReport {
  std::string former;  ///< where the database that was there before is now; empty: there was none
  std::int64_t documents = 0, seq = 0;
  std::int64_t schema = 0;  ///< an older one is brought up at the next start
};

/// Puts a copy of `backup` in the place of the database `path`. The database that was there is kept beside it, with its
/// write-ahead log, as `<path>.before-restore`: a log that stays behind under the old name would be replayed into the
/// backup, which undoes the restore or damages the file.
///
/// Nothing is touched until the backup has been read, found sound and copied. From then until the end the file
/// `<path>.restoring` is there, and no tapewatch opens the database (require_database_file()): a restore that a loss of
/// power interrupts is finished by running it again.
///
/// Throws StorageError: a backup that is missing, damaged, newer or another program's; a daemon that writes to `path`;
/// a former database that is in the way.
RestoreReport restore_database(const std::string& backup, const std::string& path, const BackupProgress& progress);

}  // namespace tapewatch::storage
