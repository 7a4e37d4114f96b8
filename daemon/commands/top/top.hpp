#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

namespace tapewatch {

/// `tapewatch top`.
struct TopOptions {
  std::string url = "http://127.0.0.1:8080";
  std::string token;
  std::string token_file;  ///< its first line is the token, instead of `token`
  std::string ca_file;     ///< PEM: who may have signed its certificate; "": the system's authorities
  std::chrono::milliseconds interval = std::chrono::seconds(2);
  std::chrono::milliseconds timeout = std::chrono::seconds(10);  ///< of one request
  bool once = false;                                             ///< one frame, without escapes
};

/// Shows the present state of a daemon in the terminal, from its HTTP interface alone, until q or a signal; where
/// standard output is not a terminal, or with `once`, prints it once. Exit status: 0; 1 when there is no answer to the
/// only look; 2 for a token file that cannot be read.
int run_top(const TopOptions& options);
int run_top_once(const TopOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
