#pragma once

#include <CLI/CLI.hpp>
#include <iostream>
#include <string>
#include <vector>

#include "daemon/commands/registration/registration.hpp"

// What the units that register subcommands share. Only they include CLI11, which costs each of them seconds: they hold
// several commands each. Options live in shared structs owned by the callbacks, so that the parts of a subcommand stay
// together in one function.
namespace tapewatch {

inline constexpr int kUsage = 2;
inline constexpr const char* kConfigHelp =
    "Configuration; default: $TAPEWATCH_CONFIG, ./tapewatch.toml, /etc/tapewatch/tapewatch.toml";

/// A repeatable option with one value each time. (By default CLI11 takes every following word as a value, including the
/// command's FILE.)
inline CLI::Option* list_option(CLI::App* command, const std::string& name, std::vector<std::string>& values,
                                const std::string& help) {
  return command->add_option(name, values, help)->allow_extra_args(false);
}

/// For commands that ask a daemon with `--url`.
inline void add_ca_option(CLI::App* command, std::string& ca_file) {
  command->add_option(
      "--ca-file", ca_file,
      "PEM file of the authorities that may have signed the daemon's certificate; default: the system's");
}

/// A subcommand that sets `chosen` when it is on the command line.
template <class Run>
void choose(CLI::App* command, Action& chosen, Run run) {
  command->callback([&chosen, run] { chosen = run; });
}

}  // namespace tapewatch
