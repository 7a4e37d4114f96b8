#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

namespace tapewatch {

struct FeedCommandOptions {
  std::string target;        // URL, file, "-" (standard input), or the name of a feed in the configuration
  std::string config;        // for the feed's own options; empty: defaults
  std::string source;        // of the documents; empty: the configured name, else the host or the file's name
  std::string watchlist;     // empty: the configuration's
  std::string content_type;  // of a file, as the publisher sends it: may hold the charset
  std::string base_url;      // where a file came from: the base of its relative links
  unsigned polls = 1;
  std::chrono::milliseconds interval = std::chrono::seconds(1);  // between two polls
};

/// Prints what the daemon makes of a feed: one document per line, as it would be stored. It requests, parses,
/// normalises and finds companies by the daemon's own code and stores nothing. Warnings and refused items go to `err`.
///
/// Exit status: 0 if at least one document was read, 1 if none, 2 for wrong usage.
int run_feed(const FeedCommandOptions& options, std::istream& in, std::ostream& out, std::ostream& err);
int run_feed(const FeedCommandOptions& options);  // on the process's streams

}  // namespace tapewatch
