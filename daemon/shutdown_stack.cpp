// Tested by tests/daemon/pipeline/pipeline_test.cpp
#include "daemon/shutdown_stack.hpp"

#include <exception>

#include "daemon/observe/shortage.hpp"

namespace tapewatch {

bool ShutdownStack::run(const Report& report) {
  bool clean = true;
  while (!steps_.empty()) {
    Step step = std::move(steps_.back());
    steps_.pop_back();
    const auto started = std::chrono::steady_clock::now();
    std::string error;
    try {
      step.stop();
    } catch (const std::exception& failure) {
      error = explained(failure);
      clean = false;
    }
    const auto took = std::chrono::steady_clock::now() - started;
    report(step.name, std::chrono::duration_cast<std::chrono::milliseconds>(took), error);
  }
  return clean;
}

}  // namespace tapewatch
