// Tested by tests/e2e/feeds/feed_command_test.py
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <string>
#include <vector>

#include "config/notation/duration.hpp"
#include "daemon/commands/feed.hpp"
#include "daemon/commands/import/import.hpp"
#include "daemon/commands/map.hpp"
#include "daemon/commands/option_checks.hpp"
#include "daemon/commands/registration/registration.hpp"
#include "daemon/commands/registration/subcommand.hpp"

// Commands that show what the product makes of a sample, and those that read one in.
namespace tapewatch {

namespace {

/// How records are read.
void add_record_options(CLI::App* command, RecordArguments& record) {
  command->add_option("--preset", record.preset, "Shape of a vendor or standard; check --print-fields lists them");
  list_option(command, "--fields", record.fields, "NAME=PLACE, such as title=/headline; again for another place");
  list_option(command, "--items", record.items, "Where a record has several documents, such as '$.data[*]'");
  list_option(command, "--decode", record.decode, "POINTER=STEPS, such as '/data=base64, json'");
  command->add_option("--time-zone", record.time_zone, "IANA zone of times that state none");
}

}  // namespace

void add_feed(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("feed", "Shows what a feed becomes: its documents as NDJSON, nothing stored");
  auto options = std::make_shared<FeedCommandOptions>();
  auto interval = std::make_shared<std::string>("1s");
  command->add_option("--watchlist", options->watchlist, "CSV of the companies to find");
  command->add_option("--poll", options->polls, "Polls, conditional from the second on")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  command->add_option("--interval", *interval, "Wait between two polls")
      ->capture_default_str()
      ->check(CLI::Validator(check_duration, "DURATION"));
  command->add_option("--source", options->source, "Source of the documents; default: the host or the file's name");
  command->add_option("--config", options->config,
                      "Configuration with the feed's options, watch list and proxy; FEED may then be a feed's name");
  command->add_option("--content-type", options->content_type,
                      "A file's Content-Type, such as 'text/xml; charset=gbk'");
  command->add_option("--base-url", options->base_url, "Where a file came from: the base of relative links");
  command->add_option("FEED", options->target, "URL, file, or - for standard input")->required();
  choose(command, chosen, [options, interval] {
    options->interval = *notation::parse_duration(*interval);
    return run_feed(*options);
  });
}

void add_map(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("map", "Shows what records become: their documents as NDJSON, nothing stored");
  auto options = std::make_shared<MapOptions>();
  add_record_options(command, options->record);
  std::vector<std::string> formats;
  for (const auto& format : ingest::kRecordFormats) formats.emplace_back(format.first);
  command->add_option("--format", options->record.format, fmt::format("{}", fmt::join(formats, ", ")))
      ->check(CLI::IsMember(formats));
  command->add_option("--key", options->key, "The record's key");
  list_option(command, "--header", options->headers, "NAME=VALUE of the record");
  command->add_option("--watchlist", options->watchlist, "CSV of the companies to find");
  command->add_option("--config", options->config, "Configuration with the source, its watch list and limits");
  command->add_option("--source", options->record.source,
                      "The Kafka or post source of the configuration; default: the first");
  command->add_option("FILE", options->files, "One record each; - for standard input")->required();
  choose(command, chosen, [options] { return run_map(*options); });
}

void add_import(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("import", "Reads history in: NDJSON or CSV, plain or gzip; resumable");
  auto options = std::make_shared<ImportOptions>();
  auto* db = command->add_option("--db", options->db, "Database that no daemon holds; default: the configuration's");
  command->add_option("--url", options->url, "A running daemon's address, such as http://127.0.0.1:8080")->excludes(db);
  command->add_option("--token", options->token, "The daemon's token; $TAPEWATCH_TOKEN is safer")
      ->envname("TAPEWATCH_TOKEN");
  add_ca_option(command, options->ca_file);
  command->add_option("--config", options->config, kConfigHelp);
  command->add_option("--source", options->record.source,
                      "Source of documents that name none; a Kafka or post source of that name gives its shape");
  add_record_options(command, options->record);
  command->add_option("--format", options->format, "ndjson or csv (with a header row); default: by the file's name")
      ->check(CLI::IsMember({"ndjson", "csv"}));
  command->add_flag("--again", options->again, "From the beginning, whatever an earlier run has read");
  command->add_option("FILE", options->files, "NDJSON or CSV, plain or gzip; - is standard input")->required();
  choose(command, chosen, [options] { return run_import(*options); });
}

}  // namespace tapewatch
