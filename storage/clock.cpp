#include "storage/clock.hpp"

namespace tapewatch::storage {

Ticked Clock::advance(std::optional<TimePoint> at) {
  // No RETURNING, here and in all other writes per document: RETURNING opens a statement journal, and each one makes
  // FTS5 write out what it has gathered so far, ten times as expensive as once per commit.
  connection_
      .prepare(
          "UPDATE clock SET seq = seq + 1, event_time = max(coalesce(event_time, ?1), coalesce(?1, event_time)) "
          "WHERE id = 1")
      .bind(1, at)
      .run();
  auto read = connection_.prepare("SELECT seq, event_time FROM clock WHERE id = 1");
  read.step();
  const Ticked ticked{read.integer(0), read.time(1)};
  return ticked;
}

Ticked Clock::record_tick(TimePoint at) {
  const Ticked ticked = advance(at);
  connection_.prepare("INSERT INTO tick (seq, at) VALUES (?, ?)").bind_all(ticked.seq, at).run();
  return ticked;
}

std::int64_t Clock::record_reanchoring(TimePoint from, TimePoint to, std::int64_t since) {
  const std::int64_t seq = advance(std::nullopt).seq;
  connection_.prepare("UPDATE clock SET event_time = ?").bind(1, to).run();
  connection_.prepare("INSERT INTO reanchoring (seq, from_time, to_time, since) VALUES (?, ?, ?, ?)")
      .bind_all(seq, from, to, since)
      .run();
  return seq;
}

std::optional<TimePoint> Clock::event_time() const {
  auto read = connection_.prepare("SELECT event_time FROM clock");
  return read.step() ? read.optional_time(0) : std::nullopt;
}

std::int64_t Clock::last_seq() const {
  auto read = connection_.prepare("SELECT seq FROM clock");
  return read.step() ? read.integer(0) : 0;
}

std::int64_t Clock::last_reanchoring() const {
  auto read = connection_.prepare("SELECT coalesce(max(seq), 0) FROM reanchoring");
  return read.step() ? read.integer(0) : 0;
}

}  // namespace tapewatch::storage
