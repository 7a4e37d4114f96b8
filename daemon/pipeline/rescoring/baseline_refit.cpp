#include "daemon/pipeline/rescoring/baseline_refit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <utility>

#include "daemon/pipeline/rescoring/rescorer.hpp"
#include "daemon/pipeline/writing/transition_log.hpp"
#include "storage/clock.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;

struct RefitEnded : std::runtime_error {
  RefitEnded() : std::runtime_error("the daemon is stopping") {}
};

}  // namespace

BaselineRefit::BaselineRefit(RefitOptions options, RefitParts parts)
    : options_(std::move(options)), parts_(std::move(parts)) {}

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
  stopping_ = true;
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
  while (!stopping_) {
    try {
      rescore_history();
      if (take_over(learn())) return;
    } catch (const RefitEnded&) {
      return;
    } catch (const std::exception& error) {
      parts_.log->error("the rules cannot learn from the present model yet, which is tried again: {}", error.what());
      pause(options_.retry);
    }
  }
}

void BaselineRefit::check_stop() const {
  if (stopping_) throw RefitEnded();
}

void BaselineRefit::let_news_pass() const {
  const auto until = std::chrono::steady_clock::now() + options_.longest_wait;
  while (parts_.news_wait() && std::chrono::steady_clock::now() < until) {
    check_stop();
    std::this_thread::sleep_for(options_.look_every);
  }
  check_stop();
}

void BaselineRefit::pause(std::chrono::milliseconds time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!stopping_ && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(time, 50ms));
  }
}

void BaselineRefit::note(std::int64_t left) {
  left_ = left;
  parts_.metrics.set_rescoring(static_cast<double>(left));
  const auto now = std::chrono::steady_clock::now();
  if (now - told_ < options_.tell_every) return;
  told_ = now;
  parts_.log->info("{} of {} documents are yet to be scored by {}", left, all_.load(), options_.detector.model_version);
}

/// All that the rules need and that the model has not scored; documents that are revised meanwhile in another round.
void BaselineRefit::rescore_history() {
  learning_ = false;
  auto reader = storage::Connection::open_reader(options_.database, options_.storage);
  storage::RescoringQuery query{.model = options_.detector.model_version, .mentions = true};
  if (const auto event_time = storage::Clock(reader).event_time()) query.from = *event_time - options_.detector.history;
  storage::RescoringReader history(reader, query);
  std::optional<Rescorer> rescorer;
  for (std::int64_t left = history.counts().documents; left > 0; left = history.counts().documents) {
    all_ = left;
    note(left);
    if (!rescorer) rescorer.emplace(parts_.make_scorer());
    history.start_over();
    for (auto documents = history.next(options_.batch); !documents.empty(); documents = history.next(options_.batch)) {
      let_news_pass();
      const auto count = static_cast<std::int64_t>(documents.size());
      while (!store(rescorer->score(documents, true))) pause(options_.store_again);
      left = std::max<std::int64_t>(left - count, 0);
      note(left);
    }
  }
  note(0);
}

/// False: the writer did not take it, and it is to be tried again.
bool BaselineRefit::store(std::vector<storage::RescoredRow> rows) {
  check_stop();
  const auto stored = std::make_shared<std::promise<bool>>();
  auto ended = stored->get_future();
  Command command;
  command.apply = [rows = std::move(rows)](storage::Connection& connection, TimePoint) {
    storage::RescoredWriter writer(connection);
    for (const auto& row : rows) writer.store(row);
  };
  command.done = [stored](bool committed) { stored->set_value(committed); };
  if (!parts_.writer.push_command(command)) return false;
  while (ended.wait_for(100ms) != std::future_status::ready) check_stop();
  return ended.get();
}

std::shared_ptr<DetectorRebuild> BaselineRefit::learn() {
  constexpr int kMostRounds = 10;  // of reading up what was written during the last one
  learning_ = true;
  auto reader = storage::Connection::open_reader(options_.database, options_.storage);
  auto [rules, tags] = parts_.rules();
  auto rebuild = std::make_shared<DetectorRebuild>(std::move(rules), options_.detector, std::move(tags));
  for (int round = 0; round < kMostRounds; ++round) {
    rebuild->read(reader, options_.page, [this](std::int64_t, std::int64_t) { check_stop(); });
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
  if (!parts_.writer.push_lone(write)) throw RefitEnded();
  while (ended.wait_for(100ms) != std::future_status::ready) check_stop();
  const std::string failure = ended.get();
  if (failure.empty()) return true;
  if (!outcome->stale) throw std::runtime_error(failure);
  return false;
}

}  // namespace tapewatch
