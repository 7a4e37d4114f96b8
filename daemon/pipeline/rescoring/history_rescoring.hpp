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
  std::size_t batch = 16;                         ///< documents scored and stored at a time
  std::chrono::milliseconds look_every{20};       ///< whether news still waits to be scored
  std::chrono::milliseconds longest_wait{2'000};  ///< for news, of which some always waits on a slow machine
  std::chrono::milliseconds store_again{1'000};   ///< what the writer did not take
};

/// References outlive the HistoryRescoring.
struct HistoryRescoringParts {
  WriterQueue& writer;
  std::function<Scorer()> make_scorer;  ///< of the lane `history`
  std::function<bool()> news_wait;      ///< to be scored: they go first. Any thread
};

struct RescoringEnded : std::runtime_error {
  RescoringEnded() : std::runtime_error("the daemon is stopping") {}
};

/// Scores stored documents beside a writer that runs: a few at a time, only while no news waits, and the writer stores
/// the scores as commands. What is stored is not done again: a run that was ended goes on where it was.
class HistoryRescoring {
 public:
  HistoryRescoring(HistoryRescoringOptions options, HistoryRescoringParts parts)
      : options_(std::move(options)), parts_(std::move(parts)) {}

  /// Told of the documents that are left, and of how many there were.
  using Note = std::function<void(std::int64_t left, std::int64_t all)>;
  /// Until the version has scored all that the query asks for. Throws RescoringEnded after stop(), StorageError.
  void run(const storage::RescoringQuery& query, const Note& note);
  /// Any thread.
  void stop() { stopping_ = true; }
  void check_stop() const {
    if (stopping_) throw RescoringEnded();
  }
  /// Sleeps, no longer than up to stop().
  void pause(std::chrono::milliseconds time) const;

 private:
  void let_news_pass() const;
  bool store(std::vector<storage::RescoredRow> rows);

  const HistoryRescoringOptions options_;
  const HistoryRescoringParts parts_;
  std::atomic<bool> stopping_{false};
};

}  // namespace tapewatch
