#pragma once

#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace tapewatch {

/// An option or an argument, as `--help` tells it.
struct OptionEntry {
  std::vector<std::string> names;  ///< "-h", "--help"; empty: an argument
  std::string value;               ///< what stands for its value, such as FILE or TEXT; empty: takes none
  std::vector<std::string> choices;
  std::string bounds;   ///< of its value, such as "0 - 100"
  std::string usually;  ///< the default
  std::string environment;
  std::string help;
  bool required = false, repeated = false;
  bool takes_file = false;  ///< its value may be a file's name

  bool argument() const { return names.empty(); }
};

/// A command with its subcommands. The first is the program itself.
struct CommandEntry {
  std::vector<std::string> path;  ///< "tapewatch", "db", "backup"
  std::string help;
  std::vector<OptionEntry> options;
  std::vector<CommandEntry> commands;

  const std::string& name() const { return path.back(); }
};

/// The tables that `--help` is printed from, as plain data: manual pages and completions are written from it.
CommandEntry command_tree(const CLI::App& app);

}  // namespace tapewatch
