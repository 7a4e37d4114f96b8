#pragma once
#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/server/message.hpp"
#include "daemon/server/problem.hpp"
#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch {

/// An element that is not a document, with its id and source if readable (else "").
struct RejectedLine {
  ingest::Rejection why;
  std::string id, source;
};

/// One element of a push: a document, or the reason for its rejection.
struct PushLine {
  std::variant<ingest::Document, RejectedLine> content;
  std::vector<std::string> ignored;            // unknown members, in their order
  std::vector<ingest::FieldWarning> warnings;  // fields that could not be read; the document is kept without them
  std::size_t number = 0;                      // of the line of an NDJSON body, from 1
};

/// The limits of one push, and the source of documents that name none.
struct PushReading {
  std::string_view default_source;
  ingest::TimePoint received_at;
  ingest::DocumentLimits limits;
  std::size_t max_documents = 0;
};

struct PushBody {
  std::vector<PushLine> lines;
  bool ndjson = false;                 // respond in the same format
  std::optional<ApiResponse> refusal;  // of the whole body; `lines` are then meaningless
};

/// 413: more documents than the queue ever takes.
ApiResponse too_many_documents(std::size_t most, const std::string& request_id);

/// Whether the body is NDJSON by its Content-Type.
bool is_ndjson(const ApiRequest& request);

/// Reads application/json (an object, an array, {"documents":[…]}) and application/x-ndjson, whose blank lines are
/// skipped and have no result. A byte order mark is skipped. An element or line that is not JSON or not a document is
/// rejected by itself. A body that is not UTF-8 is decoded as its charset parameter says, else as detected, with a
/// warning.
PushBody read_push_body(const ApiRequest& request, const PushReading& reading);

}  // namespace tapewatch
