#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace tapewatch {

/// What the command line asked for; returns the exit status.
using Action = std::function<int()>;

/// Each adds a subcommand, which sets `chosen` when it is on the command line.
void add_demo(CLI::App& app, Action& chosen);
void add_run(CLI::App& app, Action& chosen);
void add_check(CLI::App& app, Action& chosen);
void add_db(CLI::App& app, Action& chosen);
void add_feed(CLI::App& app, Action& chosen);
void add_map(CLI::App& app, Action& chosen);
void add_import(CLI::App& app, Action& chosen);
void add_score(CLI::App& app, Action& chosen);
void add_eval(CLI::App& app, Action& chosen);
void add_bench(CLI::App& app, Action& chosen);
void add_model(CLI::App& app, Action& chosen);
void add_query(CLI::App& app, Action& chosen);
void add_top(CLI::App& app, Action& chosen);
void add_replay(CLI::App& app, Action& chosen);
void add_rescore(CLI::App& app, Action& chosen);
void add_detect(CLI::App& app, Action& chosen);
void add_completion(CLI::App& app, Action& chosen);
void add_man(CLI::App& app, Action& chosen);

}  // namespace tapewatch
