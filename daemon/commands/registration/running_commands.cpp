// Tested by tests/e2e/daemon/withstand_test.py
#include "daemon/commands/registration/registration.hpp"

#include "config/notation/duration.hpp"
#include "config/toml/load.hpp"
#include "daemon/commands/check.hpp"
#include "daemon/commands/db.hpp"
#include "daemon/commands/demo/demo.hpp"
#include "daemon/commands/option_checks.hpp"
#include "daemon/commands/registration/subcommand.hpp"
#include "daemon/commands/run.hpp"

namespace tapewatch {
namespace {

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

}  // namespace

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
  auto timeout = std::make_shared<std::string>("10s"), validity = std::make_shared<std::string>("7d");
  command->add_option("--config", options->config, kConfigHelp);
  command->add_flag("--print-fields", options->print_fields, "Print how records are read, with every preset");
  auto* online = command->add_flag("--online", options->online,
                                   "Also try brokers, feeds, proxy, webhooks and the disk; exit status 1 if one fails");
  command->add_option("--timeout", *timeout, "With --online: the longest wait for one of them")
      ->capture_default_str()
      ->needs(online)
      ->check(CLI::Validator(check_duration, "DURATION"));
  command->add_option("--certificate-validity", *validity, "With --online: a certificate that ends sooner fails")
      ->capture_default_str()
      ->needs(online)
      ->check(CLI::Validator(check_duration, "DURATION"));
  command
      ->add_flag("--test-webhooks", options->tries.test_webhooks,
                 "With --online: send each webhook the test event; without it only a connection is made")
      ->needs(online);
  choose(command, chosen, [options, timeout, validity] {
    options->tries.timeout = *notation::parse_duration(*timeout);
    options->tries.certificate_validity = *notation::parse_duration(*validity);
    return run_check(*options);
  });
}

void add_db(CLI::App& app, Action& chosen) {
  CLI::App* group = app.add_subcommand("db", "Checks, backs up, restores and copies the database");
  group->require_subcommand(1);
  group->fallthrough();
  auto db = std::make_shared<std::string>(), config = std::make_shared<std::string>();
  auto dest = std::make_shared<std::string>();
  group->add_option("--db", *db, "Database file");
  group->add_option("--config", *config, kConfigHelp);
  const auto add = [&](const char* name, const char* help, std::function<int(const std::string&)> run) {
    CLI::App* command = group->add_subcommand(name, help);
    choose(command, chosen, [db, config, run] {
      const std::string path = database_of(*db, *config);
      return path.empty() ? kUsage : run(path);
    });
    return command;
  };
  const auto writes = [&](CLI::App* command) {
    command->add_option("DEST", *dest, "File to write; must not exist")->required();
  };
  add("export", "Prints the sequence of documents, ticks and re-anchorings as NDJSON, for replay",
      [](const std::string& path) { return run_db_export(path); });
  add("check", "Checks that the database is sound", [](const std::string& path) { return run_db_check(path); });
  writes(add("backup", "Makes a backup while the daemon runs",
             [dest](const std::string& path) { return run_db_backup(path, *dest); }));
  writes(add("snapshot", "Makes a copy for direct reading",
             [dest](const std::string& path) { return run_db_snapshot(path, *dest); }));
  add("restore", "Puts a backup in the database's place, and keeps the former one beside it; stop the daemon first",
      [dest](const std::string& path) { return run_db_restore(path, *dest); })
      ->add_option("BACKUP", *dest, "A file that `db backup` or `db snapshot` made")
      ->required();
}

}  // namespace tapewatch
