#!/usr/bin/env bash
# Boost.Beast 1.81: a request with a Transfer-Encoding that does not end in "chunked" has no body to its parser, and what
# follows is the next request; a folded header line is joined without a word.
#   seen: "Transfer-Encoding: xchunked" is complete after its head; "Transfer-Encoding:" + fold + "chunked" is chunked.
# RFC 9112 (6.3) asks for 400 and the end of the connection; behind a proxy the first is request smuggling.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages libboost1.81-dev=1.81.0-5+deb12u1
compile head <<'CPP'
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <iostream>
namespace http = boost::beast::http;
int main() {
  for (std::string field : {"Transfer-Encoding: xchunked", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding:\r\n chunked"}) {
    http::request_parser<http::string_body> parser;
    boost::beast::error_code error;
    parser.put(boost::asio::buffer("POST / HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n"), error);
    std::cout << (error ? "refused" : parser.is_done() ? "complete" : parser.chunked() ? "chunked" : "body") << ' ';
  }
}
CPP
expect "xchunked; gzip, chunked; a folded line" "$("$scratch/head")" "complete chunked chunked "
