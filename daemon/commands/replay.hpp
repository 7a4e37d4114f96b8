#pragma once

#include <string>
#include <vector>

namespace tapewatch {

struct ReplayOptions {
  std::string config;         ///< rules, watch list, model
  std::string speed = "max";  ///< or "1x", "60x": see ReplayPace
  std::string db;             ///< keep the database here (must not exist); empty: a temporary one
  std::string against;        ///< another configuration, whose rules are compared with; empty: none
  std::vector<std::string>
      inputs;  ///< NDJSON files of canonical documents, "-": standard input; or one export of a database
};

/// `tapewatch replay`: documents with their own `published_at` through the pipeline in event time; each alert
/// transition as one line of JSON on standard output, byte-identical when repeated. With `against` instead the alerts
/// that `config` gains and loses, one a line, in the order of their starts, and a summary on standard error. The lines
/// of `tapewatch db export` are replayed in their order, with the ticks and re-anchorings of that run: its transitions
/// again. Exit status 0, 1 (failed), 2 (usage).
int run_replay(const ReplayOptions& options);

}  // namespace tapewatch
