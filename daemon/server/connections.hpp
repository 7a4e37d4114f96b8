#pragma once
// Tracks open connections and decides who gets a place when all are taken. Does not use Asio.
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "config/notation/mutex.hpp"

namespace tapewatch {

class Session;

/// The open connections of one server. Thread-safe.
///
/// When the regular places are taken, the connection that has been idle the longest makes room; one in the middle of a
/// request never does. When none is idle, there are a few reserved places, where only the head of one request is read
/// and only a supervisor's request is answered: a full server is busy, not dead.
class Connections {
 public:
  enum class Place { regular, reserved, none };

  Connections(std::size_t regular, std::size_t reserved) : most_{regular, reserved} {}

  /// A place for one more connection; asks another one to leave if necessary.
  Place find_place();
  /// Takes the place (not `none`). A session is idle from here on.
  void enter(const std::shared_ptr<Session>& session, Place place);
  /// Also for a connection that never entered. Never throws.
  void leave(Session* session) noexcept;
  /// Idle: no byte of a request has arrived.
  void set_idle(Session* session, bool idle);
  /// Asks the regular connection that has been idle the longest to leave; false where none is idle.
  bool drop_idle();

  std::size_t count() const;
  std::vector<std::shared_ptr<Session>> open() const;
  /// Calls `callback` once, when no connection is left: now, or from the last leave().
  void when_empty(std::function<void()> callback);

 private:
  struct Entry {
    std::weak_ptr<Session> session;
    Place place = Place::regular;
    std::uint64_t idle_since = 0;  // increases with time; 0: not idle
    bool leaving = false;          // was asked to: its place is free
  };
  std::size_t taken(Place place) const REQUIRES(mutex_);
  std::shared_ptr<Session> pick_idle(Place place) REQUIRES(mutex_);

  const std::size_t most_[2];
  mutable Mutex mutex_;
  std::unordered_map<Session*, Entry> entries_ GUARDED_BY(mutex_);
  std::uint64_t turn_ GUARDED_BY(mutex_) = 0;
  std::function<void()> when_empty_ GUARDED_BY(mutex_);
};

}  // namespace tapewatch
