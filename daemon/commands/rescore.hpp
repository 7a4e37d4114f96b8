#pragma once

#include <iosfwd>
#include <string>

namespace tapewatch {

struct RescoreOptions {
  std::string config;    ///< "": where `run` looks
  std::string from, to;  ///< as users write times; "": from the first document, to the last
  bool entities = false;
  bool end = false;        ///< end the one that the daemon at `url` runs, instead of asking for one
  std::string ca_file;     ///< PEM: who may have signed that daemon's certificate; "": the system's authorities
  std::string url, token;  ///< of a running daemon, which does it in its own database; "": nobody holds the database
};

/// Scores the stored documents that the present model (weights and precision of the configuration) has not scored, and
/// keeps the results apart from the old scores. Each batch is a transaction: a run that is killed goes on where it was.
/// Progress and messages on `err`. Exit status 0, 1 failed, 2 wrong usage or configuration.
int run_rescore(const RescoreOptions& options, std::ostream& err);
int run_rescore(const RescoreOptions& options);

}  // namespace tapewatch
