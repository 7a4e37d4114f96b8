// Tested by tests/e2e/daemon/withstand_test.py
#include "daemon/commands/registration/registration.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/notation/duration.hpp"
#include "daemon/commands/detect.hpp"
#include "daemon/commands/option_checks.hpp"
#include "daemon/commands/query/query.hpp"
#include "daemon/commands/registration/subcommand.hpp"
#include "daemon/commands/replay.hpp"
#include "daemon/commands/rescore.hpp"
#include "daemon/commands/top/top.hpp"

namespace tapewatch {
namespace {

/// Filters of the HTTP interface, which checks them: names with '-' for its '_'.
constexpr std::pair<std::string_view, std::string_view> kFilters[] = {
    {"from", "From this time on: RFC 3339, epoch seconds or milliseconds, or such as -24h"},
    {"to", "Up to this time, exclusive"},
    {"bucket", "sentiment: 1m 5m 15m 1h 1d 1w auto"},
    {"tz", "sentiment: IANA time zone of days and weeks"},
    {"group-by", "sentiment: topic,entity,source"},
    {"unit", "sentiment: story or document"},
    {"model", "sentiment: only what this version of the model has scored, then or later"},
    {"time", "sentiment: published, received or scored: the time by which documents lie in buckets"},
    {"as-of", "sentiment: what was known then, at a time or at a sequence number"},
    {"percentiles", "sentiment: of the documents' scores, from 0 to 100, such as 5,25,50,75,95"},
    {"fill", "sentiment: null or none, for empty buckets"},
    {"shape", "sentiment as ndjson or csv: series or long"},
    {"topic", "Topic ids; may be repeated"},
    {"entity", "Entity ids; may be repeated"},
    {"source", "Sources; may be repeated"},
    {"q", "documents: full text: words, \"a phrase\", a OR b, prefix*, -without"},
    {"label", "documents: positive neutral negative abstained unscored"},
    {"event", "documents: risk events, such as insolvency; may be repeated"},
    {"gravity", "documents: a risk event of minor, serious or grave, or graver"},
    {"meta", "documents: metadata as NAME:VALUE, such as form:8-K; may be repeated"},
    {"min-sentiment", "documents: -1 to 1"},
    {"max-sentiment", "documents: -1 to 1"},
    {"order", "documents: newest oldest most_negative most_positive"},
    {"after-seq", "documents: changes after this sequence number"},
    {"story", "documents: those of one story"},
    {"rule", "alerts: those of these rules"},
    {"kind", "incidents: of these kinds, such as source_down; may be repeated"},
    {"state", "alerts: pending firing resolved"},
    {"limit", "documents, alerts, incidents: the most rows to print (100)"},
    {"source-id", "documents: ids given by the source; may be repeated"},
    {"cursor", "documents, alerts, incidents: where an earlier list ended"},
};

}  // namespace

void add_query(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("query", "Prints history: sentiment, documents, alerts or incidents");
  auto options = std::make_shared<QueryOptions>();
  command->add_option("WHAT", options->what, "sentiment, documents, alerts or incidents")
      ->required()
      ->check(CLI::IsMember({"sentiment", "documents", "alerts", "incidents"}));
  auto* db = command->add_option("--db", options->db, "Database file; default without --url: the configuration's");
  command->add_option("--url", options->url, "A daemon's address, such as http://127.0.0.1:8080")->excludes(db);
  command->add_option("--token", options->token, "The daemon's token; $TAPEWATCH_TOKEN is safer")
      ->envname("TAPEWATCH_TOKEN");
  add_ca_option(command, options->ca_file);
  command->add_option("--config", options->config, kConfigHelp);
  command->add_option("--format", options->format, "table, csv or ndjson")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "csv", "ndjson"}));
  command->add_flag("--plot", options->plot, "Draw the mean sentiment of each series in the terminal");
  for (const auto& [name, help] : kFilters) {
    std::string parameter(name);
    std::replace(parameter.begin(), parameter.end(), '-', '_');
    command
        ->add_option_function<std::vector<std::string>>(
            fmt::format("--{}", name),
            [options, parameter](const std::vector<std::string>& values) {
              for (const auto& value : values) options->filters.emplace_back(parameter, value);
            },
            std::string(help))
        ->allow_extra_args(false)  // as list_option does
        ->type_name("");
  }
  choose(command, chosen, [options] { return run_query(*options); });
}

