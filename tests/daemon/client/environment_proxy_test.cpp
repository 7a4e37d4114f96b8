#include "daemon/client/environment_proxy.hpp"

#include <map>

#include "daemon/client/proxy_choice.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch {
namespace {

EnvironmentProxy from(const std::map<std::string, std::string>& variables) {
  return environment_proxy([&](const char* name) -> std::optional<std::string_view> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional<std::string_view>(found->second);
  });
}

TEST_CASE("environment proxy: each scheme has its own, lower case comes first, all_proxy is for both") {
  const auto both = from({{"HTTP_PROXY", "http://plain:1"}, {"https_proxy", "secure:2"}, {"HTTPS_PROXY", "other:3"}});
  CHECK(proxy_for(both.proxy, "feeds.example.com") == "http://plain:1");
  CHECK(proxy_for(both.proxy, "feeds.example.com", true) == "http://secure:2");
  const auto all = from({{"ALL_PROXY", "socks5h://relay:1080"}, {"http_proxy", ""}});
  CHECK(proxy_for(all.proxy, "feeds.example.com") == "socks5h://relay:1080");
  CHECK(proxy_for(all.proxy, "feeds.example.com", true) == "socks5h://relay:1080");
  const auto plain_only = from({{"http_proxy", "http://plain:1"}});
  CHECK(proxy_for(plain_only.proxy, "feeds.example.com", true).empty());
  CHECK(proxy_for(from({}).proxy, "feeds.example.com").empty());
}

TEST_CASE("environment proxy: no_proxy, and this machine always directly") {
  const auto found = from(
      {{"all_proxy", "proxy:1"}, {"NO_PROXY", "example.com, .intern *.desk.example:8080,10.0.0.0/8,[fd00::1]:80"}});
  for (const char* direct : {"example.com", "www.example.com", "wiki.intern", "a.desk.example", "10.1.2.3", "fd00::1",
                             "localhost", "127.0.0.1", "127.9.9.9", "::1"}) {
    INFO(direct);
    CHECK(proxy_for(found.proxy, direct).empty());
  }
  CHECK(proxy_for(found.proxy, "notexample.com") == "http://proxy:1");
  CHECK(proxy_for(from({{"all_proxy", "proxy:1"}, {"no_proxy", "*"}}).proxy, "a").empty());
}

TEST_CASE("environment proxy: an unusable value is named without its content, and ignored") {
  const auto found = from({{"HTTPS_PROXY", "gopher://user:secret@proxy:70"}, {"http_proxy", "http://[half"}});
  REQUIRE(found.warnings.size() == 2);
  for (const auto& warning : found.warnings) {
    CHECK(warning.find("secret") == std::string::npos);
    CHECK(warning.find("half") == std::string::npos);
  }
  CHECK(found.warnings[1].find("HTTPS_PROXY") != std::string::npos);
  CHECK(proxy_for(found.proxy, "feeds.example.com", true).empty());
}

}  // namespace
}  // namespace tapewatch
