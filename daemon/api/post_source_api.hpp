#pragma once
#include <functional>
#include <memory>
#include <span>

#include "daemon/pipeline/intake/post_source.hpp"
#include "daemon/server/router.hpp"

namespace tapewatch {

struct PostSourceRoutes {
  std::size_t max_body_bytes = 8 * 1024 * 1024;
  std::function<bool()> paused;  ///< whether ingestion waits for free disk space; empty: never
};

/// POST on the path of each source, with the source's own token. Any content type, gzip too: the body is read by the
/// source's shape. Answers like POST /v1/documents after the commit, with 2xx only when every document is stored, held,
/// removed, or kept as a dead letter with its reason; past the deadline with 503, and sending again is safe. `sources`
/// outlive the router.
void add_post_source_routes(Router& router, std::span<const std::unique_ptr<PostSource>> sources,
                            const PostSourceRoutes& options);

}  // namespace tapewatch
