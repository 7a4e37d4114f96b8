#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/document/document.hpp"
#include "ingest/document/document_limits.hpp"
#include "ingest/post/post_options.hpp"
#include "ingest/record/record_header.hpp"
#include "ingest/record/source_reader.hpp"

namespace tapewatch::ingest {

/// Turns the bodies of requests into documents by the shape that [[ingest.post]] gives them (SourceReader). A document
/// without an id has a hash of its content for one, so that a request sent again stores nothing twice. Const and shared
/// by threads.
class PostDecoder {
 public:
  /// Throws std::invalid_argument naming what is wrong with the shape.
  PostDecoder(const PostOptions& options, const DocumentLimits& limits);

  /// The headers of a request as documents and dead letters may know them: those that `fields` name, Content-Type and
  /// CloudEvents' `ce-…` with their percent-codes decoded. Credentials are never among them.
  std::vector<RecordHeader> headers(std::span<const RecordHeader> all) const;

  /// The documents of one body in their order. `headers`: those of headers(); `charset`: of Content-Type. The text is
  /// not changed: call normalise() next.
  std::vector<Result<Document>> decode(std::string_view body, std::span<const RecordHeader> headers,
                                       std::string_view charset, TimePoint received_at) const;

 private:
  SourceReader reader_;
  std::vector<std::string> named_;  // headers in `fields`, in lower case
};

}  // namespace tapewatch::ingest
