#pragma once
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <optional>

#include "storage/document/document_tables.hpp"

namespace tapewatch::storage {

/// A row of the sequence with which event time goes from one time to another.
struct Reanchoring {
  std::int64_t seq = 0;
  std::int64_t since = 0;  ///< the rows after it are gone through again
  TimePoint from{}, to{};
  /// Going back: where it is known when event time leapt, what the clock has stamped since then from this time on is
  /// wrong, also where it lies before `to`. Not stored.
  std::optional<TimePoint> leapt_to;
};

struct Corrected {
  std::int64_t restamped = 0;  ///< documents whose times were the wrong clock's
  std::int64_t held = 0;       ///< documents whose sources say that they are from after `to`
  std::int64_t released = 0;   ///< documents that an earlier re-anchoring held
};

/// Corrects what a wrong clock has stamped. Back: of the rows since, documents that the wrong clock dated by their
/// arrival are moved by its error, with their roll-ups and their story; its ticks are held, and so are documents that a
/// source dates later than `to`. Forth, where the clock had been put back wrongly: what was held or moved returns, and
/// what the wrong clock has stamped since is moved. Works inside the caller's Transaction, on the writer thread. Throws
/// StorageError.
class TimeCorrection {
 public:
  explicit TimeCorrection(Connection& connection) : connection_(connection), tables_(connection) {}
  Corrected apply(const Reanchoring& row);

  /// Whether the document came too late for a live alert, judged anew.
  void set_late(std::int64_t document, bool late);
  /// The same of companies that the row `seq` has added to a document.
  void set_added_late(std::int64_t document, std::int64_t seq, bool late);

 private:
  struct Stamped;
  void go_back(const Reanchoring& row, Corrected& done);
  void go_forth(const Reanchoring& row, Corrected& done);
  void bring_back(std::int64_t reanchoring, TimePoint to, Corrected& done);
  void shift(const Stamped& document, std::chrono::milliseconds by, std::int64_t seq);
  void move(std::int64_t document, TimePoint at, TimePoint published, TimePoint received);
  void move_entities(std::int64_t document, std::int64_t old_minute, std::int64_t new_minute);
  void clamp_last_seen(const Reanchoring& row, const Corrected& done);
  bool exists_earlier(const char* sql, std::initializer_list<std::int64_t> values);

  Connection& connection_;
  DocumentTables tables_;
};

}  // namespace tapewatch::storage
