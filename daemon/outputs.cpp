#include "daemon/outputs.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "daemon/observe/log.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/output/output_log.hpp"

namespace tapewatch {
namespace {

constexpr std::chrono::minutes kStuckAfter{1};

bool holds_loop(const std::vector<std::shared_ptr<OutputLoop>>& loops, const std::shared_ptr<OutputLoop>& loop) {
  return std::find(loops.begin(), loops.end(), loop) != loops.end();
}

}  // namespace

Outputs::Outputs(const Parts& parts) : parts_(parts) {
  for (const auto& options : parts.config.outputs) loops_.push_back(make(options, parts.config.storage));
}

std::shared_ptr<OutputLoop> Outputs::make(const ingest::KafkaOutputOptions& options,
                                          const storage::StorageOptions& storage) {
  OutputLoopParts parts;
  parts.journal = std::make_unique<DatabaseOutputJournal>(options.name, storage, parts_.writer);
  parts.log = component(parts_.log, "output");
  return std::make_shared<OutputLoop>(options, std::move(parts), parts_.metrics);
}

Outputs::Loops Outputs::loops() const {
  const MutexLock lock(mutex_);
  return loops_;
}

void Outputs::start() {
  for (const auto& loop : loops()) loop->start();
  subscription_ = parts_.notifier.subscribe([this] { wake(); });
}

void Outputs::wake() {
  const MutexLock lock(mutex_);
  for (const auto& loop : loops_) loop->wake();
}

void Outputs::stop() {
  parts_.notifier.unsubscribe(subscription_);
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  const Loops present = loops();
  for (const auto& loop : present) loop->ask_stop();  // all at once
  for (const auto& loop : present) loop->stop();
}

std::function<void()> Outputs::replacement(const config::Config& next, const std::vector<std::string>& changed) {
  const Loops present = loops();
  Loops made;
  for (const auto& options : next.outputs) {
    const auto known = std::find_if(present.begin(), present.end(),
                                    [&](const auto& loop) { return loop->report().name == options.name; });
    const bool stays =
        known != present.end() && std::find(changed.begin(), changed.end(), options.name) == changed.end();
    made.push_back(stays ? *known : make(options, next.storage));
  }
  return [this, made = std::move(made)] { replace(made); };
}

void Outputs::replace(const Loops& next) {
  const Loops present = loops();
  for (const auto& loop : present) {
    if (!holds_loop(next, loop)) loop->ask_stop();
  }
  for (const auto& loop : present) {
    if (holds_loop(next, loop)) continue;
    loop->stop();
    const std::string name = loop->report().name;
    const bool renewed =
        std::any_of(next.begin(), next.end(), [&](const auto& other) { return other->report().name == name; });
    if (!renewed) parts_.metrics.forget_output(name);
  }
  const MutexLock lock(mutex_);
  loops_ = next;
  for (const auto& loop : next) {
    if (!stopping_ && !holds_loop(present, loop)) loop->start();
  }
}

std::vector<OutputReport> Outputs::reports() const {
  std::vector<OutputReport> all;
  for (const auto& loop : loops()) all.push_back(loop->report());
  return all;
}

void configure_outputs(storage::Connection& connection, std::span<const ingest::KafkaOutputOptions> outputs) {
  std::vector<storage::ConfiguredOutput> configured;
  for (const auto& output : outputs) {
    configured.push_back(
        {output.name, output.from == ingest::OutputStart::beginning, static_cast<std::int64_t>(output.max_backlog)});
  }
  storage::OutputLog(connection).configure(configured);
}

void put_outputs_in_force(storage::Connection& connection, std::span<const ingest::KafkaOutputOptions> outputs) {
  storage::Transaction transaction(connection);
  configure_outputs(connection, outputs);
  transaction.commit();
}

std::vector<ProbeCheck> outputs_checks(std::span<const OutputReport> reports, TimePoint now) {
  if (reports.empty()) return {};
  std::string stuck;
  for (const OutputReport& report : reports) {
    const bool waits = report.waiting_since && now - *report.waiting_since >= kStuckAfter;
    if (report.state != "halted" && !waits) continue;
    stuck += fmt::format("{}{} ({} events wait{}{})", stuck.empty() ? "" : "; ", report.name, report.lag,
                         report.last_error.empty() ? "" : ": ", report.last_error);
  }
  const bool ok = stuck.empty();
  return {{"outputs", ok, false, ok ? "publish, or have nothing to" : stuck + "; GET /v1/outputs"}};
}

}  // namespace tapewatch
