#pragma once
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// A title without what wires and publishers put around it.
struct Headline {
  std::string text;         ///< as the title has it, one line, no links
  bool correction = false;  ///< it began with CORRECTED, CORRECTION or CLARIFICATION
};

/// Takes away, as often as they stand there: wire prefixes ("UPDATE 2-", "BRIEF-", "RPT-", "*", "Exclusive:"), links,
/// and at the end the publisher (" - Reuters", "| Source", "(AP)") and the attribution ("-sources"). A name at the end
/// stays where it is all that tells a form letter from the next ("Notice of annual meeting - Kesmar").
Headline read_headline(std::string_view title);

/// The title without its links.
std::string without_links(std::string_view line);

}  // namespace tapewatch::ingest
