// Tested by tests/e2e/records/import_test.py
#include "daemon/commands/import/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <utility>

#include "config/notation/printable.hpp"
#include "config/toml/load.hpp"
#include "daemon/commands/import/import_daemon.hpp"
#include "daemon/commands/import/import_database.hpp"
#include "daemon/commands/import/import_progress.hpp"
#include "daemon/commands/import/import_rows.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/loop_options.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/observe/migration_log.hpp"
#include "daemon/pipeline/scoring/scorer_factory.hpp"
#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "daemon/pipeline/writing/watch_record.hpp"
#include "daemon/preconditions.hpp"
#include "ingest/document/content_hash.hpp"
#include "storage/alert/detector_state.hpp"

namespace tapewatch {
namespace {

using Clock = ImportProgress::Clock;
constexpr const char* kImportCommand = "tapewatch import: ";
constexpr std::chrono::seconds kTellEvery{5};
constexpr std::size_t kDocumentsOfThread = 256;  // of one batch: threads wait for its last text, and a commit costs
constexpr std::size_t kMostLineBytes = std::size_t{16} << 20;

/// Everything that a database needs to be written to, in the order of the wiring.
struct OwnDatabase {
  OwnDatabase(const config::Config& config, const LoadedParts& parts, const std::string& source)
      : log(make_logger("warning", "text")),
        scorers(parts.model, config.model, parts.prior, [finder = parts.finder] { return finder; }),
        connection(storage::Connection::open_writer(config.storage.path, config.storage, migration_log(log))),
        applier(connection, options_of(config, parts)) {
    const EntityTags tags = tags_by_entity(*parts.finder);
    applier.set_tags(tags);
    keep_watch_list(connection, tags, wall_now());
    fit_detector(connection, applier, tags, *log);
    target.emplace(connection, applier, scorers.make(Lane::news), scorers.threads() * kDocumentsOfThread,
                   config.ingest.limits, source);
  }

  static ApplierOptions options_of(const config::Config& config, const LoadedParts& parts) {
    ApplierOptions options = applier_options(config, model::version_with(parts.model->version(), parts.prior));
    options.history = true;
    return options;
  }

  std::shared_ptr<spdlog::logger> log;
  ScorerFactory scorers;
  storage::Connection connection;
  Applier applier;
  std::optional<ImportDatabase> target;
};

/// The files one after the other, in batches.
class Import {
 public:
  Import(const ImportOptions& options, const ingest::RecordSource& source, const ingest::DocumentLimits& limits,
         std::ostream& err)
      : options_(options), shape_(shape_text(options)), reader_(source, limits), err_(err) {}

  int run(ImportTarget& target) {
    std::uint64_t total = 0;
    for (const std::string& file : options_.files) {
      std::error_code error;
      const auto size = std::filesystem::file_size(file, error);
      total += error ? 0 : size;
    }
    progress_.emplace(total, told_);
    for (const std::string& file : options_.files) {
      try {
        read(file, target);
      } catch (const std::exception& error) {
        fail(error);
      }
    }
    try {
      target.finish(counts_);  // what was given before a file failed
    } catch (const std::exception& error) {
      fail(error);
    }
    const ImportCounts& c = counts_;
    err_ << fmt::format(
        "imported {}: {} stored, {} revised, {} repeated, {} removed, {} held, {} blocked, {} rejected; {} lines were "
        "read before\n",
        progress_->line(c.all(), total, Clock::now()), c.stored, c.revised, c.repeated, c.removed, c.held, c.blocked,
        c.rejected, resumed_);
    const bool nothing = c.rejected > 0 && c.rejected == c.all() && resumed_ == 0;
    return failed_ || nothing ? 1 : 0;
  }

 private:
  /// What decides about the meaning of a file: with another shape it is read from its beginning.
  static std::string shape_text(const ImportOptions& options) {
    const RecordArguments& record = options.record;
    std::string text = options.format + '\n' + record.source + '\n' + record.preset + '\n' + record.time_zone;
    for (const auto* list : {&record.fields, &record.items, &record.decode}) {
      for (const std::string& one : *list) text += '\n' + one;
      text += '\n';
    }
    return text;
  }

  void read(const std::string& path, ImportTarget& target) {
    ImportFile file(path, kMostLineBytes);
    const ImportFormat format = options_.format.empty()    ? format_of(path)
                                : options_.format == "csv" ? ImportFormat::csv
                                                           : ImportFormat::ndjson;
    ImportRows rows(file, format, reader_, wall_now());
    ImportBatch batch;
    batch.file = file.is_standard_input() ? "standard input" : path;
    if (!file.is_standard_input()) batch.key = ingest::hash_hex(file.identity() + options_.url + '\n' + shape_);
    const auto before = options_.again || batch.key.empty() ? std::nullopt : target.position(batch.key);
    if (before && rows.resume(*before)) {
      resumed_ += file.position().lines;
      progress_->skipped(file.bytes_read());
    }
    const auto tell = [this](const std::string& place, const std::string& reason) {
      err_ << notation::printable(place + ": " + reason) << "\n";
    };
    const auto flush = [&] {
      batch.after = rows.position();
      target.store(std::exchange(batch, {batch.file, batch.key, {}, {}}), counts_, tell);
      show(file);
    };
    while (auto row = rows.next()) {
      for (auto& document : row->documents) {
        std::string text = document ? std::string() : row->text;
        batch.entries.push_back({row->line, std::move(text), std::move(document)});
      }
      if (batch.entries.size() >= target.batch_documents()) flush();
    }
    flush();
    target.finish(counts_);
    done_bytes_ += file.bytes();
  }

