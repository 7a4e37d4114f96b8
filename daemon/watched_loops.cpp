// Tested by tests/e2e/daemon/spine_test.py
#include "daemon/watched_loops.hpp"

#include <utility>

namespace tapewatch {

std::vector<WatchedLoop> watched_loops(InferenceLoop& inference, DocumentQueue& documents, WriterLoop& writer,
                                       WriterQueue& queue, Sources& sources) {
  std::vector<WatchedLoop> loops = {{"inference", [&inference] { return inference.progress(); },
                                     [&documents, &queue] { return documents.size() > 0 && queue.records() == 0; }},
                                    {"writer", [&writer] { return writer.progress(); },
                                     [&queue, &writer] { return queue.records() > 0 && !writer.paused(); }}};
  for (auto& loop : sources.loops()) loops.push_back(std::move(loop));
  return loops;
}

}  // namespace tapewatch
