#pragma once

#include <string>

#include "daemon/commands/manual/command_tree.hpp"

namespace tapewatch {

/// Scripts that complete commands, options, and values that are one of a few; other values of options and arguments are
/// completed as files where they may be one.
std::string bash_completion(const CommandEntry& program);
std::string zsh_completion(const CommandEntry& program);
std::string fish_completion(const CommandEntry& program);

}  // namespace tapewatch
