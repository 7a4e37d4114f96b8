#include "daemon/pipeline/scoring/scoring_queue.hpp"

#include <algorithm>

namespace tapewatch {
namespace {

/// What a token of each lane counts: a lane that pays more gets less.
constexpr std::array<std::uint64_t, kLanes> kPrices = {1, 1, 10};

}  // namespace

void ScoringQueue::push(ScoringCall& call, Lane lane) {
  Waiting& waiting = lanes_[static_cast<std::size_t>(lane)];
  if (waiting.calls.empty()) waiting.served = std::max(waiting.served, served_);
  waiting.calls.push_back(&call);
}

/// The lane that has got least of those that wait, or kLanes.
std::size_t ScoringQueue::next_lane() const {
  std::size_t best = kLanes;
  for (std::size_t lane = 0; lane < kLanes; ++lane) {
    if (lanes_[lane].calls.empty()) continue;
    if (best == kLanes || lanes_[lane].served < lanes_[best].served) best = lane;
  }
  return best;
}

/// About as many tokens as the text will have: to be known before it is tokenised.
std::size_t ScoringQueue::expected_tokens(const model::TextInput& input) const {
  constexpr std::size_t kBytesAToken = 5;  // of English news, blanks included
  return std::min(input.text.size() / kBytesAToken, text_tokens_) + kLeastTokens;
}

void ScoringQueue::take(std::vector<ScoringTask>& tasks) {
  const std::size_t lane = next_lane();
  if (lane == kLanes) return;
  Waiting& waiting = lanes_[lane];
  served_ = waiting.served;
  std::size_t tokens = 0;
  while (!waiting.calls.empty()) {
    ScoringCall& call = *waiting.calls.front();
    const std::size_t more = expected_tokens(call.texts[call.next]);
    if (tokens > 0 && tokens + more > batch_tokens_) break;
    tokens += more;
    tasks.push_back({&call, call.next++});
    ++call.in_progress;
    if (call.next == call.texts.size()) waiting.calls.pop_front();
  }
  if (!waiting.calls.empty() && waiting.calls.front() == tasks.back().call) {
    waiting.calls.push_back(waiting.calls.front());
    waiting.calls.pop_front();
  }
  waiting.served += tokens * kPrices[lane];
}

void ScoringQueue::drop(ScoringCall& call) {
  if (call.next == call.texts.size()) return;
  call.next = call.texts.size();
  for (Waiting& waiting : lanes_) std::erase(waiting.calls, &call);
}

}  // namespace tapewatch
