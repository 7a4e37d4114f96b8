#pragma once

namespace tapewatch {

/// The whole command line: finds the subcommand, reads its options, runs it. Exit status 0 fine, 1 failed, 2 wrong
/// usage or configuration. Never throws; an exception of a command is printed.
int run_command_line(int argc, const char* const* argv);

}  // namespace tapewatch
