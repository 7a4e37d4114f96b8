#include "daemon/commands/cli.hpp"

int main(int argc, char** argv) { return tapewatch::run_command_line(argc, argv); }
