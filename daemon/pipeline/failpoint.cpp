// Tested by tests/e2e/alerts/killed_test.py
#include "daemon/pipeline/failpoint.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <string>

#include "config/notation/environment.hpp"

namespace tapewatch {

Failpoint Failpoint::parse(std::string_view text) {
  Failpoint failpoint;
  if (text.empty()) return failpoint;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const auto place = std::find(kPlaces.begin(), kPlaces.end(), text.substr(0, colon));
  const std::string_view digits = text.substr(std::min(colon + 1, text.size()));
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), failpoint.countdown_);
  if (place == kPlaces.end() || error != std::errc{} || end != digits.data() + digits.size() ||
      failpoint.countdown_ == 0) {
    throw std::runtime_error("TAPEWATCH_FAILPOINT: \"" + std::string(text) +
                             "\" is not PLACE:N with N >= 1 and a place such as after_commit");
  }
  failpoint.place_ = static_cast<Place>(place - kPlaces.begin());
  return failpoint;
}

Failpoint Failpoint::from_environment() { return parse(notation::environment("TAPEWATCH_FAILPOINT").value_or("")); }

void Failpoint::pass(Place place) {
  constexpr int kKilled = 137;  // what a shell reports of kill -9
  if (place == place_ && countdown_ > 0 && --countdown_ == 0) _exit(kKilled);
}

}  // namespace tapewatch
