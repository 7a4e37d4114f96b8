#pragma once

#include <iosfwd>
#include <string>

namespace tapewatch {

/// `tapewatch check`.
struct CheckOptions {
  std::string config;  // "" = where `run` would look
};

/// Prints every error of a configuration as file:line:column: message; with none, what the configuration amounts to.
/// Beyond the file itself it builds what can be built without a network: see read_configuration(). Exit status: 0, or 2
/// when there is an error.
int run_check(const CheckOptions& options);
int run_check(const CheckOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
