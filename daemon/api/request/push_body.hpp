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

/// What is not a document, with the id and the source that it gives nevertheless ("": none that can be read).
struct RejectedLine {
  ingest::Rejection why;
  std::string id, source;
};

/// One element of a push: a document, or why it is none.
struct PushLine {
  std::variant<ingest::Document, RejectedLine> content;
  std::vector<std::string> ignored;  // members that documents do not have, in their order
  std::size_t number = 0;            // of the line of an NDJSON body, from 1
};

/// How much one push may hold, and who it is from where a document does not say.
struct PushReading {
  std::string_view default_source;
  ingest::TimePoint received_at;
  ingest::DocumentLimits limits;
  std::size_t max_documents = 0;
};

struct PushBody {
  std::vector<PushLine> lines;
  bool ndjson = false;                 // answer in kind
  std::optional<ApiResponse> refusal;  // of the body as a whole; `lines` then mean nothing
};

/// Reads application/json (an object, an array, {"documents":[…]}) and application/x-ndjson, whose blank lines are no
/// lines: they are skipped and have no result. A byte order mark is skipped. An element or a line that is not JSON, or
/// no document, is rejected alone.
PushBody read_push_body(const ApiRequest& request, const PushReading& reading);

}  // namespace tapewatch
