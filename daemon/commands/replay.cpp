// Tested by tests/e2e/demo/wire_test.py
#include "daemon/commands/replay.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <optional>
#include <utility>
#include <variant>

#include "config/notation/printable.hpp"
#include "config/toml/load.hpp"
#include "daemon/commands/replay_against.hpp"
#include "daemon/commands/replay_input.hpp"
#include "daemon/commands/replay_pace.hpp"
#include "daemon/commands/transition_json.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/pipeline/backtest/rule_comparison.hpp"
#include "daemon/pipeline/history_intake.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "storage/clock.hpp"
#include "storage/connection/transaction.hpp"

namespace tapewatch {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 64;        // documents scored and committed together
constexpr std::chrono::minutes kTick{1};  // the detector's bucket: passing time is checked once in each

/// A database file that is deleted with its folder, unless the user named one to keep.
class Workspace {
 public:
  explicit Workspace(const std::string& db) {
    if (!db.empty()) {
      if (fs::exists(db)) throw std::runtime_error(db + " exists; replay writes a new database: name another file");
      path_ = db;
      return;
    }
    std::string pattern = (fs::temp_directory_path() / "tapewatch-replay-XXXXXX").string();
    if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder can be created in " + pattern);
    folder_ = pattern;
    path_ = pattern + "/replay.db";
  }
  ~Workspace() {
    std::error_code ignored;
    if (!folder_.empty()) fs::remove_all(folder_, ignored);
  }
  const std::string& path() const { return path_; }

 private:
  std::string folder_, path_;
};

/// Drives the applier as the writer loop does, with the documents as the only clock. Without a comparison each
/// transition is printed.
class Replay {
 public:
  /// A signal ended it.
  struct Stopped {};

  Replay(storage::Connection& connection, Applier& applier, Scorer& scorer, RuleComparison* comparison, ReplayPace pace)
      : connection_(connection), applier_(applier), scorer_(scorer), comparison_(comparison), pace_(pace) {}

  void run(std::vector<ingest::Document> documents) {
    for (auto& document : documents) {
      const std::string source = document.source;
      Content content = content_of(std::move(document));
      const bool removal = std::holds_alternative<Removal>(content);
      add(removal ? source : std::string(kHistoryIntake), std::move(content));
    }
    score_batch();
  }

  /// A live run again: its rows are the only clock.
  void run(std::vector<ExportedRow> rows) {
    ticks_itself_ = false;
    for (auto& row : rows) {
      if (auto* exported = std::get_if<ExportedDocument>(&row)) {
        const std::string intake = exported->backfilled ? std::string(kHistoryIntake) : exported->document.source;
        add(intake, std::move(exported->document));
        continue;
      }
      if (auto* removal = std::get_if<Removal>(&row)) {
        const std::string source = removal->source;
        add(source, std::move(*removal));
        continue;
      }
      score_batch();
      if (const auto* tick = std::get_if<ExportedTick>(&row)) wait_until(tick->at);
      storage::Transaction transaction(connection_);
      if (const auto* tick = std::get_if<ExportedTick>(&row)) print(applier_.tick(tick->at, tick->at));
      if (const auto* anchor = std::get_if<ExportedAnchor>(&row)) {
        print(applier_.reanchor(anchor->to, anchor->to).transitions);
      }
      applier_.finish();
      transaction.commit();
    }
    score_batch();
  }

 private:
  void add(const std::string& intake, Content content) {
    Incoming incoming;
    incoming.number = number_++;
    incoming.source = intake;
    incoming.content = std::move(content);
    batch_.push_back(std::move(incoming));
    if (batch_.size() >= (pace_.is_paced() ? 1 : kBatch)) score_batch();
  }

  void score_batch() {
    if (!batch_.empty()) commit(scorer_.score(std::exchange(batch_, {}), clock_));
  }

  /// Until an event of this time is due, with the ticks that are due before. At full speed nothing waits.
  void wait_until(TimePoint at) {
    if (!pace_.is_paced()) return;
    if (ticks_itself_ && last_ != TimePoint{}) {
      for (auto tick = std::chrono::floor<std::chrono::minutes>(last_) + kTick; tick <= at; tick += kTick) {
        wait_for(tick);
        storage::Transaction transaction(connection_);
        tick_until(tick);
        applier_.finish();
        transaction.commit();
      }
    }
    wait_for(at);
  }

  void wait_for(TimePoint at) {
    std::cout.flush();  // what has been raised is told before the wait
    if (!InterruptibleWait::until(pace_.due(at, ReplayPace::Clock::now()))) throw Stopped{};
  }

  void commit(std::vector<Scored> records) {
    if (!records.empty()) wait_until(received_at(records.front().incoming.content));
    storage::Transaction transaction(connection_);
    for (auto& record : records) {
      const TimePoint now = received_at(record.incoming.content);
      record.scored_at = now;
      if (ticks_itself_) tick_until(now);
      const Applied applied = applier_.apply(record, now);
      if (comparison_) {
        comparison_->observe(record, applied);
      } else {
        print(applied.transitions);
      }
    }
    applier_.finish();
    transaction.commit();
  }

