#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace tapewatch {

/// The steps that end the daemon: last started, first stopped, each with a name. A step that throws is reported and the
/// others continue, so that one broken part never prevents closing the database.
class ShutdownStack {
 public:
  using Report = std::function<void(const std::string& step, std::chrono::milliseconds took, const std::string& error)>;

  void push(std::string name, std::function<void()> stop) { steps_.push_back({std::move(name), std::move(stop)}); }

  /// Runs every step once; the stack is empty afterwards. True when no step failed.
  bool run(const Report& report);

 private:
  struct Step {
    std::string name;
    std::function<void()> stop;
  };
  std::vector<Step> steps_;
};

}  // namespace tapewatch
