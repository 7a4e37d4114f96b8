#include <exception>

#include "daemon/commands/cli.hpp"
#include "daemon/commands/last_resort.hpp"

int main(int argc, char** argv) {
  std::set_terminate(tapewatch::last_resort);
  return tapewatch::run_command_line(argc, argv);
}
