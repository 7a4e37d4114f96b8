// The cost of the HTTP server on this machine: bench_http. One client on one kept connection, server and client in one
// process; wall time, so keep the machine idle meanwhile.
#include <fmt/format.h>

#include "tests/bench/measure.hpp"
#include "tests/daemon/server/http_support.hpp"

namespace {

using namespace http_test;
using tapewatch::bench::seconds_per_call;

void measure(const char* what, std::uint16_t port, const std::string& request) {
  Client client(port);
  const double seconds = seconds_per_call(
      [&] {
        client.send(request);
        if (!has(client.read_response(), " 200 ")) throw std::runtime_error("not 200");
      },
      3, CLOCK_MONOTONIC);
  fmt::print("{:<34} {:>8.0f} requests/s  {:.1f} us each\n", what, 1 / seconds, seconds * 1e6);
}

}  // namespace

int main() {
  TestServer server;
  server.router.get("/inline", Access::read, says("inline"));
  server.router.get("/query", Access::read, QueryHandler{[](const ApiRequest&) { return ApiResponse{}; }});
  server.router.add(Route{"POST", "/body", Access::ingest,
                          QueryHandler{[](const ApiRequest&) { return ApiResponse{}; }}, 9 * 1024 * 1024});
  server.start();
  measure("GET, answered on the io thread", server.port(), get("/inline"));
  measure("GET, answered on a query thread", server.port(), get("/query"));
  measure("POST of 8 kB", server.port(), post("/body", std::string(8 * 1024, 'x')));
  measure("POST of 8 MB", server.port(), post("/body", std::string(8 * 1024 * 1024, 'x')));
}
