#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tapewatch {

/// One row of the event table as sent to clients.
struct StreamEvent {
  std::int64_t id = 0;
  std::string type;  // document | alert
  std::string data;  // JSON on one line
};

/// The event table as the streams see it. Called on query threads, several at a time.
class EventLog {
 public:
  struct Range {
    std::int64_t oldest = 0;  // 0: empty
    std::int64_t newest = 0;
  };
  virtual ~EventLog() = default;
  virtual Range range() = 0;
  /// Events with a greater id, ascending, at most `limit`.
  virtual std::vector<StreamEvent> after(std::int64_t id, std::size_t limit) = 0;
};

}  // namespace tapewatch
