#include "daemon/status.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/await_call.hpp"
#include "storage/alert/alert_reader.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/maintain/storage_counts.hpp"

namespace tapewatch {
namespace asio = boost::asio;

struct Status::Read {
  storage::StorageCounts counts;
  std::vector<storage::AlertCount> alerts;
  std::vector<std::string> webhooks;
  std::map<std::string, std::string> off;
  double free_bytes = 0;
  std::string error;
  std::string installed_zones;
};

ProbeCheck time_zone_check(const config::ZoneData& used, std::string_view installed) {
  ProbeCheck check{"time zones", used.trouble.empty(), false, "tzdata " + used.version};
  if (!check.ok) check.detail += ": " + used.trouble;
  if (installed != used.version) check.detail += fmt::format("; {} is installed: restart to use it", installed);
  return check;
}

std::vector<std::string> troubles(const std::vector<ProbeCheck>& checks) {
  std::vector<std::string> texts;
  for (const ProbeCheck& check : checks) {
    if (!check.ok) texts.push_back(check.name + ": " + check.detail);
  }
  return texts;
}

ProbeCheck rules_check(const std::vector<alerts::RuleWarmth>& rules) {
  const auto warming = std::count_if(rules.begin(), rules.end(), [](const auto& rule) { return !rule.warm(); });
  if (warming == 0) return {"rules", true, false, rules.empty() ? "none is configured" : "all know their news"};
  return {"rules", true, false, fmt::format("{} of {} warming up: GET /v1/rules", warming, rules.size())};
}

Status::Status(asio::io_context& io, StatusOptions options, Loops loops, Readiness readiness, const RuleBoard& rules,
               Metrics& metrics, std::shared_ptr<spdlog::logger> log)
    : options_(std::move(options)),
      loops_(std::move(loops)),
      readiness_(std::move(readiness)),
      rules_(rules),
      metrics_(metrics),
      log_(log),
      reader_(storage::Connection::open_reader(options_.database, options_.storage)),
      installed_zones_(options_.zones.version),
      task_(
          io, "status", [this] { return look(); }, options_.look_every, std::move(log)) {
  for (const auto& source : options_.sources) metrics_.source_succeeded(source, {});
  metrics_.set_zone_data(options_.zones.version);
  for (const auto& rule : options_.rules) {
    for (const auto* state : {"pending", "firing"}) alert_gauges_.emplace(rule, state);
  }
}

Status::~Status() { reader_thread_.join(); }

asio::awaitable<std::chrono::milliseconds> Status::look() {
  look_at_loops();
  look_at_rules();
  auto read = [this] { return look_at_database(); };
  publish(co_await await_call(reader_thread_, read));
  co_return options_.look_every;
}

Status::Read Status::look_at_database() {
  Read read;
  if (options_.webhooks) read.webhooks = options_.webhooks();
  read.installed_zones = config::installed_zone_version();
  try {
    read.counts = storage::read_counts(reader_);
    read.free_bytes = static_cast<double>(storage::free_bytes(options_.database));
    read.alerts = storage::AlertReader(reader_).counts();
    for (const auto& name : read.webhooks) {
      if (auto reason = storage::Outbox(reader_).disabled_reason(name)) read.off.emplace(name, std::move(*reason));
    }
  } catch (const std::exception& error) {
    read.error = explained(error);
  }
  return read;
}

void Status::look_at_loops() {
  const auto now = std::chrono::steady_clock::now();
  std::map<std::string, Seen> seen;
  for (const auto& loop : loops_()) {
    const Seen moved{loop.progress(), now};
    const auto before = seen_.find(loop.name);
    const bool still = before != seen_.end() && before->second.progress == moved.progress && loop.work_waiting();
    seen.emplace(loop.name, still ? before->second : moved);
  }
  seen_ = std::move(seen);
}

void Status::look_at_rules() {
  std::set<std::string> warming, present;
  std::int64_t hours = 0;
  for (const auto& rule : rules_.get()) {
    present.insert(rule.rule);
    for (const auto* state : {"pending", "firing"}) alert_gauges_.emplace(rule.rule, state);
    if (rule.warm()) continue;
    warming.insert(rule.rule);
    hours = rule.warm_hours;
  }
  metrics_.set_rules_warming_up(static_cast<double>(warming.size()));
  if (!warming_ && !warming.empty()) {
    log_->info("warming up: {}; a rule alerts from its second hour on, with wide expectations for {} days",
               fmt::join(warming, ", "), hours / 24);
  }
  for (const std::string& rule : warming_.value_or(std::set<std::string>())) {
    if (!warming.contains(rule) && present.contains(rule)) {
      log_->info("rule {} has warmed up: it knows the rhythm of its weeks", rule);
    }
  }
  warming_ = std::move(warming);
}

void Status::publish_checks() {
  std::map<std::string, bool> checks;
  for (const ProbeCheck& check : readiness()) checks[check.name] = check.ok;
  metrics_.set_checks(checks);
}

void Status::publish(const Read& read) {
  installed_zones_ = read.installed_zones;
  database_error_ = read.error;
  if (read.error.empty()) off_ = read.off;
  publish_checks();
  if (!read.error.empty()) return;
  std::set<std::string> gone_webhooks = std::exchange(webhook_gauges_, {read.webhooks.begin(), read.webhooks.end()});
  for (const auto& name : read.webhooks) gone_webhooks.erase(name);
  for (const auto& name : gone_webhooks) metrics_.forget_webhook(name);
  for (const auto& name : read.webhooks) {
    metrics_.set_webhook_enabled(name, !off_.contains(name));
    double pending = 0;
    std::chrono::duration<double> oldest{0};
    for (const auto& count : read.counts.outbox) {
      if (count.webhook != name) continue;
      pending = static_cast<double>(count.pending);
      if (count.oldest_pending) oldest = count.oldest_pending->time_since_epoch();
    }
    metrics_.set_outbox(name, pending, oldest);
  }
  metrics_.set_disk(read.free_bytes, static_cast<double>(options_.storage.min_free));
  metrics_.set_wal_bytes(static_cast<double>(read.counts.wal_bytes));
  auto gone = alert_gauges_;
  for (const auto& count : read.alerts) {
    metrics_.set_alerts(count.rule, count.state, static_cast<double>(count.count));
    alert_gauges_.emplace(count.rule, count.state);
    gone.erase({count.rule, count.state});
  }
  for (const auto& [rule, state] : gone) metrics_.set_alerts(rule, state, 0);
}

std::vector<ProbeCheck> Status::liveness() const {
  std::vector<ProbeCheck> checks;
  const auto now = std::chrono::steady_clock::now();
  for (const auto& [name, seen] : seen_) {
    ProbeCheck check{name, true, true, "makes progress or has nothing to do"};
    const auto still = now - seen.moved;
    if (still > options_.stuck_after) {
      check.ok = false;
      check.detail = fmt::format("no progress for {} s with work waiting",
                                 std::chrono::duration_cast<std::chrono::seconds>(still).count());
    }
    checks.push_back(std::move(check));
  }
  return checks;
}

std::vector<ProbeCheck> Status::readiness() const {
  auto checks = readiness_();
  ProbeCheck database{"database", database_error_.empty(), true,
                      database_error_.empty() ? "open, migrated, readable" : database_error_};
  checks.insert(checks.begin(), std::move(database));
  checks.push_back(rules_check(rules_.get()));
  checks.push_back(time_zone_check(options_.zones, installed_zones_));
  for (const auto& [name, reason] : off_) {
    checks.push_back(
        {"webhook " + name, false, false, fmt::format("switched off ({}): POST /v1/webhooks/{}/enable", reason, name)});
  }
  return checks;
}

}  // namespace tapewatch
