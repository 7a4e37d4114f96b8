// Tested by tests/e2e/daemon/manual_test.py
#include "daemon/commands/manual/man_page.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <iterator>
#include <string_view>
#include <utility>

#include "config/notation/utf8.hpp"

namespace tapewatch {
namespace {

/// Text that roff shows as it is. Quotes and accents have names, as terminals would otherwise get typographic ones.
std::string plain(std::string_view text) {
  std::string escaped;
  for (std::size_t at = 0; at < text.size();) {
    if (const auto point = notation::decode_utf8(text, at); point.value >= 0x80) {
      fmt::format_to(std::back_inserter(escaped), "\\[u{:04X}]", static_cast<unsigned>(point.value));
      at += point.length;
      continue;
    }
    const char c = text[at++];
    switch (c) {
      case '\\':
        escaped += "\\(rs";
        break;
      case '\'':
        escaped += "\\(aq";
        break;
      case '`':
        escaped += "\\(ga";
        break;
      case '^':
        escaped += "\\(ha";
        break;
      case '~':
        escaped += "\\(ti";
        break;
      case '"':
        escaped += "\\(dq";
        break;
      case '-':
        escaped += "\\-";
        break;
      default:
        escaped += c;
    }
  }
  return escaped.starts_with('.') ? "\\&" + escaped : escaped;
}

std::string bold(std::string_view text) { return "\\fB" + plain(text) + "\\fP"; }
std::string italic(std::string_view text) { return "\\fI" + plain(text) + "\\fP"; }

std::string header(std::string_view name, int section) {
  return fmt::format(".TH {} {} \"\" \"tapewatch {}\" \"{}\"\n", plain(name), section, TAPEWATCH_VERSION,
                     section == 1 ? "User Commands" : "File Formats");
}

/// `--db FILE`, `--explain`, `FILE`.
std::string option_head(const OptionEntry& option) {
  if (option.argument()) return italic(option.value);
  std::vector<std::string> names;
  for (const auto& name : option.names) names.push_back(bold(name));
  std::string head = fmt::format("{}", fmt::join(names, ", "));
  if (!option.value.empty()) head += " " + italic(option.value);
  return head;
}

std::string option_text(const OptionEntry& option) {
  std::vector<std::string> notes;
  if (option.required) notes.emplace_back("required");
  if (!option.choices.empty()) notes.push_back(fmt::format("one of {}", fmt::join(option.choices, ", ")));
  if (!option.bounds.empty()) notes.push_back("from " + option.bounds);
  if (!option.usually.empty()) notes.push_back("default " + option.usually);
  if (!option.environment.empty()) notes.push_back("else $" + option.environment);
  std::string text = fmt::format(".TP\n{}\n{}.", option_head(option), plain(option.help));
  if (!notes.empty()) text += plain(fmt::format(" ({})", fmt::join(notes, "; ")));
  return text + "\n";
}

std::string options_text(const CommandEntry& command) {
  std::string text;
  for (const bool argument : {true, false}) {
    for (const auto& option : command.options) {
      if (option.argument() == argument) text += option_text(option);
    }
  }
  return text;
}

std::string synopsis(const CommandEntry& command) {
  std::string text = fmt::format(".B {}\n", plain(fmt::format("{}", fmt::join(command.path, " "))));
  text += "[\\fIOPTIONS\\fP]";
  if (!command.commands.empty()) text += " \\fICOMMAND\\fP";
  for (const auto& option : command.options) {
    if (!option.argument()) continue;
    const std::string name = italic(option.value) + (option.repeated ? "..." : "");
    text += option.required ? " " + name : " [" + name + "]";
  }
  return text + "\n";
}

constexpr std::string_view kExit =
    ".SH EXIT STATUS\n.TP\n0\nFine.\n.TP\n1\nIt failed; standard error says why.\n.TP\n2\nWrong usage, or a wrong "
    "configuration.\n";

ManPage program_page(const CommandEntry& program) {
  std::string text = header(program.name(), 1);
  text += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}", program.name(),
                      plain(program.help.substr(program.help.find(": ") + 2)), synopsis(program));
  text += ".SH OPTIONS\n" + options_text(program) + ".SH COMMANDS\n";
  for (const auto& command : program.commands) {
    text += fmt::format(".TP\n.BR tapewatch\\-{} (1)\n{}.\n", plain(command.name()), plain(command.help));
  }
  text +=
      ".SH FILES\n.TP\n.I /etc/tapewatch/tapewatch.toml\nThe configuration, see\n.BR tapewatch.toml (5).\n"
      ".TP\n.I /var/lib/tapewatch\nThe database, and the key that signs links.\n";
  text += std::string(kExit) + ".SH SEE ALSO\n.BR tapewatch.toml (5)";
  for (const auto& command : program.commands) text += fmt::format(",\n.BR tapewatch\\-{} (1)", plain(command.name()));
  return {program.name(), 1, text + "\n"};
}

