#include "config/toml/units.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch::config;

TEST_CASE("sizes know decimal and binary units") {
  CHECK(parse_size("4096") == 4096);
  CHECK(parse_size("64KiB") == 65536);
  CHECK(parse_size("2GiB") == 2ULL << 30);
  CHECK(parse_size("10 MB") == 10'000'000);
  for (const char* bad : {"", "GiB", "2gib", "-1", "2.5GiB", "99999999999999999999", "18446744073709551615KiB"}) {
    INFO(bad);
    CHECK_FALSE(parse_size(bad));
  }
}

TEST_CASE("listen addresses say whether other machines can reach them") {
  CHECK(parse_listen_address("127.0.0.1:8080")->loopback);
  CHECK(parse_listen_address("127.9.9.9:1")->loopback);
  CHECK(parse_listen_address("localhost:0")->loopback);
  CHECK(parse_listen_address("[::1]:8080")->loopback);
  CHECK(parse_listen_address("[::1]:8080")->host == "::1");
  CHECK_FALSE(parse_listen_address("0.0.0.0:8080")->loopback);
  CHECK_FALSE(parse_listen_address("[::]:8080")->loopback);
  CHECK_FALSE(parse_listen_address("192.0.2.1:80")->loopback);
  for (const char* bad : {"", ":8080", "8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:8080",
                          "[127.0.0.1]:1", "example.com:80", "127.0.0.1:80x"}) {
    INFO(bad);
    CHECK_FALSE(parse_listen_address(bad));
  }
}
