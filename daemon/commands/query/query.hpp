#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

namespace tapewatch {

/// `tapewatch query`.
struct QueryOptions {
  std::string what;     // sentiment, documents, alerts, incidents
  std::string db;       // read the database directly …
  std::string url;      // … or query a daemon; with neither: the configuration's database
  std::string token;    // for the daemon
  std::string ca_file;  // PEM: who may have signed its certificate; "": the system's authorities
  std::string config;   // where to find the database when neither is given
  std::vector<std::pair<std::string, std::string>> filters;  // as in HTTP, names and values
  std::string format = "table";                              // table, csv, ndjson
  bool plot = false;                                         // sentiment only
};

/// Prints history. Parameters, checks and numbers are those of the HTTP interface: the same handlers read a database.
/// Exit status: 0, 1 (database or daemon cannot be read), 2 (a parameter is wrong).
int run_query(const QueryOptions& options);
int run_query(const QueryOptions& options, std::ostream& out, std::ostream& err);

}  // namespace tapewatch
