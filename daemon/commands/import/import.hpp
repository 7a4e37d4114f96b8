#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "daemon/commands/record_arguments.hpp"

namespace tapewatch {

/// `tapewatch import`.
struct ImportOptions {
  std::vector<std::string> files;  // NDJSON or CSV, plain or gzip; "-": standard input
  std::string config;              // with the database, rules, watch list, model, and the source's shape
  std::string db;                  // in place of the configuration's
  std::string ca_file;             // PEM: who may have signed that daemon's certificate; "": the system's authorities
  std::string url, token;          // of a running daemon, in place of a database
  std::string format;              // ndjson or csv; "": by the file's name
  RecordArguments record;          // `source`: also of documents that name none
  bool again = false;              // from the beginning, whatever an earlier run has read
};

/// Brings history into a database that no daemon holds, or into a running daemon. Progress, bad lines with their place
/// and the result on standard error. A run that is killed goes on behind what it has stored; a document that comes
/// twice is stored once, by (source, id), without an id by its content.
///
/// Exit status: 0; 1 if a file could not be read, nothing in it was a document, or something was not stored; 2 for
/// wrong usage or configuration.
int run_import(const ImportOptions& options, std::ostream& err);
int run_import(const ImportOptions& options);  // on the process's streams

}  // namespace tapewatch
