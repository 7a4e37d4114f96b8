// Tested by tests/e2e/daemon/withstand_test.py
#include "daemon/commands/cli.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>

#include "config/notation/duration.hpp"
#include "config/notation/printable.hpp"
#include "config/toml/load.hpp"
#include "config/toml/nearest.hpp"
#include "config/zone_data.hpp"
#include "daemon/commands/check.hpp"
#include "daemon/commands/db.hpp"
#include "daemon/commands/demo/demo.hpp"
#include "daemon/commands/detect.hpp"
#include "daemon/commands/eval/eval.hpp"
#include "daemon/commands/model_import.hpp"
#include "daemon/commands/model_info.hpp"
#include "daemon/commands/option_checks.hpp"
#include "daemon/commands/query/query.hpp"
#include "daemon/commands/replay.hpp"
#include "daemon/commands/run.hpp"
#include "daemon/commands/score.hpp"
#include "daemon/observe/shortage.hpp"

// The only unit that includes CLI11, which costs seconds. Options live in shared structs owned by the callbacks, so
// that the parts of a subcommand stay together in one function.
namespace tapewatch {
namespace {

using Action = std::function<int()>;

constexpr int kUsage = 2;
constexpr const char* kConfigHelp =
    "Configuration; default: $TAPEWATCH_CONFIG, ./tapewatch.toml, /etc/tapewatch/tapewatch.toml";

int refuse(const std::string& what) {
  std::cerr << "tapewatch: " << what << " is not in this version\n";
  return kUsage;
}

/// A repeatable option with one value each time. (By default CLI11 takes every following word as a value, including the
/// command's FILE.)
CLI::Option* list_option(CLI::App* command, const std::string& name, std::vector<std::string>& values,
                         const std::string& help) {
  return command->add_option(name, values, help)->allow_extra_args(false);
}

/// A subcommand that sets `chosen` when it is on the command line.
template <class Run>
void choose(CLI::App* command, Action& chosen, Run run) {
  command->callback([&chosen, run] { chosen = run; });
}

/// A subcommand of the contract that this version refuses; it accepts and ignores any options.
void add_refused(CLI::App& app, Action& chosen, const std::string& name, const std::string& full_name,
                 const std::string& help) {
  CLI::App* command = app.add_subcommand(name, help + " (not in this version)");
  command->prefix_command()->fallthrough(false);
  choose(command, chosen, [full_name] { return refuse("'" + full_name + "'"); });
}

void add_demo(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("demo", "Runs the daemon on a bundled news wire: scores, an alert, a webhook, the dashboard");
  auto options = std::make_shared<DemoOptions>();
  auto length = std::make_shared<std::string>();
  command->add_option("--data", options->data_dir, "Folder of the database");
  command->add_option("--listen", options->listen, "ADDR:PORT of the dashboard")
      ->capture_default_str()
      ->check(CLI::Validator(check_demo_listen, "ADDR:PORT"));
  command->add_option("--for", *length, "End after this time, such as 90s")
      ->check(CLI::Validator(check_duration, "DURATION"));
  command->add_flag("--live-feeds", options->live_feeds, "Add the public feeds of the example configuration");
  choose(command, chosen, [options, length] {
    if (!length->empty()) options->for_ = notation::parse_duration(*length);
    return run_demo(*options);
  });
}

void add_run(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("run", "Runs the daemon in the foreground");
  auto options = std::make_shared<RunOptions>();
  command->add_option("--config", options->config, kConfigHelp);
  choose(command, chosen, [options] { return run_daemon_command(*options); });
}

void add_check(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("check", "Prints every error of a configuration as file:line:column: message");
  auto options = std::make_shared<CheckOptions>();
  auto online = std::make_shared<bool>(false);
  command->add_option("--config", options->config, kConfigHelp);
  command->add_flag("--online", *online, "Also try brokers, feeds and webhooks (not in this version)");
  choose(command, chosen, [options, online] { return *online ? refuse("'check --online'") : run_check(*options); });
}

void add_rules(CLI::App* command, model::RulesOptions& rules) {
  command->add_option("--rules", rules.file, "TSV of phrases that adjust the network's scores: phrase, class, weight");
  command->add_option("--mixing-weight", rules.mixing_weight, "Weight of the rules beside the network")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0));
}

void add_score(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("score", "Scores texts: one text or document per line in, one result per line out");
  auto options = std::make_shared<ScoreOptions>();
  command->add_option("--model", options->model, "`builtin` or a directory")->capture_default_str();
  list_option(command, "--entity", options->entities,
              "Also score towards this company where a text names it; repeatable");
  command->add_flag("--explain", options->explain,
                    "Also show how much the label depends on each word (30 times the cost)");
  add_rules(command, options->rules);
  command->add_option("--format", options->format, "ndjson or table")
      ->capture_default_str()
      ->check(CLI::IsMember({"ndjson", "table"}));
  command->add_option("FILE", options->file, "Texts or NDJSON documents; - is standard input")->capture_default_str();
  choose(command, chosen, [options] { return run_score(*options); });
}

