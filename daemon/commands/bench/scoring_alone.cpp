// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/bench/scoring_alone.hpp"

#include <algorithm>
#include <atomic>
#include <string_view>
#include <thread>
#include <utility>

#include "daemon/commands/bench/bench_news.hpp"
#include "model/classifier_options.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kTitles = 2'048;
constexpr std::size_t kTitlesAtATime = 64;  // of each caller; a multiple of it are all

}  // namespace

ScoringAlone::ScoringAlone(std::shared_ptr<const model::ModelPackage> model, unsigned threads,
                           const std::vector<std::string>& headlines)
    : scheduler_(std::move(model), {.max_windows = model::ClassifierOptions{}.max_windows}, {.threads = threads}) {
  BenchNews news(headlines);
  for (std::size_t i = 0; i < kTitles; ++i) {
    titles_.push_back(news.next().title);
    auto& mentions = mentions_.emplace_back();
    const std::size_t at = titles_.back().find(kWatchedCompany);
    if (at == std::string::npos) continue;
    mentions.push_back({{.start = at, .end = at + std::string_view(kWatchedCompany).size()}});
  }
  for (std::size_t i = 0; i < kTitles; ++i) inputs_.push_back({.text = titles_[i], .entities = mentions_[i]});
}

/// One caller more than workers, so that none of these waits for texts.
double ScoringAlone::measure(std::chrono::steady_clock::duration time, const std::stop_token& stop) {
  using Clock = std::chrono::steady_clock;
  std::atomic<std::size_t> scored = 0;
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> callers;
    for (std::size_t caller = 0; caller <= scheduler_.threads(); ++caller) {
      callers.emplace_back([this, &scored, &stop, begin, time, first = caller * kTitlesAtATime]() mutable {
        for (; Clock::now() - begin < time && !stop.stop_requested(); first += kTitlesAtATime) {
          scheduler_.classify(std::span(inputs_).subspan(first % kTitles, kTitlesAtATime), Lane::news);
          scored += kTitlesAtATime;
        }
      });
    }
  }
  return static_cast<double>(scored.load()) / std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace tapewatch
