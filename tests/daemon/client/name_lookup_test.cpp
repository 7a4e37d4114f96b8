// Names without an answer. getaddrinfo() of this binary hangs for names under "stuck.test", as with a silent name
// server; it calls the C library for all others.
#include <dlfcn.h>
#include <netdb.h>

#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <mutex>
#include <string_view>

#include "tests/daemon/client/client_support.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using client_test::error_of;
using client_test::fetch;
using client_test::quick;
using client_test::request_to;
using script_test::answer_200;
using script_test::ScriptServer;

namespace asio = boost::asio;

namespace {

/// The look-ups that hang.
struct SilentNameServer {
  std::mutex mutex;
  std::condition_variable changed;
  int waiting = 0;
  bool silent = true;

  int wait() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    changed.wait(lock, [this] { return !silent; });
    --waiting;
    changed.notify_all();
    return EAI_AGAIN;
  }
  void end() {
    std::unique_lock lock(mutex);
    silent = false;
    changed.notify_all();
    changed.wait(lock, [this] { return waiting == 0; });
    silent = true;
  }
};

SilentNameServer& name_server() {
  static SilentNameServer server;
  return server;
}

}  // namespace

extern "C" int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** list) {
  using Function = int (*)(const char*, const char*, const addrinfo*, addrinfo**);
  static const auto real = reinterpret_cast<Function>(::dlsym(RTLD_NEXT, "getaddrinfo"));
  if (node != nullptr && std::string_view(node).ends_with(".stuck.test")) return name_server().wait();
  return real(node, service, hints, list);
}

TEST_CASE("http client: hanging look-ups delay neither other requests nor the end") {
  asio::io_context io;
  ScriptServer server(io, answer_200("here"));
  int ended = 0;
  {
    HttpClient client(io.get_executor(), quick());
    for (int i = 0; i < 20; ++i) {
      const std::string url = "http://n" + std::to_string(i) + ".stuck.test/";
      asio::co_spawn(io, client.send(request_to(url, 60s)), [&](const std::exception_ptr&, ClientResult result) {
        CHECK(error_of(result) == "cancelled: stopped");
        ++ended;
      });
    }
    const auto late = fetch(io, client, request_to("http://late.stuck.test/", 300ms));
    CHECK(error_of(late) == "timeout: late.stuck.test: no address within the time allowed");
    CHECK(fetch(io, client, request_to(server.url("/", "localhost")))->body == "here");
    {
      std::unique_lock lock(name_server().mutex);
      REQUIRE(name_server().changed.wait_for(lock, 10s, [] { return name_server().waiting == 21; }));
    }
    const auto begun = std::chrono::steady_clock::now();
    client.stop();
    while (ended < 20) REQUIRE(io.run_one_for(20s) > 0);
    CHECK(std::chrono::steady_clock::now() - begun < 5s);
  }
  CHECK(name_server().waiting == 21);  // they still hang, with nobody waiting for them
  name_server().end();
}
