#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "daemon/client/client.hpp"
#include "daemon/client/http_target.hpp"

namespace tapewatch {

/// One request over one connection: a ClientRequest without its redirects.
struct Exchange {
  HttpTarget target;
  std::string method;
  HeaderList headers;          // complete except for what libcurl adds: Host, Content-Length, Cookie
  std::string user, password;  // both empty: none
  std::string body;
  std::chrono::steady_clock::time_point deadline;
  std::chrono::milliseconds connect_timeout{0};
  std::size_t max_response_bytes = 0;
  std::size_t max_header_bytes = 0;
  bool status_only = false;
  bool keep_connection = false;            // use an idle connection to the host, and leave one
  NetworkReach reach = NetworkReach::any;  // connections to other addresses are refused
  bool redirected = false;                 // by a response, not by whoever asked
  std::string proxy;                       // empty: none
};

}  // namespace tapewatch
