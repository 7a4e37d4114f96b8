// Tested by tests/daemon/reload/reloader_test.cpp
#include "daemon/reloader.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <future>
#include <utility>

#include "daemon/loop_options.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/outputs.hpp"
#include "daemon/pipeline/writing/configured_silences.hpp"
#include "daemon/pipeline/writing/transition_log.hpp"
#include "daemon/pipeline/writing/watch_record.hpp"
#include "daemon/reload/reload_audit.hpp"
#include "daemon/sources.hpp"
#include "storage/alert/detector_state.hpp"
#include "storage/alert/outbox.hpp"
#include "storage/clock.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/source/source_coverage.hpp"

namespace tapewatch {
namespace {

using namespace std::chrono_literals;
using Outcome = ReloadResult::Outcome;
constexpr std::size_t kHistoryPage = 1'000;  // rows of history in memory at a time
constexpr std::int64_t kFewRows = 2'000;     // which the writer's thread may read while records wait
constexpr int kMostRounds = 10;              // of reading up what was written during the last one
constexpr int kMostRebuilds = 3;             // where what was read is not what is stored any more
constexpr auto kTellHistoryEvery = 5s;
constexpr auto kAuditPatience = 2s;  // an answer does not wait longer for its row
struct Stopping : std::runtime_error {
  Stopping() : std::runtime_error("the daemon is stopping") {}
};

}  // namespace

/// A configuration on its way.
struct Reloader::Next {
  ReloadCaller caller;
  LiveConfig::Snapshot snapshot;
  std::string previous;  // version of the configuration that it replaces
  std::optional<config::TokenTable> tokens;
  RenewedCertificate certificate;
  EntityTags tags;
  ConfigDifference changed;
  std::map<std::string, std::string> feed_states;   // of the feeds that are new: they may have been there before
  std::vector<std::function<void()>> replacements;  // of Kafka sources and outputs, once it is committed
  std::shared_ptr<DetectorRebuild> rebuild;
  // Of the attempt to take it over; on the writer's thread until `ended` is set.
  std::optional<ApplierConfiguration> before;
  std::vector<alerts::Transition> alerts;
  std::vector<std::string> notes;
  bool stale = false;
  std::promise<std::string> ended;  // why nothing was written

