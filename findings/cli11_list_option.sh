#!/usr/bin/env bash
# CLI11 2.1: an option bound to a vector takes every word that follows, even the one meant for an optional positional,
# without an error. `program --entity Acme news.txt` leaves the file unset; `program news.txt --entity Acme` sets it.
#   seen: "entities Acme news.txt, file -" and "entities Acme, file news.txt". expected(1) with take_all prevents it.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libcli11-dev=2.1.2+ds-1
compile cli <<'CPP'
#include <CLI/CLI.hpp>
#include <iostream>
int main(int argc, char** argv) {
  CLI::App app;
  std::vector<std::string> entities;
  std::string file = "-";
  app.add_option("--entity", entities);
  app.add_option("file", file);
  CLI11_PARSE(app, argc, argv);
  std::cout << "entities";
  for (const auto& name : entities) std::cout << ' ' << name;
  std::cout << ", file " << file;
}
CPP
expect "option before file" "$("$scratch/cli" --entity Acme news.txt)" "entities Acme news.txt, file -"
expect "file before option" "$("$scratch/cli" news.txt --entity Acme)" "entities Acme, file news.txt"
