#pragma once

#include <string>
#include <vector>

#include "config/toml/load.hpp"
#include "daemon/commands/manual/command_tree.hpp"

namespace tapewatch {

/// A page in the language of man(7).
struct ManPage {
  std::string name;  ///< "tapewatch-score"
  int section = 1;
  std::string text;
};

/// tapewatch(1); a page for each command, with its subcommands; tapewatch.toml(5).
std::vector<ManPage> man_pages(const CommandEntry& program, const std::vector<config::KeyDescription>& keys);

}  // namespace tapewatch
