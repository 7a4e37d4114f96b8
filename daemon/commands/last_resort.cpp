// Tested by tests/e2e/daemon/limits_test.py
#include "daemon/commands/last_resort.hpp"

#include <unistd.h>

#include <cstdlib>
#include <exception>
#include <string_view>

#include "daemon/observe/shortage.hpp"

namespace tapewatch {
namespace {

void say(std::string_view text) {  // needs no memory
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

void last_resort() noexcept {
  try {
    if (std::current_exception()) std::rethrow_exception(std::current_exception());
  } catch (const std::exception& failure) {
    const auto missing = missing_resource(failure);
    say(missing ? "tapewatch: stopping: " : "tapewatch: uncaught error: ");
    say(missing ? remedy(*missing) : std::string_view(failure.what()));
    say("\n");
    if (missing) ::_exit(1);
  } catch (...) {
    say("tapewatch: uncaught error\n");
  }
  std::abort();
}

}  // namespace tapewatch
