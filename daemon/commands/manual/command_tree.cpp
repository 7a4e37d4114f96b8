// Tested by tests/e2e/daemon/manual_test.py
#include "daemon/commands/manual/command_tree.hpp"

#include <CLI/CLI.hpp>

namespace tapewatch {
namespace {

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::istringstream words(list);
  for (std::string part; std::getline(words, part, ',');) parts.push_back(part);
  return parts;
}

/// CLI11 tells a value's kind and the checks of it in one text: "TEXT:{fp32,int8}", "FLOAT:FLOAT in [0 - 100]".
void read_type(const std::string& type, OptionEntry& entry) {
  const auto opened = type.find(":{"), closed = type.rfind('}');
  if (opened != std::string::npos && closed != std::string::npos) {
    entry.choices = split(type.substr(opened + 2, closed - opened - 2));
  }
  const auto range = type.find(" in ["), end = type.rfind(']');
  if (range != std::string::npos && end != std::string::npos) entry.bounds = type.substr(range + 5, end - range - 5);
  entry.takes_file = type == "TEXT" && entry.environment.empty();
}

OptionEntry option_entry(const CLI::Option& option) {
  OptionEntry entry;
  for (const auto& name : option.get_snames()) entry.names.push_back("-" + name);
  for (const auto& name : option.get_lnames()) entry.names.push_back("--" + name);
  entry.help = option.get_description();
  entry.environment = option.get_envname();
  entry.required = option.get_required();
  entry.repeated = option.get_items_expected_max() > 1;
  if (option.get_items_expected_max() == 0) return entry;  // a flag
  const std::string type = option.get_type_name();
  read_type(type, entry);
  entry.usually = option.get_default_str();
  entry.value = entry.argument() ? option.get_name(true) : type.substr(0, type.find(':'));
  if (entry.value.empty()) entry.value = "VALUE";
  return entry;
}

CommandEntry command_entry(const CLI::App& app, std::vector<std::string> path) {
  CommandEntry entry;
  path.push_back(app.get_name());
  entry.path = path;
  entry.help = app.get_description();
  for (const CLI::Option* option : app.get_options()) entry.options.push_back(option_entry(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    entry.commands.push_back(command_entry(*command, path));
  }
  return entry;
}

}  // namespace

CommandEntry command_tree(const CLI::App& app) { return command_entry(app, {}); }

}  // namespace tapewatch
