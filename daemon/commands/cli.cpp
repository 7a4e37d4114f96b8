// Tested by tests/e2e/daemon/withstand_test.py
#include "daemon/commands/cli.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include "config/notation/printable.hpp"
#include "config/toml/nearest.hpp"
#include "daemon/commands/registration/registration.hpp"
#include "daemon/commands/registration/subcommand.hpp"
#include "daemon/commands/version.hpp"
#include "daemon/observe/shortage.hpp"

namespace tapewatch {
namespace {

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

/// What CLI11 calls an argument that was not expected, or blames another one for: an option that is not one.
std::optional<std::string> unknown_option(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  for (const std::string& argument : app.remaining(true)) {
    if (!argument.starts_with("--")) continue;
    const std::string given = argument.substr(0, argument.find('='));
    std::vector<std::string> names;
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    const std::vector<std::string_view> known(names.begin(), names.end());
    if (given == "--" || std::find(known.begin(), known.end(), given) != known.end()) continue;
    std::string path = command->get_name();
    for (const CLI::App* parent = command->get_parent(); parent != nullptr; parent = parent->get_parent()) {
      path = parent->get_name() + " " + path;
    }
    return fmt::format("{0}: unknown option '{1}'{2}; {0} --help lists them", path, given,
                       config::did_you_mean(given, known));
  }
  return std::nullopt;
}

int parse_and_run(int argc, const char* const* argv) {
  CLI::App app{"tapewatch: scores financial news as it arrives, keeps the history, alerts when bad news surges",
               "tapewatch"};
  app.set_version_flag("--version", version_report, "Print the version, the commit and the libraries in use, and exit");
  app.require_subcommand(1);
  Action chosen;
  for (const auto add :
       {add_demo, add_run, add_check, add_score, add_eval, add_query, add_top, add_replay, add_detect, add_feed,
        add_map, add_import, add_rescore, add_db, add_model, add_bench, add_completion, add_man}) {
    add(app, chosen);
  }
  if (argc > 1 && argv[1][0] != '-' && !knows_command(app, argv[1])) return kUsage;
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (const auto unknown = error.get_exit_code() == 0 ? std::nullopt : unknown_option(app)) {
      std::cerr << notation::printable(*unknown) << "\n";
      return kUsage;
    }
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
