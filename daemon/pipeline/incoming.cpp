// Tested by tests/daemon/pipeline/writing/removal_test.cpp
#include "daemon/pipeline/incoming.hpp"

#include <utility>

namespace tapewatch {

Content content_of(ingest::Document document) {
  const bool embargo = document.embargo_until && *document.embargo_until > document.received_at;
  if (document.action == ingest::Action::hold || (embargo && document.action != ingest::Action::remove)) {
    return Hold{std::move(document)};
  }
  if (document.action != ingest::Action::remove) return document;
  return Removal{.source = std::move(document.source),
                 .id = std::move(document.id),
                 .revision = document.revision,
                 .received_at = document.received_at};
}

}  // namespace tapewatch
