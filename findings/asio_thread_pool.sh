#!/usr/bin/env bash
# Boost.Asio 1.81: thread_pool(n) hangs for ever where the system gives the first of its threads but not the last: the
# constructor's clean-up joins threads that nobody told to end. An exception out of a task ends the process.
#   seen: with 512 MiB of address space thread_pool(2) and thread_pool(1000): the first is made, the second never returns.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libboost1.81-dev=1.81.0-5+deb12u1
compile pool pthread <<'CPP'
#include <sys/resource.h>
#include <boost/asio/thread_pool.hpp>
#include <cstdlib>
#include <iostream>
int main(int, char** argv) {
  const rlimit limit{512 << 20, 512 << 20};
  setrlimit(RLIMIT_AS, &limit);
  try {
    boost::asio::thread_pool pool(std::atoi(argv[1]));
    std::cout << "made";
  } catch (const std::exception&) {
    std::cout << "thrown";
  }
}
CPP
expect "two threads" "$("$scratch/pool" 2)" "made"
expect "a thousand" "$(timeout 10 "$scratch/pool" 1000 || echo "status $?")" "status 124"
