// Tested by tests/daemon/pipeline/rescoring/baseline_refit_test.cpp
#include "daemon/pipeline/rescoring/history_rescoring.hpp"

#include <algorithm>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "daemon/pipeline/rescoring/rescorer.hpp"

namespace tapewatch {

using namespace std::chrono_literals;

/// Documents that are revised meanwhile come in another round.
void HistoryRescoring::run(const storage::RescoringQuery& query, const Note& note) {
  auto reader = storage::Connection::open_reader(options_.database, options_.storage);
  storage::RescoringReader history(reader, query);
  std::optional<Rescorer> rescorer;
  for (std::int64_t all = history.counts().documents; all > 0; all = history.counts().documents) {
    std::int64_t left = all;
    note(left, all);
    if (!rescorer) rescorer.emplace(parts_.make_scorer());
    history.start_over();
    for (auto documents = history.next(options_.batch); !documents.empty(); documents = history.next(options_.batch)) {
      let_news_pass();
      while (!store(rescorer->score(documents, query.mentions))) pause(options_.store_again);
      left = std::max<std::int64_t>(left - static_cast<std::int64_t>(documents.size()), 0);
      note(left, all);
    }
  }
  note(0, 0);
}

void HistoryRescoring::let_news_pass() const {
  const auto until = std::chrono::steady_clock::now() + options_.longest_wait;
  while (parts_.news_wait() && std::chrono::steady_clock::now() < until) {
    check_stop();
    std::this_thread::sleep_for(options_.look_every);
  }
  check_stop();
}

void HistoryRescoring::pause(std::chrono::milliseconds time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!stopping_ && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(time, 50ms));
  }
}

/// False: the writer did not take it, and it is to be tried again.
bool HistoryRescoring::store(std::vector<storage::RescoredRow> rows) {
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

}  // namespace tapewatch
