// Tested by tests/ingest/kafka/kafka_start_test.cpp
#include "ingest/kafka/error_notice.hpp"

#include <algorithm>
#include <utility>

namespace tapewatch::ingest {

std::optional<std::uint64_t> ErrorNotice::count(const std::string& key, TimePoint now) {
  const bool room = states_.size() < most_keys_ || states_.contains(key);
  State& state = states_[room ? key : std::string("other")];
  ++state.unsaid;
  ++state.total;
  if (state.gap.count() != 0 && now < state.next) return std::nullopt;
  state.gap = state.gap.count() == 0 ? first_gap_ : std::min(state.gap * 2, most_gap_);
  state.next = now + state.gap;
  return std::exchange(state.unsaid, 0);
}

std::uint64_t ErrorNotice::clear(const std::string& key) {
  const auto found = states_.find(key);
  if (found == states_.end()) return 0;
  const std::uint64_t total = found->second.total;
  states_.erase(found);
  return total;
}

}  // namespace tapewatch::ingest
