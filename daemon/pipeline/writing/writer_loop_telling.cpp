// Tested by tests/daemon/pipeline/writing/writer_loop_test.cpp
// What a commit tells the log, the metrics and whoever observes.
#include <fmt/format.h>

#include "config/notation/printable.hpp"
#include "daemon/observe/log_fields.hpp"
#include "daemon/pipeline/writing/transition_log.hpp"
#include "daemon/pipeline/writing/writer_loop.hpp"

namespace tapewatch {

void WriterLoop::tell_dead_letter(const Incoming& incoming, const std::string& why) {
  const auto left_out = lines_.allow("dead letters of " + incoming.source, wall_now());
  if (!left_out) return;
  const std::string& position = std::get<DeadLetter>(incoming.content).position;
  log_with(*parts_.log, spdlog::level::warn,
           {{"event", "document.rejected"}, {"source", incoming.source}, {"position", position}},
           fmt::format("{}: record {} became a dead letter: {}{}", incoming.source, position, why,
                       LineBudget::words(*left_out)));
}

void WriterLoop::tell_unknown_action(const Incoming& incoming) {
  constexpr std::size_t kMostTold = 1'000;
  const auto* document = std::get_if<ingest::Document>(&incoming.content);
  if (!document || document->unknown_action.empty() || unknown_actions_.size() >= kMostTold) return;
  if (!unknown_actions_.emplace(incoming.source, document->unknown_action).second) return;
  parts_.log->warn(
      "{}: nobody knows what the action \"{}\" means; such records are stored as inserts. Map the word in "
      "the source's `actions` to insert, update, remove or hold",
      incoming.source, notation::printable(document->unknown_action));
}

void WriterLoop::note_unscored(const Scored& record) {
  const std::string& source = record.incoming.source;
  if (const auto news = unscored_.note(source, record.unscored_reason)) parts_.log->warn("{}: {}", source, *news);
  parts_.metrics.set_unscored_share(source, unscored_.share(source));
}

void WriterLoop::tell(const std::vector<alerts::Transition>& transitions) {
  log_transitions(*parts_.log, transitions, lines_, wall_now());
  if (!parts_.observer.on_transition) return;
  for (const auto& transition : transitions) parts_.observer.on_transition(transition);
}

}  // namespace tapewatch
