#include "daemon/pipeline/rescoring/baseline_refit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <utility>

#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/writing/transition_log.hpp"
#include "storage/clock.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;

}  // namespace

BaselineRefit::BaselineRefit(RefitOptions options, RefitParts parts)
    : options_(std::move(options)), parts_(std::move(parts)), history_(options_.rescoring, parts_.rescoring) {}

BaselineRefit::~BaselineRefit() { stop(); }

void BaselineRefit::start() {
  if (!parts_.applier.needs_refit()) return;
  learned_ = parts_.applier.detector_options().model_version;
  active_ = true;
  parts_.log->info(
      "the model has changed from {} to {}: the rules go on with what they have learned from the old one, while the "
      "history that they need is scored by the new one",
      learned_, options_.detector.model_version);
  thread_ = std::thread([this] { work(); });
}

void BaselineRefit::stop() {
  history_.stop();
  if (thread_.joinable()) thread_.join();
}

std::optional<std::string> BaselineRefit::progress() const {
  if (!active_) return std::nullopt;
  const std::string from = fmt::format("the rules go by what they have learned from {}", learned_);
  if (learning_) return from + "; they learn from the scores of the present model";
  return fmt::format("{}; {} of {} documents of their history are yet to be scored by the present model", from,
                     left_.load(), all_.load());
}

void BaselineRefit::work() {
  while (true) {
    try {
      history_.check_stop();
      rescore_history();
      if (take_over(learn())) return;
    } catch (const RescoringEnded&) {
      return;
    } catch (const std::exception& error) {
      parts_.log->error("the rules cannot learn from the present model yet, which is tried again: {}",
                        explained(error));
      history_.pause(options_.retry);
    }
  }
}

void BaselineRefit::note(std::int64_t left, std::int64_t all) {
  left_ = left;
  all_ = all;
  parts_.metrics.set_rescoring(static_cast<double>(left));
  const auto now = std::chrono::steady_clock::now();
  if (left == 0 || now - told_ < options_.tell_every) return;
  told_ = now;
  parts_.log->info("{} of {} documents are yet to be scored by {}", left, all, options_.detector.model_version);
}

/// All that the rules need.
void BaselineRefit::rescore_history() {
  learning_ = false;
  storage::RescoringQuery query{.model = options_.detector.model_version, .mentions = true};
  {
    auto reader = storage::Connection::open_reader(options_.rescoring.database, options_.rescoring.storage);
    const auto event_time = storage::Clock(reader).event_time();
    if (event_time) query.from = *event_time - options_.detector.history;
  }
  history_.run(query, [this](std::int64_t left, std::int64_t all) { note(left, all); });
}

std::shared_ptr<DetectorRebuild> BaselineRefit::learn() {
  constexpr int kMostRounds = 10;  // of reading up what was written during the last one
  learning_ = true;
  auto reader = storage::Connection::open_reader(options_.rescoring.database, options_.rescoring.storage);
  auto [rules, tags] = parts_.rules();
  auto rebuild = std::make_shared<DetectorRebuild>(std::move(rules), options_.detector, std::move(tags));
  for (int round = 0; round < kMostRounds; ++round) {
    rebuild->read(reader, options_.page, [this](std::int64_t, std::int64_t) { history_.check_stop(); });
    if (rebuild->behind(reader) <= options_.few_rows) break;
  }
  return rebuild;
}

/// False: the rules, or the times of what was read, have changed meanwhile.
bool BaselineRefit::take_over(const std::shared_ptr<DetectorRebuild>& rebuild) {
  struct Outcome {
    bool stale = false;
    std::vector<alerts::Transition> ended;
    std::promise<std::string> failure;
  };
  const auto outcome = std::make_shared<Outcome>();
  auto ended = outcome->failure.get_future();
  LoneWrite write;
  write.apply = [this, rebuild, outcome](storage::Connection&, TimePoint now) {
    try {
      outcome->ended = parts_.applier.refit(*rebuild, now);
    } catch (const StaleRebuild&) {
      outcome->stale = true;
      throw;
    }
  };
  write.undo = [] {};  // the writer reads its state again
  write.done = [this, rebuild, outcome](const std::string& failure) {
    if (failure.empty()) {
      active_ = false;
      log_transitions(*parts_.log, outcome->ended);
      parts_.log->info("the rules have learned from {} documents as {} scores them, and go by it now",
                       rebuild->documents(), options_.detector.model_version);
    }
    outcome->failure.set_value(failure);
  };
  if (!parts_.rescoring.writer.push_lone(write)) throw RescoringEnded();
  while (ended.wait_for(100ms) != std::future_status::ready) history_.check_stop();
  const std::string failure = ended.get();
  if (failure.empty()) return true;
  if (!outcome->stale) throw std::runtime_error(failure);
  return false;
}

}  // namespace tapewatch
