#include "daemon/observe/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <algorithm>
#include <ctime>

namespace tapewatch {
namespace {

constexpr std::size_t kMostStatusBytes = 500;

/// One line of whole characters: a line break would begin another assignment, and systemd drops what is not UTF-8.
std::string one_line(std::string_view text) {
  std::size_t end = std::min(text.size(), kMostStatusBytes);
  while (end < text.size() && end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  std::string line(text.substr(0, end));
  std::replace_if(
      line.begin(), line.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return line;
}

void send(const std::string& message) { sd_notify(/*unset_environment=*/0, message.c_str()); }

}  // namespace

ServiceManager::ServiceManager() {
  std::uint64_t patience_us = 0;
  if (sd_watchdog_enabled(/*unset_environment=*/0, &patience_us) <= 0) return;
  report_every_ = std::chrono::milliseconds(std::max<std::uint64_t>(patience_us / 2'000, 1));
}

void ServiceManager::add_status(std::string_view status, std::string& message) {
  std::string line = one_line(status);
  if (line == shown_) return;
  message += "STATUS=" + line + "\n";
  shown_ = std::move(line);
}

void ServiceManager::starting(std::string_view doing) {
  const MutexLock lock(mutex_);
  std::string message;
  add_status(doing, message);
  if (!message.empty()) send(message);
}

void ServiceManager::ready() { send("READY=1\n"); }

void ServiceManager::stopping() {
  const MutexLock lock(mutex_);
  std::string message = "STOPPING=1\n";
  add_status("stopping", message);
  send(message);
}

/// CLOCK_MONOTONIC, as Type=notify-reload asks for: sd_notify(3).
void ServiceManager::reloading() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(now.tv_sec * 1'000'000LL + now.tv_nsec / 1'000) + "\n");
}

void ServiceManager::report(bool alive, std::string_view status) {
  const MutexLock lock(mutex_);
  std::string message;
  add_status(status, message);
  if (alive && report_every_) message += "WATCHDOG=1\n";
  if (!message.empty()) send(message);
}

}  // namespace tapewatch
