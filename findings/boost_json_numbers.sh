#!/usr/bin/env bash
# Boost.JSON 1.81 reads 1e400 as infinity without an error and writes it as a bare word that no JSON parser accepts,
# itself included; it writes doubles with exponents (0E0, 1E2, 9.06E-1).
#   seen: [1e400,0.0,100.0,0.906] comes back as [Infinity,0E0,1E2,9.06E-1], and Boost.JSON refuses to read that text.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libboost1.81-dev=1.81.0-5+deb12u1 libboost-json1.81-dev=1.81.0-5+deb12u1 \
  libboost-json1.81.0=1.81.0-5+deb12u1 libboost-container1.81-dev=1.81.0-5+deb12u1 \
  libboost-container1.81.0=1.81.0-5+deb12u1
compile numbers boost_json boost_container <<'CPP'
#include <boost/json.hpp>
#include <iostream>
int main() {
  boost::system::error_code error;
  const std::string text = serialize(boost::json::parse("[1e400,0.0,100.0,0.906]", error));
  std::cout << text << ' ' << error.message();
  boost::json::parse(text, error);
  std::cout << ", then " << error.message();
}
CPP
expect "written again" "$("$scratch/numbers")" "[Infinity,0E0,1E2,9.06E-1] Success, then syntax error"
