#include "storage/maintain/wal_size.hpp"

#include <sqlite3.h>

namespace tapewatch::storage {
namespace {

class Patience {
 public:
  Patience(Connection& connection, std::chrono::milliseconds patience) : connection_(connection) {
    auto usual = connection.prepare("PRAGMA busy_timeout");
    if (usual.step()) usual_ = static_cast<int>(usual.integer(0));
    sqlite3_busy_timeout(connection.handle(), static_cast<int>(patience.count()));
  }
  ~Patience() { sqlite3_busy_timeout(connection_.handle(), usual_); }
  Patience(const Patience&) = delete;
  Patience& operator=(const Patience&) = delete;

 private:
  Connection& connection_;
  int usual_ = 0;
};

}  // namespace

bool take_in_wal(Connection& writer, std::chrono::milliseconds patience) {
  const Patience limited(writer, patience);
  const int code = sqlite3_wal_checkpoint_v2(writer.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_OK) return true;
  if ((code & 0xff) == SQLITE_BUSY || (code & 0xff) == SQLITE_LOCKED) return false;
  throw make_error(writer.handle(), code, writer.path(), "taking in the write-ahead log");
}

}  // namespace tapewatch::storage
