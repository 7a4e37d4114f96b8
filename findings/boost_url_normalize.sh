#!/usr/bin/env bash
# Boost.URL 1.81: normalize() decodes %2F within a path segment, so that two different addresses become one, and keeps a
# default port; it refuses addresses that browsers and feeds use every day (with brackets, a pipe or a space).
#   seen: https://news.example:443/a%2Fb becomes https://news.example:443/a/b; "?a[]=1", "a|b" and "a b" are refused.
# Its normal form is unsafe as the identity of an address; encode what needs encoding before parsing.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libboost1.81-dev=1.81.0-5+deb12u1 libboost-url1.81-dev=1.81.0-5+deb12u1 libboost-url1.81.0=1.81.0-5+deb12u1
compile url boost_url <<'CPP'
#include <boost/url.hpp>
#include <iostream>
int main() {
  boost::urls::url url("https://news.example:443/a%2Fb");
  std::cout << url.normalize();
  for (const char* text : {"https://news.example/?a[]=1", "https://news.example/a|b", "https://news.example/a b"})
    std::cout << (boost::urls::parse_uri(text) ? " taken" : " refused");
}
CPP
expect "normal form; brackets, pipe, space" "$("$scratch/url")" "https://news.example:443/a/b refused refused refused"
