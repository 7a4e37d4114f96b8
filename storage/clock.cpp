#include "storage/clock.hpp"

namespace tapewatch::storage {

Ticked Clock::advance(std::optional<TimePoint> at) {
  auto update = connection_.prepare(
      "UPDATE clock SET seq = seq + 1, event_time = max(coalesce(event_time, ?1), coalesce(?1, event_time)) "
      "RETURNING seq, event_time");
  update.bind(1, at).step();
  const Ticked ticked{update.integer(0), update.time(1)};
  update.run();
  return ticked;
}

Ticked Clock::record_tick(TimePoint at) {
  const Ticked ticked = advance(at);
  connection_.prepare("INSERT INTO tick (seq, at) VALUES (?, ?)").bind_all(ticked.seq, at).run();
  return ticked;
}

std::optional<TimePoint> Clock::event_time() const {
  auto read = connection_.prepare("SELECT event_time FROM clock");
  return read.step() ? read.optional_time(0) : std::nullopt;
}

std::int64_t Clock::last_seq() const {
  auto read = connection_.prepare("SELECT seq FROM clock");
  return read.step() ? read.integer(0) : 0;
}

}  // namespace tapewatch::storage
