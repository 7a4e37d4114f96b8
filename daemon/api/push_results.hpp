#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/pipeline/intake/intake.hpp"
#include "daemon/server/router.hpp"
#include "ingest/document/document.hpp"

namespace tapewatch {

/// What is known of one document of a push.
struct PushResult {
  std::size_t number = 0;  // of the line of an NDJSON body; 0: none
  std::vector<std::string> ignored;
  std::vector<ingest::FieldWarning> warnings;
  std::string source, id;
  std::string_view status = "unknown";  // stored revised repeated blocked removed held rejected unknown
  std::int64_t seq = 0, document = 0;
  ingest::Rejection rejection;
};

/// One document of a push: its result so far and, where a commit decides about it, its content.
struct PushEntry {
  PushResult result;
  std::optional<Content> content;
};

struct PushAnswerOptions {
  bool history = false;  ///< the documents are history (Submission)
  bool ndjson = false;   ///< a line for each result; else {"results":[…]}
  /// At the deadline a push of which something is not known is refused (503), for senders that read only the status.
  /// Else its answer says `unknown` there.
  bool all_or_refused = false;
};

/// Passes what has content to the pipeline, all or nothing, and answers after the commit of the last one, in the order
/// of `entries`; at once where there is nothing to commit. 503 with Retry-After, and nothing accepted, when there is no
/// room. `on_commit`: called for each commit, on the writer thread.
void submit_push(std::vector<PushEntry> entries, const PushAnswerOptions& options, DocumentIntake& intake,
                 const ApiRequest& request, const Reply& reply,
                 const std::function<void(const Commit&)>& on_commit = {});

/// 503: ingestion waits for free disk space.
ApiResponse push_paused(const std::string& request_id);

}  // namespace tapewatch
