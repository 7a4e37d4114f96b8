#include "daemon/server/connections.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "daemon/server/session.hpp"

namespace tapewatch {

std::size_t Connections::taken(Place place) const {
  return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return entry.second.place == place && !entry.second.leaving;
  }));
}

/// Marks the connection that has been idle the longest as leaving; null if none is idle.
std::shared_ptr<Session> Connections::pick_idle(Place place) {
  Entry* oldest = nullptr;
  for (auto& [key, entry] : entries_) {
    if (entry.place != place || entry.leaving || entry.idle_since == 0) continue;
    if (!oldest || entry.idle_since < oldest->idle_since) oldest = &entry;
  }
  if (!oldest) return nullptr;
  oldest->leaving = true;
  return oldest->session.lock();
}

Connections::Place Connections::find_place() {
  std::shared_ptr<Session> goes;
  Place place = Place::regular;
  {
    const MutexLock lock(mutex_);
    if (taken(Place::regular) >= most_[0] && !(goes = pick_idle(Place::regular))) {
      place = Place::reserved;
      if (taken(Place::reserved) >= most_[1] && !(goes = pick_idle(Place::reserved))) place = Place::none;
    }
  }
  if (goes) place == Place::regular ? goes->close_gently() : goes->cut();
  return place;
}

bool Connections::drop_idle() {
  std::shared_ptr<Session> goes;
  {
    const MutexLock lock(mutex_);
    goes = pick_idle(Place::regular);
  }
  if (goes) goes->close_gently();
  return goes != nullptr;
}

void Connections::enter(const std::shared_ptr<Session>& session, Place place) {
  const MutexLock lock(mutex_);
  entries_[session.get()] = Entry{session, place, ++turn_};
}

void Connections::set_idle(Session* session, bool idle) {
  const MutexLock lock(mutex_);
  const auto at = entries_.find(session);
  if (at != entries_.end()) at->second.idle_since = idle ? ++turn_ : 0;
}

void Connections::leave(Session* session) noexcept {
  std::function<void()> empty;
  {
    const MutexLock lock(mutex_);
    if (entries_.erase(session) == 0) return;
    if (entries_.empty()) empty = std::exchange(when_empty_, nullptr);
  }
  try {
    if (empty) empty();
  } catch (const std::exception&) {  // no memory to finish the stop: its deadline ends it
  }
}

std::size_t Connections::count() const {
  const MutexLock lock(mutex_);
  return entries_.size();
}

std::vector<std::shared_ptr<Session>> Connections::open() const {
  const MutexLock lock(mutex_);
  std::vector<std::shared_ptr<Session>> open;
  for (const auto& [key, entry] : entries_) {
    if (auto session = entry.session.lock()) open.push_back(std::move(session));
  }
  return open;
}

void Connections::when_empty(std::function<void()> callback) {
  {
    const MutexLock lock(mutex_);
    if (!entries_.empty()) {
      when_empty_ = std::move(callback);
      return;
    }
  }
  callback();
}

}  // namespace tapewatch
