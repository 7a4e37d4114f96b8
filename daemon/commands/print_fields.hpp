#pragma once

#include <iosfwd>
#include <vector>

#include "ingest/record/record_options.hpp"

namespace tapewatch {

/// `tapewatch check --print-fields`: how each source of the configuration reads its records, its preset filled
/// in, then every preset, all in the language of the configuration.
void print_fields(const std::vector<ingest::RecordSource>& sources, std::ostream& out);

}  // namespace tapewatch
