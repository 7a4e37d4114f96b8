#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "daemon/pipeline/scoring/scorer.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "storage/rescored/rescored_writer.hpp"
#include "storage/rescored/rescoring_reader.hpp"

namespace tapewatch {

struct HistoryRescoringOptions {
  std::string database;
  storage::StorageOptions storage;
  std::size_t batch = 16;                        ///< documents scored and stored at a time
  std::chrono::milliseconds look_every{2'000};   ///< whether the disk still has too little room
  std::chrono::milliseconds store_again{1'000};  ///< what the writer did not take
};

/// References outlive the HistoryRescoring.
struct HistoryRescoringParts {
  WriterQueue& writer;
  std::function<Scorer()> make_scorer;  ///< of the lane `history`
  std::function<bool()> disk_is_low;    ///< what news need is not to be taken by history. Any thread
};

struct RescoringEnded : std::runtime_error {
  explicit RescoringEnded(const char* why = "the daemon is stopping") : std::runtime_error(why) {}
};

/// Scores stored documents beside a writer that runs: a few at a time, in a lane of the scheduler that gives way to
/// news, while the disk has room. The writer stores the scores as commands. What is stored is not done again: a run
/// that was ended goes on where it was.
class HistoryRescoring {
 public:
  HistoryRescoring(HistoryRescoringOptions options, HistoryRescoringParts parts)
      : options_(std::move(options)), parts_(std::move(parts)) {}

  /// Told of the documents that are left, and of how many there were.
  using Note = std::function<void(std::int64_t left, std::int64_t all)>;
  /// Until the version has scored all that the query asks for. Throws RescoringEnded after stop(), StorageError.
  void run(const storage::RescoringQuery& query, const Note& note);
  /// Reads what is stored for companies that were added to the watch list since. Returns how many documents name one.
  /// Throws like run().
  std::size_t fill(const storage::RescoringQuery& query);
  /// Any thread.
  void stop() { stopping_ = true; }
  /// What runs ends as after stop(), what comes after renew() runs again. Any thread.
  void cancel() { cancelled_ = true; }
  void renew() { cancelled_ = false; }
  void check_stop() const {
    if (stopping_) throw RescoringEnded();
    if (cancelled_) throw RescoringEnded("an operator has ended it");
  }
  /// Sleeps, no longer than up to stop() or cancel().
  void pause(std::chrono::milliseconds time) const;
  /// In a transaction of the writer, as often as it takes until that is committed. Throws RescoringEnded after stop().
  void write(const std::function<void(storage::Connection&)>& apply) const;

 private:
  void wait_for_disk() const;
  bool try_to_write(const std::function<void(storage::Connection&)>& apply) const;

  const HistoryRescoringOptions options_;
  const HistoryRescoringParts parts_;
  std::atomic<bool> stopping_{false}, cancelled_{false};
};

}  // namespace tapewatch
