#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <span>
#include <vector>

#include "config/notation/mutex.hpp"
#include "model/prediction.hpp"
#include "model/reading.hpp"

namespace tapewatch {

/// Whose texts: news on its way to storage; people who wait for an answer; stored history, which gets a tenth of what
/// another lane gets.
enum class Lane : std::size_t { news, requests, history };
inline constexpr std::size_t kLanes = 3;

/// Texts that somebody waits for, and where their predictions go.
struct ScoringCall {
  std::span<const model::TextInput> texts;
  std::span<model::Prediction> predictions;
  std::size_t next = 0;         // the first text that no worker has taken
  std::size_t in_progress = 0;  // taken and not yet done
  std::exception_ptr failure = nullptr;
  Condition done = {};

  bool over() const { return next == texts.size() && in_progress == 0; }
};

/// A text of a call.
struct ScoringTask {
  ScoringCall* call = nullptr;
  std::size_t text = 0;
};

/// Which texts are scored next: start-time fair queueing (Goyal, Vin & Cheng 1996) over the lanes, counted in expected
/// tokens. While several lanes wait, each gets its share, whatever the number of its calls; a lane saves nothing up
/// while it is empty. Within a lane the calls take turns, a batch each: a lone text waits for a batch of each call
/// before it, however long these are. Not for several threads.
class ScoringQueue {
 public:
  /// `batch_tokens`: as many are taken at once, or one text; `text_tokens`: as many of a text are read at most.
  ScoringQueue(std::size_t batch_tokens, std::size_t text_tokens)
      : batch_tokens_(batch_tokens), text_tokens_(text_tokens) {}

  /// Texts in one batch, at most.
  static std::size_t most_texts(std::size_t batch_tokens) { return batch_tokens / kLeastTokens + 1; }

  /// A call with texts; it must live until it is over.
  void push(ScoringCall& call, Lane lane);
  bool empty() const { return next_lane() == kLanes; }
  /// Adds the texts of one batch, of one lane but perhaps of several calls, to `tasks`: none if none wait.
  void take(std::vector<ScoringTask>& tasks);
  /// Leaves out the texts that nobody has taken.
  void drop(ScoringCall& call);

 private:
  static constexpr std::size_t kLeastTokens = 2;  // [CLS] [SEP]
  struct Waiting {
    std::deque<ScoringCall*> calls;  // with texts that nobody has taken
    std::uint64_t served = 0;        // tokens so far, by the lane's price
  };
  std::size_t next_lane() const;
  std::size_t expected_tokens(const model::TextInput& input) const;

  const std::size_t batch_tokens_, text_tokens_;
  std::array<Waiting, kLanes> lanes_;
  std::uint64_t served_ = 0;  // of the lane chosen last, before that
};

}  // namespace tapewatch
