// Tested by tests/e2e/kafka/kafka_test.py
#include "daemon/pipeline/writing/failpoint.hpp"

#include <unistd.h>

#include <charconv>
#include <stdexcept>
#include <string>

#include "config/notation/environment.hpp"

namespace tapewatch {

Failpoint Failpoint::parse(std::string_view text) {
  Failpoint failpoint;
  if (text.empty()) return failpoint;
  constexpr std::string_view kPrefix = "after_commit:";
  const bool known = text.substr(0, kPrefix.size()) == kPrefix;
  const auto digits = known ? text.substr(kPrefix.size()) : std::string_view();
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), failpoint.countdown_);
  if (!known || error != std::errc{} || end != digits.data() + digits.size() || failpoint.countdown_ == 0) {
    throw std::runtime_error("TAPEWATCH_FAILPOINT: \"" + std::string(text) + "\" is not after_commit:N with N >= 1");
  }
  return failpoint;
}

Failpoint Failpoint::from_environment() { return parse(notation::environment("TAPEWATCH_FAILPOINT").value_or("")); }

void Failpoint::after_commit() {
  constexpr int kKilled = 137;  // what a shell reports of kill -9
  if (countdown_ > 0 && --countdown_ == 0) _exit(kKilled);
}

}  // namespace tapewatch
