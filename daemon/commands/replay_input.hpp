#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "daemon/commands/exported_sequence.hpp"
#include "ingest/document/document.hpp"

namespace tapewatch {

/// The documents of all inputs, in the order of their times; equal times keep the order of the input. Or the rows of an
/// exported sequence, in its order.
struct ReplayInput {
  std::vector<ingest::Document> documents;
  std::vector<ExportedRow> exported;
  std::size_t lines = 0, rejected = 0;

  /// From the first document to the last.
  std::chrono::milliseconds span() const {
    return documents.empty() ? std::chrono::milliseconds{0}
                             : documents.back().published_at - documents.front().published_at;
  }
};

/// Reads NDJSON files, "-" for standard input. Lines that are not documents or rows are named on standard error and
/// counted as rejected. Throws std::runtime_error for a file that cannot be read.
ReplayInput read_replay_input(const std::vector<std::string>& inputs, const ingest::DocumentLimits& limits);

}  // namespace tapewatch
