// Tested by tests/daemon/pipeline/rescoring/baseline_refit_test.cpp
#include "daemon/pipeline/rescoring/history_rescoring.hpp"

#include <algorithm>
#include <future>
#include <optional>
#include <thread>
#include <utility>

#include "daemon/pipeline/rescoring/company_filler.hpp"
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
      wait_for_disk();
      const auto rows =
          std::make_shared<const std::vector<storage::RescoredRow>>(rescorer->score(documents, query.mentions));
      write([rows](storage::Connection& connection) {
        storage::RescoredWriter writer(connection);
        for (const auto& row : *rows) writer.store(row);
      });
      left = std::max<std::int64_t>(left - static_cast<std::int64_t>(documents.size()), 0);
      note(left, all);
    }
  }
  note(0, 0);
}

std::size_t HistoryRescoring::fill(const storage::RescoringQuery& query) {
  auto reader = storage::Connection::open_reader(options_.database, options_.storage);
  std::size_t found = 0;
  CompanyFiller(parts_.make_scorer())
      .fill(
          reader, query, options_.batch, [this](const auto& apply) { write(apply); },
          [&](std::size_t, std::size_t filled) {
            found += filled;
            wait_for_disk();
          });
  return found;
}

void HistoryRescoring::wait_for_disk() const {
  while (parts_.disk_is_low()) {
    check_stop();
    pause(options_.look_every);
  }
  check_stop();
}

void HistoryRescoring::pause(std::chrono::milliseconds time) const {
  const auto until = std::chrono::steady_clock::now() + time;
  while (!stopping_ && !cancelled_ && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(time, 50ms));
  }
}

void HistoryRescoring::write(const std::function<void(storage::Connection&)>& apply) const {
  while (!try_to_write(apply)) pause(options_.store_again);
}

/// False: the writer did not take it.
bool HistoryRescoring::try_to_write(const std::function<void(storage::Connection&)>& apply) const {
  check_stop();
  const auto stored = std::make_shared<std::promise<bool>>();
  auto ended = stored->get_future();
  Command command;
  command.apply = [apply](storage::Connection& connection, TimePoint) { apply(connection); };
  command.done = [stored](bool committed) { stored->set_value(committed); };
  if (!parts_.writer.push_command(command)) return false;
  while (ended.wait_for(100ms) != std::future_status::ready) check_stop();
  return ended.get();
}

}  // namespace tapewatch
