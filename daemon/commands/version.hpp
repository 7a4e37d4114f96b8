#pragma once

#include <string>
#include <string_view>

namespace tapewatch {

/// The commit that was built, with "-dirty" where files differed from it; "unknown" outside of git. Written by
/// daemon/packaging/commit.cmake at each build.
std::string_view built_commit();

/// What `tapewatch --version` prints: a line each for the version, the commit, the time zone data and the libraries
/// that are in use.
std::string version_report();

}  // namespace tapewatch
