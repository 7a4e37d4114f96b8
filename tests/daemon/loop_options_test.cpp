#include "daemon/loop_options.hpp"

#include <unistd.h>

#include <array>
#include <cstdlib>

#include "daemon/client/proxy_choice.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("feeds use the environment's proxy where the configuration names none") {
  config::DaemonOptions daemon;
  daemon.no_proxy = {"intern"};
  ::setenv("https_proxy", "http://secure:2", 1);
  ::setenv("HTTP_PROXY", "gopher://user:secret@old:70", 1);
  const FeedAccess from_environment = feed_access(daemon);
  daemon.proxy = "";
  const FeedAccess directly = feed_access(daemon);
  daemon.proxy = "http://own:1";
  const FeedAccess configured = feed_access(daemon);
  ::unsetenv("https_proxy");
  ::unsetenv("HTTP_PROXY");
  CHECK(proxy_for(from_environment.proxy, "feeds.example.com", true) == "http://secure:2");
  CHECK(proxy_for(from_environment.proxy, "wiki.intern", true).empty());
  REQUIRE(from_environment.warnings.size() == 1);
  CHECK(from_environment.warnings[0].find("HTTP_PROXY") != std::string::npos);
  CHECK(from_environment.warnings[0].find("secret") == std::string::npos);
  CHECK(proxy_for(directly.proxy, "feeds.example.com", true).empty());
  CHECK(proxy_for(configured.proxy, "feeds.example.com", true) == "http://own:1");
}

TEST_CASE("publishers are told whom to write to") {
  config::DaemonOptions daemon;
  CHECK(feed_access(daemon).user_agent.empty());  // the client's own: tapewatch/<version>
  daemon.contact = "https://desk.example/feeds";
  CHECK(feed_access(daemon).user_agent == "tapewatch/" TAPEWATCH_VERSION " (+https://desk.example/feeds)");
  daemon.user_agent = "Desk reader 1.0";
  CHECK(feed_access(daemon).user_agent == "Desk reader 1.0");
}

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
  daemon.tls.certificate = "tls.pem";
  CHECK(of("127.0.0.1:8443", 8443) == "https://127.0.0.1:8443");
  daemon.tls.certificate.clear();
  std::array<char, 256> name{};
  REQUIRE(gethostname(name.data(), name.size() - 1) == 0);
  CHECK(of("0.0.0.0:80", 80) == std::string("http://") + name.data() + ":80");
  CHECK(of("[::]:80", 80) == std::string("http://") + name.data() + ":80");
}
