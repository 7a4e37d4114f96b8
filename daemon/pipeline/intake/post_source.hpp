#pragma once

#include <spdlog/logger.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/notation/mutex.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/intake.hpp"
#include "daemon/pipeline/intake/parse_warnings.hpp"
#include "daemon/pipeline/intake/source_health.hpp"
#include "ingest/post/post_decoder.hpp"

namespace tapewatch {

/// One [[ingest.post]]: what its requests become, and its health. It numbers its documents as a source of its own. Any
/// thread; outlives the server and the writer.
///
/// Nobody can tell a sender that has nothing to say from one that is down, so it has no part in `coverage`.
class PostSource {
 public:
  struct Parts {
    DocumentQueue& queue;
    std::uint32_t slot;  ///< from the SourceRegistry
    const EventClock& clock;
    Metrics& metrics;
    std::shared_ptr<spdlog::logger> log;
  };

  /// Throws std::invalid_argument for a shape that cannot work.
  PostSource(ingest::PostOptions options, const ingest::DocumentLimits& limits, const Parts& parts);

  const ingest::PostOptions& options() const { return options_; }
  DocumentIntake& intake() { return intake_; }

  /// Whether this is the source's token; anything is where it has none.
  bool admits(std::string_view token) const;

  /// One document of a request as it goes to the writer: a document, a removal, a document to hold, or a dead letter
  /// with the reason in `rejection`.
  struct Item {
    Content content;
    std::string source, id;
    std::vector<ingest::FieldWarning> warnings;
    ingest::Rejection rejection;
  };
  /// The items of a request's body in their order. `headers`: all of the request; `request`: its name for dead letters.
  std::vector<Item> read(std::string_view body, std::span<const ingest::RecordHeader> headers,
                         std::string_view request);

  /// A request was refused before anything was read; `kind` is a fixed word for metrics.
  void refused(std::string_view kind, const std::string& why);
  void committed(const Commit& commit);

  SourceReport report() const { return health_.report(); }

 private:
  void note_warnings(const std::vector<ingest::FieldWarning>& warnings);

  const ingest::PostOptions options_;
  const ingest::DocumentLimits limits_;
  const std::string token_hash_;  // "": any
  const ingest::PostDecoder decoder_;
  const EventClock& clock_;
  Metrics& metrics_;
  const std::shared_ptr<spdlog::logger> log_;
  QueueIntake intake_;
  SourceHealth health_;
  Mutex mutex_;
  ParseWarnings warnings_ GUARDED_BY(mutex_);
  bool told_ GUARDED_BY(mutex_) = false;  // of refused requests, since the last that was not
};

}  // namespace tapewatch