void add_top(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("top", "Shows the present state of a daemon in the terminal; q ends it");
  auto options = std::make_shared<TopOptions>();
  auto interval = std::make_shared<std::string>("2s"), timeout = std::make_shared<std::string>("10s");
  command->add_option("--url", options->url, "The daemon's address")->envname("TAPEWATCH_URL")->capture_default_str();
  command->add_option("--token", options->token, "The daemon's token; $TAPEWATCH_TOKEN is safer")
      ->envname("TAPEWATCH_TOKEN");
  add_ca_option(command, options->ca_file);
  command->add_option("--token-file", options->token_file, "File whose first line is the token, instead of --token");
  command->add_option("--interval", *interval, "Wait between two looks")
      ->capture_default_str()
      ->check(CLI::Validator(check_duration, "DURATION"));
  command->add_option("--timeout", *timeout, "The longest wait for one answer")
      ->capture_default_str()
      ->check(CLI::Validator(check_duration, "DURATION"));
  command->add_flag("--once", options->once,
                    "Print the state once, without colours; as it is where output is not a terminal");
  choose(command, chosen, [options, interval, timeout] {
    options->interval = *notation::parse_duration(*interval);
    options->timeout = *notation::parse_duration(*timeout);
    return run_top(*options);
  });
}

void add_replay(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("replay", "Runs a backtest: documents in event time, each alert transition as NDJSON");
  auto options = std::make_shared<ReplayOptions>();
  command->add_option("--config", options->config, "Rules, watch list, model")->required();
  command->add_option("--speed", options->speed, "max, or a multiple of the speed of the clock: 1x, 60x")
      ->capture_default_str();
  command->add_option("--db", options->db, "Keep the database here");
  command->add_option("--against", options->against,
                      "Print alerts gained and lost against its rules (same: equal rule, key; times overlap)");
  command->add_option("INPUT", options->inputs, "NDJSON documents, or an export of `db export`; - is standard input")
      ->required();
  choose(command, chosen, [options] { return run_replay(*options); });
}

void add_rescore(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand(
      "rescore", "Scores stored history with the present model, beside the scores that it has; resumable");
  auto options = std::make_shared<RescoreOptions>();
  auto* config = command->add_option("--config", options->config, kConfigHelp);
  auto* url = command->add_option("--url", options->url,
                                  "A running daemon's address, such as http://127.0.0.1:8080: it does it");
  url->excludes(config);
  command->add_option("--token", options->token, "The daemon's token; $TAPEWATCH_TOKEN is safer")
      ->envname("TAPEWATCH_TOKEN");
  add_ca_option(command, options->ca_file);
  command->add_flag("--end", options->end, "End what the daemon scores; what is done stays")->needs(url);
  command->add_option("--from", options->from, "From this time on: RFC 3339, epoch seconds or milliseconds, or -24h");
  command->add_option("--to", options->to, "Up to this time, exclusive");
  command->add_flag("--entities", options->entities, "Ask the entity head for the companies that documents name, too");
  choose(command, chosen, [options] { return run_rescore(*options); });
}

void add_detect(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("detect", "Runs the detector on any series of counts");
  auto options = std::make_shared<DetectOptions>();
  command->add_option("--config", options->config, "Configuration with the rule; default: a rule with default values");
  command->add_option("--rule", options->rule, "The rule's name; default: the configuration's only rule");
  command->add_option("--preset", options->preset, "posts: counts of posts, which burst; no rule applies")
      ->check(CLI::IsMember({"posts"}))
      ->excludes("--config");
  command->add_option("SERIES", options->series, "CSV with `timestamp,value`; - is standard input")->required();
  choose(command, chosen, [options] { return run_detect(*options); });
}

}  // namespace tapewatch