  ReloadResult result() const {
    ReloadResult taken{.outcome = Outcome::changed, .version = snapshot.config->version, .previous = previous};
    taken.changes = changed.changes;
    taken.changes.insert(taken.changes.end(), notes.begin(), notes.end());
    taken.warnings = certificate.warnings;
    return taken;
  }
};

Reloader::Reloader(ReloaderParts parts) : parts_(std::move(parts)), log_(component(parts_.log, "reload")) {}

Reloader::~Reloader() { stop(); }

void Reloader::stop() {
  stopping_ = true;
  thread_.join();
}

bool Reloader::request(const ReloadCaller& caller, ReloadDone done) {
  {
    const MutexLock lock(mutex_);
    if (running_) return false;
    running_ = true;
  }
  boost::asio::post(thread_, [this, caller, done = std::move(done)] { run(caller, done); });
  return true;
}

void Reloader::on_signal() {
  if (is_stopping()) return;
  {
    const MutexLock lock(mutex_);
    again_ = std::exchange(running_, true);
    if (again_) return;
  }
  boost::asio::post(thread_, [this] { run({}, {}); });
}

void Reloader::run(ReloadCaller caller, ReloadDone done) {
  for (bool again = true; again; caller = {}) {
    const ReloadResult result = reload(caller);
    {
      const MutexLock lock(mutex_);
      again = std::exchange(again_, false) && !is_stopping();
      running_ = again;
    }
    if (done) std::exchange(done, nullptr)(result);
  }
}

ReloadResult Reloader::reload(const ReloadCaller& caller) {
  if (is_stopping()) return {.outcome = Outcome::stopping, .version = parts_.live.config()->version};
  parts_.manager.reloading();
  ReloadResult result;
  try {
    result = try_reload(caller);
  } catch (const Stopping&) {
    result.outcome = Outcome::stopping;
  } catch (const std::exception& error) {
    result.outcome = Outcome::failed;
    result.failure = explained(error);
  }
  result.version = parts_.live.config()->version;
  if (!is_stopping()) parts_.manager.ready();
  tell(result, caller);
  if (result.outcome != Outcome::changed) write_audit(result, caller);
  // After the line that says so.
  if (result.outcome == Outcome::changed) set_log_level(*parts_.log, parts_.live.config()->daemon.log.level);
  return result;
}

void Reloader::tell(const ReloadResult& result, const ReloadCaller& caller) {
  if (result.outcome == Outcome::stopping) return;
  const std::string by = caller_in_words(caller);
  const bool done = result.outcome == Outcome::changed || result.outcome == Outcome::unchanged;
  parts_.metrics.set_config_reload(done && result.warnings.empty());
  for (const auto& warning : result.warnings) log_->error("{}", warning);
  if (result.outcome == Outcome::changed) {
    log_->info("configuration {} has replaced {} ({}): {}", result.version, result.previous, by,
               fmt::join(result.changes, "; "));
  } else if (result.outcome == Outcome::unchanged) {
    log_->info("configuration {} was read again ({}): nothing changed", result.version, by);
  } else if (result.outcome == Outcome::failed) {
    log_->error("configuration {} stays, the reload failed ({}): {}", result.version, by, result.failure);
  } else {
    std::vector<std::string> errors;
    errors.reserve(result.errors.size());
    for (const auto& error : result.errors) errors.push_back(config::to_string(error));
    log_->error("configuration {} stays, the reload is refused ({}): {}", result.version, by, fmt::join(errors, "; "));
  }
}

/// Of a reload that took nothing over. Waits for the commit, so that whoever was answered finds the row.
void Reloader::write_audit(const ReloadResult& result, const ReloadCaller& caller) {
  if (result.outcome == Outcome::stopping) return;
  const auto written = std::make_shared<std::promise<bool>>();
  auto ended = written->get_future();
  Command command;
  command.apply = [result, caller](storage::Connection& connection, TimePoint now) {
    storage::Audit(connection).append(reload_entry(result, caller, now));
  };
  command.done = [written](bool committed) { written->set_value(committed); };
  if (!parts_.writer.push_command(command)) return;
  const auto give_up = std::chrono::steady_clock::now() + kAuditPatience;
  while (ended.wait_for(50ms) != std::future_status::ready) {
    if (is_stopping() || std::chrono::steady_clock::now() > give_up) return;
  }
}

std::optional<ReloadResult> Reloader::refusal(CheckedConfiguration& checked, const ConfigDifference& changed) const {
  auto& loaded = checked.loaded;
  const bool is_toml = !loaded.config.version.empty();
  for (const auto& path : changed.refused) {
    if (!is_toml) break;
    loaded.errors.push_back(loaded.error_at(
        path, fmt::format("{}: only a restart changes it; put back what runs, or restart tapewatch", path)));
  }
  if (loaded.ok() && checked.parts.model &&
      model::version_with(checked.parts.model->version(), checked.parts.prior) != parts_.detector.model_version) {
    loaded.errors.push_back(loaded.error_at(
        "model.rules.file", "model.rules.file: its rules have changed, which only a restart takes over"));
  }
  if (loaded.ok()) return std::nullopt;
  sort_by_place(loaded);
  ReloadResult refused{.outcome = Outcome::refused, .errors = loaded.errors};
  if (is_toml) refused.fixed_keys = changed.refused;
  return refused;
}

ReloadResult Reloader::try_reload(const ReloadCaller& caller) {
  const auto running = parts_.live.get();
  if (running.config->path.empty()) {
    return {.outcome = Outcome::refused, .errors = {{"configuration", 0, 0, "it did not come from a file"}}};
  }
  auto checked = read_and_check(running.config->path, {running.config->model.path, parts_.model});
  auto changed = difference(*running.config, checked.loaded.config);
  if (auto refused = refusal(checked, changed)) return std::move(*refused);

  const auto next = std::make_shared<Next>();
  next->caller = caller;
  next->previous = running.config->version;
  next->tokens = load_tokens(checked.loaded.config.daemon);
  if (auto words = watchlist_difference(running.finder->entities(), checked.parts.finder->entities()); !words.empty()) {
    changed.changes.push_back(std::move(words));
  }
  if (!parts_.auth.uses(next->tokens)) changed.changes.emplace_back("tokens changed");
  next->certificate = renewed_certificate(parts_.certificate.get(), checked.certificate);
  if (const auto& renewed = next->certificate.next) {
    changed.changes.push_back("certificate: " + certificate_in_words(*renewed));
  }
  if (changed.empty()) return {.outcome = Outcome::unchanged, .warnings = next->certificate.warnings};
  for (const auto& warning : checked.warnings) log_->warn("{}", config::to_string(warning));
  next->snapshot = {std::make_shared<const config::Config>(std::move(checked.loaded.config)), checked.parts.finder};
  next->tags = tags_by_entity(*checked.parts.finder);
  next->changed = std::move(changed);
  next->feed_states = feed_states(*next->snapshot.config, next->changed.added_feeds);
  if (parts_.prepare_kafka && next->changed.of_kafka()) {
    next->replacements.push_back(parts_.prepare_kafka(*next->snapshot.config, next->changed.changed_kafka));
  }
  if (parts_.prepare_outputs && next->changed.of_outputs()) {
    next->replacements.push_back(parts_.prepare_outputs(*next->snapshot.config, next->changed.changed_outputs));
  }
  ReloadResult result = take_over(next);
  if (result.outcome != Outcome::changed) return result;
  for (const auto& replace : next->replacements) replace();
  return result;
}

ReloadResult Reloader::take_over(const std::shared_ptr<Next>& next) {
  std::string failure;
  for (int times = 0; times < kMostRebuilds; ++times) {
    next->rebuild = prepare(*next, times == 0);
    next->stale = false;
    next->ended = {};
    auto ended = next->ended.get_future();
    LoneWrite write = write_of(next);
    if (!parts_.writer.push_lone(write)) throw Stopping();
    while (ended.wait_for(100ms) != std::future_status::ready) {
      if (is_stopping()) throw Stopping();
    }
    failure = ended.get();
    if (!next->stale) break;
  }
  if (!failure.empty()) return {.outcome = Outcome::failed, .failure = failure};
  return next->result();
}

/// The detector of the rules that begin from nothing, read up while the writer goes on.
std::shared_ptr<DetectorRebuild> Reloader::prepare(const Next& next, bool tell) {
  const auto& config = *next.snapshot.config;
  auto reader = storage::Connection::open_reader(config.storage.path, config.storage);
  alerts::DetectorOptions learned = parts_.detector;
  std::vector<alerts::UnfittedRule> unfitted;
  {
    const auto states = to_series_states(storage::DetectorStateStore(reader).load_all());
    learned.model_version =
        learned_from(states, config.rules, storage::SequenceReader(reader)).value_or(parts_.detector.model_version);
    alerts::TrendDetector probe(config.rules, learned);
    probe.restore(states);
    unfitted = probe.unfitted();
  }
  if (tell && !unfitted.empty() && storage::Clock(reader).last_seq() > 0) tell_unfitted(unfitted, *log_);
  auto rebuild = std::make_shared<DetectorRebuild>(unfitted_rules(config.rules, unfitted), learned, next.tags,
                                                   parts_.detector.model_version);
  auto told = std::chrono::steady_clock::now();
  const auto progress = [&](std::int64_t done, std::int64_t steps) {
    if (is_stopping()) throw Stopping();
    if (std::chrono::steady_clock::now() - told < kTellHistoryEvery) return;
    told = std::chrono::steady_clock::now();
    log_->info("stored history: {} of {} steps read", done, steps);
  };
  for (int round = 0; round < kMostRounds; ++round) {
    rebuild->read(reader, kHistoryPage, progress);
    if (rebuild->behind(reader) <= kFewRows) break;
  }
  return rebuild;
}

LoneWrite Reloader::write_of(const std::shared_ptr<Next>& next) {
  LoneWrite write;
  write.apply = [this, next](storage::Connection& connection, TimePoint now) {
    const auto& config = *next->snapshot.config;
    next->before = parts_.applier.configuration();
    try {
      next->alerts =
          parts_.applier.reconfigure({config.rules, config.webhooks, config.version, next->tags}, *next->rebuild, now);
    } catch (const StaleRebuild&) {
      next->stale = true;
      throw;
    }
    note_watch_list(connection, next->tags, now);
    configure_outputs(connection, config.outputs);
    apply_silences(connection, config.silences, now, *log_);
    storage::SourceCoverage(connection, config.storage).configure(configured_sources(config), now);
    storage::Outbox outbox(connection);
    for (const auto& name : next->changed.changed_webhooks) {
      outbox.flush(name, now);  // what waits is tried at the new address at once
      if (const auto off = outbox.disabled_reason(name)) {
        const auto named = std::find_if(config.webhooks.begin(), config.webhooks.end(),
                                        [&](const auto& webhook) { return webhook.name == name; });
        if (named != config.webhooks.end()) outbox.set_fallback(name, named->fallback);
        next->notes.push_back(
            fmt::format("webhook {} stays switched off ({}) until POST /v1/webhooks/{}/enable", name, *off, name));
      }
    }
    for (const auto& count : outbox.counts()) {
      const auto& removed = next->changed.removed_webhooks;
      if (std::find(removed.begin(), removed.end(), count.webhook) == removed.end()) continue;
      next->notes.push_back(fmt::format("{} messages for webhook {} stay in the outbox, unsent unless it returns",
                                        count.pending, count.webhook));
    }
    storage::Audit(connection).append(reload_entry(next->result(), next->caller, now));
  };
  write.undo = [this, next] {
    next->notes.clear();
    if (next->before) parts_.applier.configure(*std::exchange(next->before, std::nullopt));
  };
  write.done = [this, next](const std::string& failure) {
    if (failure.empty()) publish(*next);
    next->ended.set_value(failure);
  };
  return write;
}

/// After the commit, on the writer's thread.
void Reloader::publish(const Next& next) {
  const auto& config = next.snapshot.config;
  parts_.live.set(next.snapshot);
  parts_.auth.replace(next.tokens);
  parts_.auth.rates().set(rate_limit(config->daemon));
  if (next.certificate.next) parts_.certificate->set(next.certificate.next);
  boost::asio::post(parts_.io, [this, config, changed = next.changed.changed_webhooks] {
    parts_.webhooks.replace(config->webhooks, changed, config->version);
  });
  if (parts_.replace_feeds) {
    FeedReplacement feeds{config->ingest.feeds, next.changed.changed_feeds, next.feed_states};
    boost::asio::post(parts_.io, [this, feeds = std::move(feeds)] { parts_.replace_feeds(feeds); });
  }
  log_transitions(*log_, next.alerts);
}

}  // namespace tapewatch
