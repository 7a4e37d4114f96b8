#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "daemon/pipeline/writer_queue.hpp"
#include "storage/connection/connection.hpp"
#include "storage/output/output_log.hpp"

namespace tapewatch {

/// The events that one output publishes, as the database has them. One thread.
class OutputJournal {
 public:
  struct Range {
    std::int64_t oldest = 0, newest = 0;  ///< 0: none
  };
  virtual ~OutputJournal() = default;
  virtual std::vector<storage::OutputEvent> after(std::int64_t event, std::size_t limit) = 0;
  virtual Range range() = 0;
  virtual std::optional<storage::TimePoint> written_at(std::int64_t event) = 0;
  /// The last event that is known here to be published.
  virtual std::int64_t position() = 0;
  /// Events up to this one are published. Nothing waits for it.
  virtual void advance(std::int64_t event) = 0;
};

/// Read on a connection of its own, which is opened at the first query; written by commands on the writer's queue.
/// Throws StorageError.
class DatabaseOutputJournal final : public OutputJournal {
 public:
  DatabaseOutputJournal(std::string output, storage::StorageOptions options, WriterQueue& queue);

  std::vector<storage::OutputEvent> after(std::int64_t event, std::size_t limit) override;
  Range range() override;
  std::optional<storage::TimePoint> written_at(std::int64_t event) override;
  std::int64_t position() override;
  void advance(std::int64_t event) override;

 private:
  storage::Connection& reader();

  const std::string output_;
  const storage::StorageOptions options_;
  WriterQueue& queue_;
  std::optional<storage::Connection> reader_;
};

}  // namespace tapewatch
