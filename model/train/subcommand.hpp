#pragma once
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

namespace tapewatch::model::train {

/// Parses the command line of the subcommand `app` and does its `work`. Exit status 0 done, 1 failed, with the reason
/// on standard error, 2 wrong options.
template <class Work>
int run_subcommand(CLI::App& app, int argc, char** argv, Work work) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    work();
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", app.get_name(), error.what());
    return 1;
  }
}

}  // namespace tapewatch::model::train
