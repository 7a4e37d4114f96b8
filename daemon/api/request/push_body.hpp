#pragma once
#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/server/message.hpp"
#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"

namespace tapewatch {

/// A line that is no document, with the id and the source that it gives nevertheless ("": none that can be read).
struct RejectedLine {
  ingest::Rejection why;
  std::string id, source;
};

/// One line of a push: a document, or why it is none.
using PushLine = std::variant<ingest::Document, RejectedLine>;

struct PushBody {
  std::vector<PushLine> lines;
  bool ndjson = false;      // answer in kind
  std::string error;        // why the body as a whole is nothing; `lines` is then empty
  bool wrong_type = false;  // because of its Content-Type
};

/// Reads application/json (an object, an array, {"documents":[…]}) and application/x-ndjson, whose blank lines are no
/// lines: they are skipped and have no result.
PushBody read_push_body(const ApiRequest& request, std::string_view default_source,
                        std::chrono::sys_time<std::chrono::milliseconds> received_at,
                        const ingest::DocumentLimits& limits);

}  // namespace tapewatch
