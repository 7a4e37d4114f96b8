#include <exception>
#include <ios>

#include "daemon/commands/cli.hpp"
#include "daemon/commands/last_resort.hpp"

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);  // `score` uses in_avail(), which needs a buffer
  std::set_terminate(tapewatch::last_resort);
  return tapewatch::run_command_line(argc, argv);
}
