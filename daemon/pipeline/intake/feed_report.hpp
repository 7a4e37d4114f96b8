#pragma once

#include <string>
#include <vector>

#include "daemon/pipeline/intake/source_health.hpp"
#include "ingest/feed/feed_state.hpp"

namespace tapewatch {

/// How one poll of a feed affects the health of the source.
void note_outcome(SourceReport& report, const ingest::FeedOutcome& outcome, TimePoint at);

/// "date: missing (12 times)": a parser's warnings for people.
std::vector<std::string> describe_warnings(const std::vector<ingest::FeedWarning>& warnings);

}  // namespace tapewatch
