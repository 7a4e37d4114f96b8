// Tested by tests/daemon/pipeline/output/output_loop_test.cpp
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "daemon/observe/log_fields.hpp"
#include "daemon/pipeline/output/output_loop.hpp"

namespace tapewatch {
namespace {

using PublishOutcome = ingest::OutputResult::Kind;

constexpr std::size_t kFineBeforeGrowing = 100;  // transactions, after one that was too large

}  // namespace

void OutputLoop::publish() {
  const auto page = parts_.journal->after(position_, room_);
  if (page.empty()) return rest();
  note_waiting(true);
  if (page.front().id > position_ + 1) return publish_gap(page.front().id);
  publish_page(page);
}

void OutputLoop::publish_page(const std::vector<storage::OutputEvent>& page) {
  auto records = output_records(options_, page);
  if (records.empty()) {  // the brokers hear of it with the next one that has a topic
    position_ = page.back().id;
    give_receipt(false);
    return note_waiting(false);
  }
  for (auto& record : records) {
    if (record.event == left_out_) record = left_out_record(record, left_out_reason_);
  }
  set_state("publishing");
  const auto result = client_->publish(records, {page.back().id, storage::to_ms(page.back().at), process_});
  if (result.kind == PublishOutcome::too_large) return on_too_large(records, page.size(), result.why);
  if (succeeded(result)) published(records, page.back().id);
}

/// Events that the database has dropped before the brokers took them: their place is told.
void OutputLoop::publish_gap(std::int64_t before) {
  const OutputGap gap{position_ + 1, before - 1,
                      fmt::format("not kept: the brokers were away for more than {} events", options_.max_backlog)};
  const auto records = gap_records(options_, gap);
  if (!succeeded(client_->publish(records, {gap.last, 0, process_}))) return;
  const auto lost = static_cast<std::uint64_t>(gap.last - gap.first + 1);
  log_with(
      *parts_.log, spdlog::level::err, {{"event", "output.lost"}, {"output", options_.name}},
      fmt::format("{}: events {} to {} are lost to its topics: {}", options_.name, gap.first, gap.last, gap.reason));
  metrics_.count_output_lost(options_.name, static_cast<double>(lost));
  {
    const MutexLock lock(mutex_);
    report_.lost += lost;
  }
  published(records, gap.last);
}

void OutputLoop::published(const std::vector<ingest::OutputRecord>& records, std::int64_t last) {
  std::map<std::string_view, double> counts;
  bool left_out = false;
  for (const auto& record : records) {
    ++counts[record.type];
    left_out = left_out || (record.event == left_out_ && record.type == "gap");
  }
  for (const auto& [type, count] : counts) metrics_.count_output_published(options_.name, type, count);
  if (left_out) {
    left_out_.reset();
    room_ = options_.batch;
    metrics_.count_output_left_out(options_.name);
  } else if (++fine_ % kFineBeforeGrowing == 0) {
    room_ = std::min(room_ * 2, options_.batch);
  }
  position_ = last;
  committed_at_ = std::chrono::steady_clock::now();
  aborts_ = 0;
  wait_ = options_.retry_first;
  const auto now = wall_now();
  metrics_.output_succeeded(options_.name, now);
  if (notice_.clear("trouble") > 0) parts_.log->info("{}: publishes again", options_.name);
  {
    const MutexLock lock(mutex_);
    report_.lag = std::max<std::int64_t>(report_.lag - (last - report_.position), 0);
    report_.position = last;
    report_.published += records.size();
    report_.left_out += left_out ? 1 : 0;
    report_.last_success = now;
    report_.waiting_since.reset();
    report_.last_error.clear();
  }
  give_receipt(false);
}

/// A broker refuses a batch of records for its size, or for that of one of them: fewer are tried, until it is one
/// alone.
void OutputLoop::on_too_large(const std::vector<ingest::OutputRecord>& records, std::size_t events,
                              const std::string& why) {
  fine_ = 0;
  if (records.size() > 1) {
    room_ = std::max<std::size_t>(events / 2, 1);
    return;
  }
  const auto& record = records.front();
  if (record.event == left_out_) {  // not even the note in its place
    failed("too_large", why);
    return pause();
  }
  left_out_ = record.event;
  left_out_reason_ = fmt::format("{} bytes are more than the topic takes", record.value.size());
  log_with(*parts_.log, spdlog::level::err, {{"event", "output.left_out"}, {"output", options_.name}},
           fmt::format("{}: {} {} (event {}) is left out of the topic {}: {}; raise the topic's max.message.bytes, and "
                       "message.max.bytes in properties",
                       options_.name, record.type, record.key, record.event, record.topic, left_out_reason_));
}

}  // namespace tapewatch
