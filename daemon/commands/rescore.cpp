// Tested by tests/daemon/commands/rescore_command_test.cpp
#include "daemon/commands/rescore.hpp"

#include <fmt/format.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <utility>

#include "config/notation/printable.hpp"
#include "config/notation/rfc3339.hpp"
#include "config/toml/load.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/api/request/time_words.hpp"
#include "daemon/commands/import/import_progress.hpp"
#include "daemon/commands/rescore_daemon.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/observe/migration_log.hpp"
#include "daemon/pipeline/failpoint.hpp"
#include "daemon/pipeline/rescoring/company_filler.hpp"
#include "daemon/pipeline/rescoring/rescorer.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/pipeline/writing/watch_record.hpp"
#include "storage/connection/error.hpp"
#include "storage/connection/transaction.hpp"

namespace tapewatch {
namespace {

using Progress = ImportProgress::Clock;
constexpr std::string_view kCommand = "tapewatch rescore: ";
constexpr std::chrono::seconds kTellRescoringEvery{5};
constexpr std::size_t kDocumentsRescored = 64;  // at a time, for each thread

struct WrongUsage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

std::optional<TimePoint> time_option(std::string_view name, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto time = parse_time_text(text, wall_now());
  if (!time) throw WrongUsage(fmt::format("--{} {}: {}", name, text, kTimeWords));
  return *time;
}

storage::RescoringQuery query_of(const RescoreOptions& options, const LoadedParts& parts) {
  storage::RescoringQuery query;
  query.model = model::version_with(parts.model->version(), parts.prior);
  const auto from = time_option("from", options.from), to = time_option("to", options.to);
  if (from && to && *from >= *to) {
    throw WrongUsage(
        fmt::format("--from {} is not before --to {}: nothing lies between them", options.from, options.to));
  }
  query.from = from.value_or(query.from);
  query.to = to.value_or(query.to);
  const bool head = parts.model->config().entity_heads > 0;
  if (options.entities && !head) {
    throw WrongUsage(fmt::format(
        "--entities: the model {} has no entity head; leave it out: companies then get their document's scores",
        query.model));
  }
  query.mentions = options.entities || !head;
  return query;
}

/// "of 2026-03-02T09:00:00.000Z to …", or "" for all that is stored.
std::string range_in_words(const storage::RescoringQuery& query) {
  std::string words;
  if (query.from != TimePoint::min()) words += " from " + notation::format_rfc3339(query.from);
  if (query.to != TimePoint::max()) words += " to " + notation::format_rfc3339(query.to);
  return words;
}

std::string swept_in_words(std::int64_t swept) {
  if (swept == 0) return {};
  return fmt::format("; retention has deleted the text of {} others, which stay as they were scored", swept);
}

/// `batch`: documents scored and stored at a time.
int rescore(storage::Connection& connection, const storage::RescoringQuery& query, Rescorer rescorer, std::size_t batch,
            std::ostream& err) {
  storage::RescoringReader reader(connection, query);
  const auto counts = reader.counts();
  if (counts.documents == 0) {
    err << kCommand
        << fmt::format("nothing to do: {} has scored every stored document{}{}\n", query.model, range_in_words(query),
                       swept_in_words(counts.swept));
    return 0;
  }
  err << fmt::format("{} documents{} are to be scored by {}{}\n", counts.documents, range_in_words(query), query.model,
                     swept_in_words(counts.swept));
  auto failpoint = Failpoint::from_environment();
  auto told = Progress::now();
  const ImportProgress progress(static_cast<std::uint64_t>(counts.documents), told);
  storage::RescoredWriter writer(connection);
  std::uint64_t done = 0;
  for (auto documents = reader.next(batch); !documents.empty(); documents = reader.next(batch)) {
    const auto rows = rescorer.score(documents, query.mentions);
    storage::Transaction transaction(connection);
    for (const auto& row : rows) done += writer.store(row) ? 1 : 0;
    failpoint.pass(Failpoint::Place::before_commit);
    transaction.commit();
    failpoint.pass(Failpoint::Place::after_commit);
    if (Progress::now() - told < kTellRescoringEvery) continue;
    told = Progress::now();
    err << progress.line(done, done, told) << "\n";
  }
  err << fmt::format("rescored {} by {}\n", progress.line(done, done, Progress::now()), query.model);
  return 0;
}

/// What came before a company was on the watch list is read for it.
void fill_past(storage::Connection& connection, const storage::RescoringQuery& query, CompanyFiller filler,
               std::size_t batch, std::ostream& err) {
  std::size_t read = 0, named = 0;
  const std::size_t companies = filler.fill(
      connection, query, batch,
      [&](const auto& apply) {
        storage::Transaction transaction(connection);
        apply(connection);
        transaction.commit();
      },
      [&](std::size_t some, std::size_t filled) {
        read += some;
        named += filled;
      });
  if (companies == 0) return;
  err << fmt::format("{} companies have been watched since: {} documents read for them, {} name one\n", companies, read,
                     named);
}

int rescore_with(const RescoreOptions& options, std::ostream& err) {
  const auto path = config::find_config_file(options.config);
  if (!path) throw WrongUsage("no configuration names a database and a model: give --config FILE");
  auto loaded = config::load(*path);
  const LoadedParts parts = load_parts(loaded);
  for (const auto& error : loaded.errors) err << config::to_string(error) << "\n";
  if (!loaded.ok()) return 2;
  const config::Config& config = loaded.config;
  const auto query = query_of(options, parts);
  std::error_code ignored;
  if (!std::filesystem::exists(config.storage.path, ignored)) {
    throw std::runtime_error(fmt::format("there is no database {} (storage.path)", config.storage.path));
  }
  auto connection = storage::Connection::open_writer(config.storage.path, config.storage,
                                                     migration_log(make_logger("warning", "text")));
  ScorerFactory scorers(parts.model, config.model, parts.prior, [finder = parts.finder] { return finder; });
  const std::size_t batch = scorers.threads() * kDocumentsRescored;
  if (query.mentions) {
    keep_watch_list(connection, tags_by_entity(*parts.finder), wall_now());
    fill_past(connection, query, CompanyFiller(scorers.make(Lane::history)), batch, err);
  }
  return rescore(connection, query, Rescorer(scorers.make(Lane::history)), batch, err);
}

}  // namespace

int run_rescore(const RescoreOptions& options, std::ostream& err) {
  try {
    return options.url.empty() ? rescore_with(options, err) : rescore_by_daemon(options, err);
  } catch (const WrongUsage& error) {
    err << kCommand << notation::printable(error.what()) << "\n";
    return 2;
  } catch (const storage::StorageError& error) {
    const bool held = error.kind() == storage::StorageError::Kind::foreign;
    err << kCommand << notation::printable(error.what())
        << (held ? " (--url reaches the database of a running daemon)" : "") << "\n";
    return 1;
  } catch (const std::exception& error) {
    err << kCommand << notation::printable(error.what()) << "\n";
    return 1;
  }
}

int run_rescore(const RescoreOptions& options) { return run_rescore(options, std::cerr); }

}  // namespace tapewatch
