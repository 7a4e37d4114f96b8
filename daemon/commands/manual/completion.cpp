// Tested by tests/e2e/daemon/manual_test.py
#include "daemon/commands/manual/completion.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <string_view>

namespace tapewatch {
namespace {

void for_each_command(const CommandEntry& command, const std::function<void(const CommandEntry&)>& visit) {
  visit(command);
  for (const auto& inner : command.commands) for_each_command(inner, visit);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string names_of(const std::vector<CommandEntry>& commands) {
  std::vector<std::string> names;
  for (const auto& command : commands) names.push_back(command.name());
  return fmt::format("{}", fmt::join(names, " "));
}

/// What a shell does for the words of a value.
enum class Values { choices, files, none };

Values values_of(const OptionEntry& option) {
  if (!option.choices.empty()) return Values::choices;
  return option.takes_file ? Values::files : Values::none;
}

// --- bash ---

std::string bash_values(const OptionEntry& option) {
  switch (values_of(option)) {
    case Values::choices:
      return fmt::format("words='{}'", fmt::join(option.choices, " "));
    case Values::files:
      return "files=yes";
    case Values::none:
      break;
  }
  return ":";
}

std::string bash_command(const CommandEntry& command) {
  std::string names, values, arguments;
  for (const auto& option : command.options) {
    if (option.argument()) {
      if (arguments.empty()) arguments = bash_values(option);
      continue;
    }
    for (const auto& name : option.names) names += name + " ";
    if (option.value.empty()) continue;
    values += fmt::format("        {}) {}; valued=yes ;;\n", fmt::join(option.names, "|"), bash_values(option));
  }
  if (!command.commands.empty()) arguments = fmt::format("words='{}'", names_of(command.commands));
  std::string text = fmt::format("    '{}')\n      options='{}'\n", fmt::join(command.path, " "), names);
  if (!values.empty()) text += fmt::format("      case $previous in\n{}      esac\n", values);
  if (!arguments.empty()) text += fmt::format("      [ $valued = yes ] || {}\n", arguments);
  return text + "      ;;\n";
}

// --- zsh ---

/// A text inside of single quotes, in which _arguments and _describe give ':', '[' and ']' a meaning.
std::string zsh_text(std::string text) {
  text = replaced(std::move(text), "\\", "\\\\");
  for (const std::string_view special : {"[", "]", ":"}) {
    text = replaced(std::move(text), special, "\\" + std::string(special));
  }
  return replaced(std::move(text), "'", "'\\''");
}

std::string zsh_action(const OptionEntry& option) {
  switch (values_of(option)) {
    case Values::choices:
      return fmt::format("({})", fmt::join(option.choices, " "));
    case Values::files:
      return "_files";
    case Values::none:
      break;
  }
  return " ";
}

std::string zsh_option(const OptionEntry& option) {
  const std::string value =
      option.value.empty() ? "" : fmt::format(":{}:{}", zsh_text(option.value), zsh_action(option));
  if (option.argument()) return fmt::format("    '{}{}'", option.repeated ? "*" : "", value);
  std::string lines;
  for (const auto& name : option.names) {
    const bool joined = name.starts_with("--") && !option.value.empty();  // --name=value too
    const std::string others = option.repeated ? "*" : fmt::format("({})", fmt::join(option.names, " "));
    lines += fmt::format("{}    '{}{}{}[{}]{}'", lines.empty() ? "" : " \\\n", others, name, joined ? "=" : "",
                         zsh_text(option.help), value);
  }
  return lines;
}

std::string zsh_function(const CommandEntry& command) {
  std::string text = fmt::format("_{}() {{\n", fmt::join(command.path, "_"));
  std::vector<std::string> specs;
  for (const auto& option : command.options) specs.push_back(zsh_option(option));
  if (command.commands.empty()) {
    return text + fmt::format("  _arguments -s -S \\\n{}\n}}\n\n", fmt::join(specs, " \\\n"));
  }
  specs.emplace_back("    '1:command:->command'");
  specs.emplace_back("    '*::argument:->rest'");
  text += fmt::format("  local curcontext=$curcontext state line\n  _arguments -C -s \\\n{}\n  case $state in\n",
                      fmt::join(specs, " \\\n"));
  text += "  command)\n    local -a commands=(\n";
  for (const auto& inner : command.commands) {
    text += fmt::format("      '{}:{}'\n", inner.name(), zsh_text(inner.help));
  }
  text += "    )\n    _describe command commands ;;\n  rest)\n    case $line[1] in\n";
  for (const auto& inner : command.commands) {
    text += fmt::format("    {}) _{} ;;\n", inner.name(), fmt::join(inner.path, "_"));
  }
  return text + "    esac ;;\n  esac\n}\n\n";
}

// --- fish ---

std::string fish_text(std::string text) {
  text = replaced(std::move(text), "\\", "\\\\");
  return "'" + replaced(std::move(text), "'", "\\'") + "'";
}

std::string fish_values(const OptionEntry& option) {
  switch (values_of(option)) {
    case Values::choices:
      return fmt::format(" -x -a '{}'", fmt::join(option.choices, " "));
    case Values::files:
      return " -r -F";
    case Values::none:
      break;
  }
  return " -x";
}

std::string fish_command(const CommandEntry& command) {
  const std::string when =
      fmt::format("complete -c tapewatch -n 'test (__tapewatch_command) = \"{}\"'", fmt::join(command.path, " "));
  std::string text;
  for (const auto& inner : command.commands) {
    text += fmt::format("{} -f -a {} -d {}\n", when, inner.name(), fish_text(inner.help));
  }
  for (const auto& option : command.options) {
    if (option.argument()) {
      const bool files = values_of(option) == Values::files;
      text += fmt::format("{}{}\n", when, files ? " -F" : " -f" + fish_values(option).substr(3));
      continue;
    }
    text += when;
    for (const auto& name : option.names) {
      const bool is_long = name.starts_with("--");
      text += fmt::format(" {} {}", is_long ? "-l" : "-s", name.substr(is_long ? 2 : 1));
    }
    text += fmt::format("{} -d {}\n", option.value.empty() ? "" : fish_values(option), fish_text(option.help));
  }
  return text;
}

}  // namespace

std::string bash_completion(const CommandEntry& program) {
  std::string known, cases;
  for_each_command(program, [&](const CommandEntry& command) {
    known += fmt::format("|'{}'", fmt::join(command.path, " "));
    cases += bash_command(command);
  });
  return fmt::format(R"(# tapewatch completion bash
_tapewatch() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} command=tapewatch word
  local options='' words='' files=no valued=no
  # Bash takes the '=' of --name=value for a word of its own.
  if [ "$previous" = '=' ]; then previous=${{COMP_WORDS[COMP_CWORD - 2]}}; fi
  if [ "$current" = '=' ]; then previous=${{COMP_WORDS[COMP_CWORD - 1]}} current=''; fi
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD - 1}}"; do
    case "$command $word" in
      {}) command+=" $word" ;;
    esac
  done
  case $command in
{}  esac
  if [ $valued = no ] && [[ $current == -* ]]; then words=$options files=no; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [ $files = yes ]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}}
complete -F _tapewatch tapewatch
)",
                     known.substr(1), cases);
}

std::string zsh_completion(const CommandEntry& program) {
  std::string functions;
  for_each_command(program, [&](const CommandEntry& command) { functions += zsh_function(command); });
  return fmt::format(
      "#compdef tapewatch\n# tapewatch completion zsh\n\n{}"
      "if [ \"$funcstack[1]\" = _tapewatch ]; then\n  _tapewatch \"$@\"\nelse\n"
      "  compdef _tapewatch tapewatch\nfi\n",
      functions);
}

std::string fish_completion(const CommandEntry& program) {
  std::string known, commands;
  for_each_command(program, [&](const CommandEntry& command) {
    known += fmt::format(" '{}'", fmt::join(command.path, " "));
    commands += fish_command(command);
  });
  return fmt::format(R"(# tapewatch completion fish
function __tapewatch_command
    set -l command tapewatch
    for word in (commandline -opc)[2..]
        if contains -- "$command $word"{}
            set command "$command $word"
        end
    end
    echo $command
end
{})",
                     known, commands);
}

}  // namespace tapewatch
