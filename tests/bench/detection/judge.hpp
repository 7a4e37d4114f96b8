#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/detection/simulated_news.hpp"

namespace tapewatch::bench {

/// What a judge says of a series at a time.
struct Verdict {
  enum class Kind { opened, updated, closed };
  Kind kind = Kind::opened;
  int series = 0;
  std::int64_t at_ms = 0;
  std::string reason;  ///< why it closed, where the judge says so
};

/// Whoever finds surges in a stream of stories: the product or a rival. Stories and times ascend.
class Judge {
 public:
  virtual ~Judge() = default;
  virtual void story(const Story&) = 0;
  virtual void advance(std::int64_t to_ms) = 0;  ///< time alone; called at each full hour

  std::vector<Verdict> verdicts;  ///< so far, in order
};

/// `hours` of a stream, from where it stands.
inline void listen(SimulatedNews& news, std::int64_t hours, Judge& judge) {
  judge.advance(news.now_ms());
  for (std::int64_t hour = 0; hour < hours; ++hour) {
    for (const Story& story : news.next_hour()) judge.story(story);
    judge.advance(news.now_ms());
  }
}

/// Alarms that opened in [from, to), of one series or of all (-1).
inline int openings(const Judge& judge, std::int64_t from_ms, std::int64_t to_ms, int series = -1) {
  int count = 0;
  for (const Verdict& verdict : judge.verdicts) {
    count += verdict.kind == Verdict::Kind::opened && verdict.at_ms >= from_ms && verdict.at_ms < to_ms &&
             (series < 0 || verdict.series == series);
  }
  return count;
}

}  // namespace tapewatch::bench
