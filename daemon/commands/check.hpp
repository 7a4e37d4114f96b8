#pragma once

#include <iosfwd>
#include <string>

#include "daemon/commands/online/online_item.hpp"

namespace tapewatch {

/// `tapewatch check`.
struct CheckOptions {
  std::string config;         // "" = the file that `run` would use
  bool print_fields = false;  // how records are read, instead of the summary
  bool online = false;        // also tries what is outside the process
  OnlineOptions tries;
};

/// Prints every error of a configuration as file:line:column: message; without errors, a summary of the configuration.
/// Beyond the file itself it builds everything that needs no network: see read_configuration(). Exit status: 0, or 2
/// when there is an error; with `online` 1 where the configuration is fine and something cannot be reached: see
/// check_online().
int run_check(const CheckOptions& options);
int run_check(const CheckOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