  static TimePoint received_at(const Content& content) {
    const auto* removal = std::get_if<Removal>(&content);
    return removal ? removal->received_at : std::get<ingest::Document>(content).received_at;
  }

  void tick_until(TimePoint now) {
    if (last_ == TimePoint{}) last_ = now;
    // Whole minutes between the last row and this one, so that an alert resolves when it would have, not at the next
    // row.
    while (std::chrono::floor<std::chrono::minutes>(last_) + kTick <= now) {
      last_ = std::chrono::floor<std::chrono::minutes>(last_) + kTick;
      const auto transitions = applier_.tick(last_, last_);
      if (comparison_) {
        comparison_->tick(storage::Clock(connection_).last_seq(), last_, transitions);
      } else {
        print(transitions);
      }
    }
    last_ = std::max(last_, now);
  }

  static void print(const std::vector<alerts::Transition>& transitions) {
    for (const auto& transition : transitions) std::cout << transition_json(transition) << "\n";
  }

  storage::Connection& connection_;
  Applier& applier_;
  Scorer& scorer_;
  RuleComparison* const comparison_;  // may be null
  ReplayPace pace_;
  EventClock clock_;
  TimePoint last_{};
  bool ticks_itself_ = true;
  std::uint64_t number_ = 0;
  std::vector<Incoming> batch_;
};

ApplierOptions applier_options_for(const config::Config& config, const LoadedParts& parts) {
  ApplierOptions options{.storage = config.storage, .rules = config.rules};
  options.detector.model_version = model::version_with(parts.model->version(), parts.prior);
  return options;
}

/// Prints what was gained and lost, and on standard error how much.
void tell(const RuleComparison& comparison, std::chrono::milliseconds span) {
  const AlertDifference found = comparison.difference();
  for (const auto& change : found.changes) std::cout << change_json(change) << "\n";
  const auto weekly = [&](std::size_t alerts) {
    const auto rate = per_week(alerts, span);
    return rate ? fmt::format("{:.2f}", *rate) : std::string("unknown");
  };
  std::cerr << fmt::format("replay: {} gained, {} lost, {} the same; {} alerts per week, {} before\n", found.gained,
                           found.lost, found.same, weekly(comparison.now().size()), weekly(comparison.before().size()));
}

int replay(const ReplayOptions& options, const config::Config& config, const LoadedParts& parts,
           std::optional<RuleComparison> comparison, ReplayPace pace) {
  ReplayInput wire = read_replay_input(options.inputs, config.ingest.limits);
  Workspace workspace(options.db);
  auto connection = storage::Connection::open_writer(workspace.path(), config.storage);
  Applier applier(connection, applier_options_for(config, parts));
  applier.set_tags(tags_by_entity(*parts.finder));
  ScorerFactory scorers(parts.model, config.model, parts.prior, [&] { return parts.finder; });
  Scorer scorer = scorers.make(Lane::news);
  if (!wire.exported.empty() && (!wire.documents.empty() || comparison)) {
    throw std::runtime_error(comparison ? "--against compares documents; leave out the lines of an export (seq)"
                                        : "an exported sequence (lines with seq) is replayed alone, without documents");
  }
  const bool exported = !wire.exported.empty();
  const auto documents = wire.documents.size() + wire.exported.size();
  const auto span = wire.span();
  Replay replay(connection, applier, scorer, comparison ? &*comparison : nullptr, pace);
  if (wire.exported.empty()) {
    replay.run(std::move(wire.documents));
  } else {
    replay.run(std::move(wire.exported));
  }
  if (comparison) tell(*comparison, span);
  std::cout.flush();
  std::cerr << fmt::format("replayed {} {} of {} lines, {} rejected\n", documents, exported ? "rows" : "documents",
                           wire.lines, wire.rejected);
  return std::cout.good() ? 0 : 1;
}

}  // namespace

int run_replay(const ReplayOptions& options) {
  const auto pace = ReplayPace::parse(options.speed);
  if (!pace) {
    std::cerr << "replay: --speed: expected max, or a factor from 0.001 to 1000000 such as 1x or 60x\n";
    return 2;
  }
  std::optional<InterruptibleWait> wait;  // before the first thread, which then has the signals blocked as well
  if (pace->is_paced()) wait.emplace();
  auto loaded = config::load(options.config);
  const LoadedParts parts = load_parts(loaded);
  auto errors = loaded.errors;
  std::optional<RuleComparison> comparison;
  if (!options.against.empty()) {
    const auto old = load_old_rules(options.against, loaded.config, parts);
    errors.insert(errors.end(), old.errors.begin(), old.errors.end());
    if (errors.empty()) comparison.emplace(old.rules, applier_options_for(loaded.config, parts).detector);
  }
  for (const auto& error : errors) std::cerr << config::to_string(error) << "\n";
  if (!errors.empty()) return 2;
  try {
    return replay(options, loaded.config, parts, std::move(comparison), *pace);
  } catch (const Replay::Stopped&) {
    std::cerr << "replay: stopped by a signal\n";
    return 1;
  } catch (const std::exception& error) {
    std::cerr << "replay: " << notation::printable(error.what()) << "\n";
    return 1;
  }
}

}  // namespace tapewatch
