#pragma once
#include <boost/system/result.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "daemon/http/message.hpp"
#include "ingest/document.hpp"
#include "ingest/document_limits.hpp"

namespace tapewatch {

/// One line of a push: a document, or why it is none.
using PushLine = std::variant<ingest::Document, ingest::Rejection>;

struct PushBody {
  std::vector<PushLine> lines;
  bool ndjson = false;      // answer in kind
  std::string error;        // why the body as a whole is nothing; `lines` is then empty
  bool wrong_type = false;  // because of its Content-Type
};

/// Reads application/json (an object, an array, {"documents":[…]}) and application/x-ndjson.
PushBody read_push_body(const ApiRequest& request, std::string_view default_source,
                        std::chrono::sys_time<std::chrono::milliseconds> received_at,
                        const ingest::DocumentLimits& limits);

}  // namespace tapewatch
