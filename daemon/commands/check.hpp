#pragma once

#include <iosfwd>
#include <string>

namespace tapewatch {

/// `tapewatch check`.
struct CheckOptions {
  std::string config;         // "" = the file that `run` would use
  bool print_fields = false;  // how records are read, instead of the summary
};

/// Prints every error of a configuration as file:line:column: message; without errors, a summary of the configuration.
/// Beyond the file itself it builds everything that needs no network: see read_configuration(). Exit status: 0, or 2
/// when there is an error.
int run_check(const CheckOptions& options);
int run_check(const CheckOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
