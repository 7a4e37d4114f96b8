#include "daemon/loop_options.hpp"

#include <unistd.h>

#include <array>

#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("links begin with external_url, else with the first listener at the port that it got") {
  config::DaemonOptions daemon;
  daemon.external_url = "https://desk.example";
  CHECK(link_base(daemon, 8080) == "https://desk.example");
  daemon.external_url.clear();
  const auto of = [&](const std::string& first, std::uint16_t port) {
    daemon.listen = {first, "127.0.0.2:9"};
    return link_base(daemon, port);
  };
  CHECK(of("127.0.0.1:8080", 8080) == "http://127.0.0.1:8080");
  CHECK(of("localhost:0", 41234) == "http://localhost:41234");
  CHECK(of("[::1]:0", 41234) == "http://[::1]:41234");
  std::array<char, 256> name{};
  REQUIRE(gethostname(name.data(), name.size() - 1) == 0);
  CHECK(of("0.0.0.0:80", 80) == std::string("http://") + name.data() + ":80");
  CHECK(of("[::]:80", 80) == std::string("http://") + name.data() + ":80");
}
