// Tested by tests/e2e/demo/wire_test.py
#include "daemon/commands/replay.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <utility>
#include <variant>

#include "config/notation/printable.hpp"
#include "config/toml/load.hpp"
#include "daemon/commands/exported_sequence.hpp"
#include "daemon/commands/replay_against.hpp"
#include "daemon/commands/transition_json.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/pipeline/backtest/rule_comparison.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/pipeline/writing/applier.hpp"
#include "ingest/document/canonical_document.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/text/normalise.hpp"
#include "storage/clock.hpp"
#include "storage/connection/transaction.hpp"

namespace tapewatch {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBatch = 64;        // documents scored and committed together
constexpr std::chrono::minutes kTick{1};  // the detector's bucket: passing time is checked once in each
constexpr std::size_t kMaxErrorsShown = 20;

/// The documents of all inputs, in the order of their times; equal times keep the order of the input. Or the rows of an
/// exported sequence, in its order.
struct Wire {
  std::vector<ingest::Document> documents;
  std::vector<ExportedRow> exported;
  std::size_t lines = 0, rejected = 0;

  /// From the first document to the last.
  std::chrono::milliseconds span() const {
    return documents.empty() ? std::chrono::milliseconds{0}
                             : documents.back().published_at - documents.front().published_at;
  }
};

void reject(Wire& wire, const std::string& name, std::size_t line, const std::string& why) {
  if (++wire.rejected <= kMaxErrorsShown) std::cerr << name << ":" << line << ": " << notation::printable(why) << "\n";
}

void read_input(std::istream& in, const std::string& name, const ingest::DocumentLimits& limits, Wire& wire) {
  std::string text;
  for (std::size_t line = 1; std::getline(in, text); ++line) {
    if (text.empty()) continue;
    ++wire.lines;
    std::vector<ingest::FieldWarning> warnings;
    const auto parsed = ingest::parse_json_text(text, limits.max_json_depth, warnings);
    if (!parsed) {
      reject(wire, name, line, parsed.error().reason);
      continue;
    }
    const boost::json::value& value = *parsed;
    if (is_exported(value)) {
      auto row = decode_exported(value, limits);
      if (row) {
        wire.exported.push_back(std::move(*row));
      } else {
        reject(wire, name, line, row.error().pointer + ": " + row.error().reason);
      }
      continue;
    }
    // The documents are replay's only clock: the time of receipt is the time of publication.
    auto decoded = ingest::decode_document(value, "replay", TimePoint::max(), limits);
    if (!decoded) {
      reject(wire, name, line, decoded.error().pointer + ": " + decoded.error().reason);
      continue;
    }
    if (decoded->published_from != ingest::PublishedFrom::source) {
      const ingest::Rejection why = ingest::without_own_time(*decoded);
      reject(wire, name, line, why.pointer + ": " + why.reason);
      continue;
    }
    if (decoded->action == ingest::Action::hold && !decoded->embargo_until) {
      reject(wire, name, line, "/action: withheld without a time: replay leaves it out");
      continue;
    }
    if (decoded->embargo_until) decoded->published_at = std::max(decoded->published_at, *decoded->embargo_until);
    if (decoded->action == ingest::Action::hold) decoded->action = ingest::Action::none;
    decoded->received_at = decoded->published_at;
    auto document = ingest::normalise(std::move(*decoded), limits);
    if (!document) {
      reject(wire, name, line, document.error().pointer + ": " + document.error().reason);
      continue;
    }
    wire.documents.push_back(std::move(*document));
  }
}

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
  Replay(storage::Connection& connection, Applier& applier, Scorer& scorer, RuleComparison* comparison)
      : connection_(connection), applier_(applier), scorer_(scorer), comparison_(comparison) {}

  void run(std::vector<ingest::Document> documents) {
    for (auto& document : documents) {
      const std::string source = document.source;
      add(source, content_of(std::move(document)));
    }
    score_batch();
  }

  /// A live run again: its rows are the only clock.
  void run(std::vector<ExportedRow> rows) {
    ticks_itself_ = false;
    for (auto& row : rows) {
      if (auto* document = std::get_if<ingest::Document>(&row)) {
        const std::string source = document->source;
        add(source, std::move(*document));
        continue;
      }
      if (auto* removal = std::get_if<Removal>(&row)) {
        const std::string source = removal->source;
        add(source, std::move(*removal));
        continue;
      }
      score_batch();
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
  void add(const std::string& source, Content content) {
    Incoming incoming;
    incoming.number = number_++;
    incoming.source = source;
    incoming.content = std::move(content);
    batch_.push_back(std::move(incoming));
    if (batch_.size() >= kBatch) score_batch();
  }

  void score_batch() {
    if (!batch_.empty()) commit(scorer_.score(std::exchange(batch_, {}), clock_));
  }

  void commit(std::vector<Scored> records) {
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
  EventClock clock_;
  TimePoint last_{};
  bool ticks_itself_ = true;
  std::uint64_t number_ = 0;
  std::vector<Incoming> batch_;
};

Wire read_inputs(const ReplayOptions& options, const ingest::DocumentLimits& limits) {
  Wire wire;
  for (const auto& input : options.inputs) {
    if (input == "-") {
      read_input(std::cin, "standard input", limits, wire);
      continue;
    }
    std::ifstream file(input);
    if (!file) throw std::runtime_error(input + ": cannot be read");
    read_input(file, input, limits, wire);
  }
  std::stable_sort(wire.documents.begin(), wire.documents.end(),
                   [](const auto& left, const auto& right) { return left.published_at < right.published_at; });
  return wire;
}

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
           std::optional<RuleComparison> comparison) {
  Wire wire = read_inputs(options, config.ingest.limits);
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
  Replay replay(connection, applier, scorer, comparison ? &*comparison : nullptr);
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
  if (options.speed != "max") {
    std::cerr << "replay: --speed " << options.speed << " is not in this version; use max\n";
    return 2;
  }
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
    return replay(options, loaded.config, parts, std::move(comparison));
  } catch (const std::exception& error) {
    std::cerr << "replay: " << notation::printable(error.what()) << "\n";
    return 1;
  }
}

}  // namespace tapewatch