ManPage command_page(const CommandEntry& command) {
  const std::string name = fmt::format("{}", fmt::join(command.path, "-"));
  std::string text = header(name, 1);
  text += fmt::format(".SH NAME\n{} \\- {}\n.SH SYNOPSIS\n{}", plain(name), plain(command.help), synopsis(command));
  for (const auto& inner : command.commands) text += ".br\n" + synopsis(inner);
  text += ".SH OPTIONS\n" + options_text(command);
  if (!command.commands.empty()) text += ".SH COMMANDS\n";
  for (const auto& inner : command.commands) {
    text += fmt::format(".SS {}\n{}.\n{}", plain(inner.name()), plain(inner.help), options_text(inner));
  }
  return {name, 1, text + std::string(kExit) + ".SH SEE ALSO\n.BR tapewatch (1),\n.BR tapewatch.toml (5)\n"};
}

/// "[[ingest.kafka]]" and "name" of ingest.kafka[].name.
std::pair<std::string, std::string> table_and_key(const std::string& path) {
  const auto point = path.rfind('.');
  std::string table = path.substr(0, point);
  const bool list = table.ends_with("[]");
  for (std::size_t at = 0; (at = table.find("[]")) != std::string::npos;) table.erase(at, 2);
  return {list ? "[[" + table + "]]" : "[" + table + "]", path.substr(point + 1)};
}

constexpr std::string_view kConfigurationIntroduction =
    ".SH DESCRIPTION\n"
    "The configuration of\n.BR tapewatch (1)\nis a file in TOML.\n.B tapewatch check\nprints every error in it, with "
    "its "
    "place and the nearest key;\n.B systemctl reload tapewatch\ntakes over what may change while news comes in.\n.PP\n"
    "Durations are one number and one unit: 500ms, 30s, 5m, 2h, 7d, 2w, 5y. Sizes: 64KiB, 2GiB, 10MB, or bytes. "
    "Instead "
    "of a text there may be\n.B { file = \\(dq...\\(dq }\nor\n.BR \"{ env = \\(dq...\\(dq }\" ;\n"
    "relative files are looked up in $CREDENTIALS_DIRECTORY, then beside the configuration. An example of every key "
    "with "
    "its default is\n.IR /usr/share/doc/tapewatch/examples/tapewatch.example.toml .\n";

ManPage configuration_page(const std::vector<config::KeyDescription>& keys) {
  const std::string name = "tapewatch.toml";
  std::string text = header(name, 5);
  text += ".SH NAME\n" + name + " \\- the configuration of tapewatch\n";
  text += kConfigurationIntroduction;
  text += ".SH KEYS\n";
  std::string present;
  for (const auto& key : keys) {
    const auto [table, member] = table_and_key(key.path);
    if (std::exchange(present, table) != table) text += ".SS " + plain(table) + "\n";
    const std::string type = key.type.empty() ? "" : " (" + plain(key.type) + ")";
    text += fmt::format(".TP\n{}{}\n{}\n", bold(member), type, plain(key.help));
  }
  text +=
      ".SH FILES\n.TP\n.I /etc/tapewatch/tapewatch.toml\nWhat is read unless $TAPEWATCH_CONFIG names another file, or "
      "the present folder has a\n.IR tapewatch.toml .\n.SH SEE ALSO\n.BR tapewatch (1),\n.BR tapewatch\\-check (1)\n";
  return {name, 5, text};
}

}  // namespace

std::vector<ManPage> man_pages(const CommandEntry& program, const std::vector<config::KeyDescription>& keys) {
  std::vector<ManPage> pages{program_page(program)};
  for (const auto& command : program.commands) pages.push_back(command_page(command));
  pages.push_back(configuration_page(keys));
  return pages;
}

}  // namespace tapewatch
