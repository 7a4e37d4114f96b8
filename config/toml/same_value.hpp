#pragma once
// Tested by tests/daemon/reload/config_difference_test.cpp
#include <string>

#include "config/config.hpp"

namespace tapewatch::config {

/// Whether a key means the same in two configurations, by the values and not by what the files say: one that is left
/// out is as good as its default written out. `path_a` and `path_b` (`ingest.feed[1].interval`) differ in the numbers
/// of tables only. False where nobody can tell.
bool same_value(const Config& a, const std::string& path_a, const Config& b, const std::string& path_b);

}  // namespace tapewatch::config