  void fail(const std::exception& error) {
    err_ << kImportCommand << notation::printable(error.what()) << "\n";
    failed_ = true;
  }

  void show(const ImportFile& file) {
    const auto now = Clock::now();
    if (now - told_ < kTellEvery) return;
    told_ = now;
    err_ << progress_->line(counts_.all(), done_bytes_ + file.bytes_read(), now) << "\n";
  }

  const ImportOptions& options_;
  const std::string shape_;
  const ingest::SourceReader reader_;
  std::ostream& err_;
  Clock::time_point told_ = Clock::now();
  std::optional<ImportProgress> progress_;
  ImportCounts counts_;
  std::uint64_t resumed_ = 0, done_bytes_ = 0;
  bool failed_ = false;
};

ingest::RecordSource source_of(const ImportOptions& options, const config::Config& config) {
  ingest::RecordSource source;
  for (auto& configured : record_sources(config)) {
    if (!options.record.source.empty() && configured.name == options.record.source) source = std::move(configured);
  }
  source.name = options.record.source.empty() ? "import" : options.record.source;
  apply_arguments(options.record, source);
  return source;
}

/// The configuration: the one named; for a database without `--db` the one that `run` reads; else the defaults.
config::LoadResult configuration_of(const ImportOptions& options) {
  const bool needed = options.url.empty() && options.db.empty();
  const auto path = needed || !options.config.empty() ? config::find_config_file(options.config) : std::nullopt;
  if (!path && needed) {
    throw std::runtime_error("no configuration names a database: give --config FILE, --db FILE or --url URL");
  }
  auto loaded = path ? config::load(*path) : config::parse("", {"defaults", ".", "."});
  if (!options.db.empty()) loaded.config.storage.path = options.db;
  return loaded;
}

/// Without their configuration the rules of a database would count as removed.
bool has_detector_state(const config::Config& config) {
  std::error_code ignored;
  if (!std::filesystem::exists(config.storage.path, ignored)) return false;
  auto connection = storage::Connection::open_writer(config.storage.path, config.storage);
  return !storage::DetectorStateStore(connection).load_all().empty();
}

int import_into(const ImportOptions& options, config::LoadResult& loaded, std::ostream& err) {
  const LoadedParts parts = options.url.empty() ? load_parts(loaded) : LoadedParts();
  for (const auto& error : loaded.errors) err << config::to_string(error) << "\n";
  if (!loaded.ok()) return 2;
  const config::Config& config = loaded.config;
  const ingest::RecordSource source = source_of(options, config);
  Import import(options, source, config.ingest.limits, err);
  if (!options.url.empty()) {
    ImportDaemonOptions daemon;
    daemon.url = options.url;
    daemon.token = options.token;
    daemon.ca_file = options.ca_file;
    daemon.state_folder = ImportDaemon::default_state_folder();
    ImportDaemon target(std::move(daemon));
    return import.run(target);
  }
  if (options.db.empty()) prepare_data_dir(config.daemon.data_dir);
  if (config.path.empty() && has_detector_state(config)) {
    err << kImportCommand << options.db << ": rules watch this database; give --config FILE, the one that has them\n";
    return 2;
  }
  OwnDatabase own(config, parts, source.name);
  return import.run(*own.target);
}

}  // namespace

int run_import(const ImportOptions& options, std::ostream& err) {
  config::LoadResult loaded;
  try {
    loaded = configuration_of(options);
  } catch (const std::exception& error) {
    err << kImportCommand << error.what() << "\n";
    return 2;
  }
  try {
    return import_into(options, loaded, err);
  } catch (const std::invalid_argument& error) {  // of the shape
    err << kImportCommand << error.what() << "\n";
    return 2;
  } catch (const storage::StorageError& error) {
    const bool foreign = error.kind() == storage::StorageError::Kind::foreign;  // perhaps a running daemon's
    err << kImportCommand << notation::printable(error.what())
        << (foreign ? " (--url reaches the database of a running daemon)" : "") << "\n";
    return 1;
  } catch (const std::exception& error) {
    err << kImportCommand << notation::printable(error.what()) << "\n";
    return 1;
  }
}

int run_import(const ImportOptions& options) { return run_import(options, std::cerr); }

}  // namespace tapewatch
