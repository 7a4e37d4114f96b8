// Tested by tests/e2e/daemon/manual_test.py
#include <fmt/format.h>

#include <fstream>
#include <memory>

#include "config/toml/load.hpp"
#include "daemon/commands/manual/command_tree.hpp"
#include "daemon/commands/manual/completion.hpp"
#include "daemon/commands/manual/man_page.hpp"
#include "daemon/commands/registration/registration.hpp"
#include "daemon/commands/registration/subcommand.hpp"

// What is made from the tables of the command line itself.
namespace tapewatch {
namespace {

int write_pages(const std::vector<ManPage>& pages, const std::string& folder) {
  for (const ManPage& page : pages) {
    const std::string path = fmt::format("{}/{}.{}", folder, page.name, page.section);
    std::ofstream out(path);
    out << page.text;
    out.close();
    if (!out) {
      std::cerr << fmt::format("tapewatch man: {} cannot be written\n", path);
      return 1;
    }
  }
  return 0;
}

int print_page(const std::vector<ManPage>& pages, const std::string& name) {
  for (const ManPage& page : pages) {
    if (page.name != name && page.name != "tapewatch-" + name) continue;
    std::cout << page.text;
    return 0;
  }
  std::cerr << fmt::format("tapewatch man: there is no page '{}'; tapewatch man tapewatch lists them\n", name);
  return kUsage;
}

}  // namespace

void add_completion(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("completion", "Prints a script that completes commands and options");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  choose(command, chosen, [&app, shell] {
    const CommandEntry program = command_tree(app);
    std::cout << (*shell == "bash"  ? bash_completion(program)
                  : *shell == "zsh" ? zsh_completion(program)
                                    : fish_completion(program));
    return 0;
  });
}

void add_man(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("man", "Prints a manual page, as in: tapewatch man score | man -l -");
  auto page = std::make_shared<std::string>("tapewatch"), folder = std::make_shared<std::string>();
  command->add_option("PAGE", *page, "A command, or tapewatch.toml: the configuration")->capture_default_str();
  command->add_option("--out", *folder, "Write all pages into this folder instead");
  choose(command, chosen, [&app, page, folder] {
    const auto pages = man_pages(command_tree(app), config::describe_keys());
    return folder->empty() ? print_page(pages, *page) : write_pages(pages, *folder);
  });
}

}  // namespace tapewatch
