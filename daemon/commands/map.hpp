#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "daemon/commands/record_arguments.hpp"

namespace tapewatch {

/// `tapewatch map`.
struct MapOptions {
  std::vector<std::string> files;  // one record each; "-": standard input
  std::string config;              // with the source that `record` names, else its first
  RecordArguments record;
  std::vector<std::string> headers;  // NAME=VALUE, of the record
  std::string key;                   // of the record
  std::string watchlist;             // empty: the configuration's, else none
};

/// Prints what records become: each document as a line of JSON, as the daemon would hand it on for scoring, with its
/// warnings; `{"error":…}` in place of one that becomes a dead letter. Nothing is stored.
///
/// Exit status: 0, 1 if a record or document was refused or a file could not be read, 2 for wrong usage.
int run_map(const MapOptions& options, std::istream& in, std::ostream& out, std::ostream& err);
int run_map(const MapOptions& options);  // on the process's streams

}  // namespace tapewatch