void add_eval(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("eval", "Measures a model on labelled texts; prints JSON");
  auto options = std::make_shared<EvalOptions>();
  command->add_option("--model", options->model, "`builtin` or a directory")->capture_default_str();
  command->add_option("--task", options->task, "sentiment, topic, or entity (sentiment towards the entity column)")
      ->required()
      ->check(CLI::IsMember({"sentiment", "topic", "entity"}));
  add_rules(command, options->rules);
  command->add_flag("--fit-mixing", options->fit_mixing,
                    "Print instead the mixing weight of the rules with the lowest loss on DATA");
  list_option(command, "--sources", options->sources, "Only rows of these sources, separated by commas")
      ->delimiter(',');
  command
      ->add_option(
          "--cross-fit", options->cross_fit,
          "Print instead the calibration error as it is and cross-fitted: calibrated on the other of this many folds")
      ->check(CLI::Range(2, 100));
  command
      ->add_option("--abstain-below", options->abstain_below,
                   "Count rows with less confidence as abstained and measure the others")
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--bootstrap", options->bootstrap,
                   "Add 95 % intervals of accuracy and macro-F1 from this many bootstrap draws, such as 1000")
      ->check(CLI::Range(100, 100'000));
  command->add_option("DATA", options->file, "TSV with a header: label, text, optional source, entity")->required();
  choose(command, chosen, [options] { return run_eval(*options); });
}

/// Filters of the HTTP interface, which checks them: names with '-' for its '_'.
constexpr std::pair<std::string_view, std::string_view> kFilters[] = {
    {"from", "From this time on: RFC 3339, epoch seconds or milliseconds, or such as -24h"},
    {"to", "Up to this time, exclusive"},
    {"bucket", "sentiment: 1m 5m 15m 1h 1d 1w auto"},
    {"tz", "sentiment: IANA time zone of days and weeks"},
    {"group-by", "sentiment: topic,entity,source"},
    {"unit", "sentiment: story or document"},
    {"fill", "sentiment: null or none, for empty buckets"},
    {"shape", "sentiment as ndjson or csv: series or long"},
    {"topic", "Topic ids; may be repeated"},
    {"entity", "Entity ids; may be repeated"},
    {"source", "Sources; may be repeated"},
    {"q", "documents: full text: words, \"a phrase\", a OR b, prefix*, -without"},
    {"label", "documents: positive neutral negative abstained unscored"},
    {"min-sentiment", "documents: -1 to 1"},
    {"max-sentiment", "documents: -1 to 1"},
    {"order", "documents: newest oldest most_negative most_positive"},
    {"after-seq", "documents: changes after this sequence number"},
    {"story", "documents: those of one story"},
    {"rule", "alerts: those of these rules"},
    {"state", "alerts: pending firing resolved"},
    {"limit", "documents, alerts: the most rows to print (100)"},
    {"source-id", "documents: ids given by the source; may be repeated"},
    {"cursor", "documents, alerts: where an earlier list ended"},
};

void add_query(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("query", "Prints history: sentiment, documents or alerts");
  auto options = std::make_shared<QueryOptions>();
  command->add_option("WHAT", options->what, "sentiment, documents or alerts")
      ->required()
      ->check(CLI::IsMember({"sentiment", "documents", "alerts"}));
  auto* db = command->add_option("--db", options->db, "Database file; default without --url: the configuration's");
  command->add_option("--url", options->url, "A daemon's address, such as http://127.0.0.1:8080")->excludes(db);
  command->add_option("--token", options->token, "The daemon's token; $TAPEWATCH_TOKEN is safer")
      ->envname("TAPEWATCH_TOKEN");
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

void add_replay(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("replay", "Runs a backtest: documents in event time, each alert transition as NDJSON");
  auto options = std::make_shared<ReplayOptions>();
  command->add_option("--config", options->config, "Rules, watch list, model")->required();
  command->add_option("--speed", options->speed, "max; 1x and Nx are not in this version")->capture_default_str();
  command->add_option("--db", options->db, "Keep the database here");
  command->add_option("--against", options->against,
                      "Print alerts gained and lost against its rules (same: equal rule, key; times overlap)");
  command->add_option("INPUT", options->inputs, "NDJSON documents, or an export of `db export`; - is standard input")
      ->required();
  choose(command, chosen, [options] { return run_replay(*options); });
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

/// The database that `--db` or the configuration names; empty after a message.
std::string database_of(const std::string& db, const std::string& config) {
  if (!db.empty()) return db;
  const auto path = config::find_config_file(config);
  if (!path) {
    std::cerr << "tapewatch db: no database: give --db FILE or --config FILE\n";
    return {};
  }
  const auto loaded = config::load(*path);
  for (const auto& error : loaded.errors) std::cerr << config::to_string(error) << "\n";
  return loaded.ok() ? loaded.config.storage.path : std::string{};
}

void add_db(CLI::App& app, Action& chosen) {
  CLI::App* group = app.add_subcommand("db", "Checks, backs up and copies the database");
  group->require_subcommand(1);
  group->fallthrough();
  auto db = std::make_shared<std::string>(), config = std::make_shared<std::string>();
  auto dest = std::make_shared<std::string>();
  group->add_option("--db", *db, "Database file");
  group->add_option("--config", *config, kConfigHelp);
  const auto add = [&](const char* name, const char* help, bool has_dest, std::function<int(const std::string&)> run) {
    CLI::App* command = group->add_subcommand(name, help);
    if (has_dest) command->add_option("DEST", *dest, "File to write; must not exist")->required();
    choose(command, chosen, [db, config, run] {
      const std::string path = database_of(*db, *config);
      return path.empty() ? kUsage : run(path);
    });
  };
  add("export", "Prints the sequence of documents, ticks and re-anchorings as NDJSON, for replay", false,
      [](const std::string& path) { return run_db_export(path); });
  add("check", "Checks that the database is sound", false, [](const std::string& path) { return run_db_check(path); });
  add("backup", "Makes a backup while the daemon runs", true,
      [dest](const std::string& path) { return run_db_backup(path, *dest); });
  add("snapshot", "Makes a copy for direct reading", true,
      [dest](const std::string& path) { return run_db_snapshot(path, *dest); });
  add_refused(*group, chosen, "restore", "db restore", "Puts a backup in place");
}

void add_model(CLI::App& app, Action& chosen) {
  CLI::App* group = app.add_subcommand("model", "Describes models and imports published ones");
  group->require_subcommand(1);
  CLI::App* info = group->add_subcommand("info", "Describes a model as a JSON object");
  auto model = std::make_shared<std::string>("builtin");
  info->add_option("DIR", *model, "`builtin` or a directory")->capture_default_str();
  choose(info, chosen, [model] { return run_model_info(*model); });
  CLI::App* import = group->add_subcommand("import", "Imports a published BERT or DistilBERT classifier");
  auto options = std::make_shared<ModelImportOptions>();
  import
      ->add_option("DIR", options->from,
                   "The published model: config.json, vocab.txt or tokenizer.json, model.safetensors")
      ->required();
  import->add_option("--out", options->to, "Model directory to write; must not exist")->required();
  import->add_option("--name", options->name, "The model's name; default: the name of its folder");
  list_option(import, "--label", options->labels,
              "What a class of the model means, such as LABEL_0=negative; repeatable. Classes named positive, neutral, "
              "negative, bullish or bearish are known");
  import->add_flag("--without-neutral", options->without_neutral, "Accept a model without a neutral class");
  import->add_flag("--cased", options->cased, "Case and accents matter, whatever tokenizer_config.json says");
  import->add_flag("--uncased", options->uncased, "Case and accents do not matter");
  import->add_option("--max-tokens", options->max_tokens,
                     "Window in tokens; default: the longest that the model accepts");
  choose(import, chosen, [options] { return run_model_import(*options); });
}

/// An unknown command gets its own message; CLI11 would only say that a command is required.
bool knows_command(const CLI::App& app, const std::string& name) {
  const auto commands = app.get_subcommands([&](const CLI::App* command) { return command->get_name() == name; });
  if (!commands.empty()) return true;
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    names.push_back(command->get_name());
  }
  const std::vector<std::string_view> known(names.begin(), names.end());
  std::cerr << fmt::format("tapewatch: unknown command '{}'{}; tapewatch --help lists them\n", name,
                           config::did_you_mean(name, known));
  return false;
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app{"tapewatch: scores financial news as it arrives, keeps the history, alerts when bad news surges",
               "tapewatch"};
  app.set_version_flag(
      "--version", [] { return fmt::format("{} (tzdata {})", TAPEWATCH_VERSION, config::installed_zone_version()); });
  app.require_subcommand(1);
  Action chosen;
  for (const auto add :
       {add_demo, add_run, add_check, add_score, add_eval, add_query, add_replay, add_detect, add_db, add_model}) {
    add(app, chosen);
  }
  add_refused(app, chosen, "bench", "bench", "Measures the speed of this machine");
  add_refused(app, chosen, "rescore", "rescore", "Scores stored history with the present model");
  if (argc > 1 && argv[1][0] != '-' && !knows_command(app, argv[1])) return kUsage;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kUsage;
  }
  return chosen();
}

}  // namespace

int run_command_line(int argc, const char* const* argv) {
  try {
    return parse_and_run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "tapewatch: " << notation::printable(explained(error)) << "\n";
    return 1;
  }
}

}  // namespace tapewatch
