// Tested by tests/daemon/server/stream/event_stream_test.cpp
#include "daemon/server/stream/event_hub.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>

#include "daemon/observe/shortage.hpp"

namespace tapewatch {

std::string event_frame(const StreamEvent& event) {
  std::string frame = fmt::format("id: {}\nevent: {}\n", event.id, event.type);
  std::string_view rest = event.data;
  while (true) {  // a line break in the data would end the field: each line gets its own
    const std::size_t end = rest.find('\n');
    frame += fmt::format("data: {}\n", rest.substr(0, end));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  frame += '\n';
  return frame;
}

EventHub::EventHub(boost::asio::any_io_executor pool, std::shared_ptr<EventLog> log, std::size_t backlog,
                   std::size_t page, std::shared_ptr<spdlog::logger> logger)
    : pool_(std::move(pool)), log_(std::move(log)), backlog_(backlog), page_(page), logger_(std::move(logger)) {}

void EventHub::notify() {
  {
    const MutexLock lock(mutex_);
    if (clients_.empty()) return;
    again_ = true;
    if (refilling_) return;
    refilling_ = true;
  }
  boost::asio::post(pool_, [self = shared_from_this()] { self->refill(); });
}

std::uint64_t EventHub::join(std::function<void()> wake) {
  std::uint64_t client = 0;
  {
    const MutexLock lock(mutex_);
    client = ++next_client_;
    clients_.emplace(client, std::move(wake));
  }
  notify();  // the first client fills the buffer
  return client;
}

void EventHub::leave(std::uint64_t client) {
  const MutexLock lock(mutex_);
  clients_.erase(client);
  if (clients_.empty()) {
    frames_.clear();
    base_.reset();
  }
}

std::size_t EventHub::clients() const {
  const MutexLock lock(mutex_);
  return clients_.size();
}

std::optional<std::int64_t> EventHub::start() const {
  const MutexLock lock(mutex_);
  return base_;
}

EventHub::Portion EventHub::take(std::int64_t cursor, std::size_t most_bytes) const {
  const MutexLock lock(mutex_);
  Portion portion;
  portion.cursor = cursor;
  if (!base_) return portion;  // being filled: a wake-up follows
  if (cursor < *base_) {
    portion.behind = true;
    return portion;
  }
  auto next = std::upper_bound(frames_.begin(), frames_.end(), cursor,
                               [](std::int64_t id, const Frame& frame) { return id < frame.id; });
  for (; next != frames_.end(); ++next) {
    if (!portion.frames.empty() && portion.frames.size() + next->text.size() > most_bytes) break;
    portion.frames += next->text;
    portion.cursor = next->id;
  }
  return portion;
}

void EventHub::refill() {
  while (const auto from = next_start()) {
    try {
      const std::int64_t base = from->known ? from->id : log_->range().newest;
      add(base, log_->after(base, page_));
    } catch (const std::exception& error) {
      logger_->warn("event stream: events could not be read, the next commit tries again: {}", explained(error));
    }
  }
}

std::optional<EventHub::Start> EventHub::next_start() {
  const MutexLock lock(mutex_);
  if (clients_.empty() || !again_) {
    refilling_ = false;
    return std::nullopt;
  }
  again_ = false;
  if (!frames_.empty()) return Start{true, frames_.back().id};
  return Start{base_.has_value(), base_.value_or(0)};
}

void EventHub::add(std::int64_t base, const std::vector<StreamEvent>& events) {
  const MutexLock lock(mutex_);
  if (clients_.empty()) return;
  if (!base_) base_ = base;  // the first read, or the buffer was dropped meanwhile
  for (const StreamEvent& event : events) frames_.push_back(Frame{event.id, event_frame(event)});
  while (frames_.size() > backlog_) {
    base_ = frames_.front().id;
    frames_.pop_front();
  }
  again_ = again_ || events.size() >= page_;
  for (const auto& [client, wake] : clients_) wake();
}

}  // namespace tapewatch
