// HTTP/2 against nghttpd (package nghttp2-server), which speaks nothing else over TLS.
#include <openssl/pem.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#include <array>
#include <filesystem>
#include <fstream>

#include "tests/daemon/client/client_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/test_certificates.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;
using client_test::error_of;
using client_test::fetch;
using client_test::quick;
using client_test::request_to;

namespace asio = boost::asio;
namespace fs = std::filesystem;

extern char** environ;

namespace {

/// nghttpd on a free loopback port with the files of a folder, for the object's lifetime.
class Nghttpd {
 public:
  Nghttpd(const fs::path& folder, std::uint16_t port) {
    const std::string number = std::to_string(port), files = folder.string();
    const std::string key = (folder / "key.pem").string(), certificate = (folder / "certificate.pem").string();
    std::array<const char*, 8> arguments = {"nghttpd",   "--address=127.0.0.1", "-d",   files.c_str(), number.c_str(),
                                            key.c_str(), certificate.c_str(),   nullptr};
    posix_spawnp(&process_, path(), nullptr, nullptr, const_cast<char**>(arguments.data()), environ);
  }
  ~Nghttpd() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }
  Nghttpd(const Nghttpd&) = delete;
  Nghttpd& operator=(const Nghttpd&) = delete;

  static const char* path() {
    for (const char* place : {"/usr/sbin/nghttpd", "/usr/bin/nghttpd"}) {
      if (fs::exists(place)) return place;
    }
    return nullptr;
  }
  bool runs() const { return process_ > 0 && ::waitpid(process_, nullptr, WNOHANG) == 0; }

 private:
  pid_t process_ = 0;
};

std::uint16_t free_port(asio::io_context& io) {
  return asio::ip::tcp::acceptor(io, {asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

void write_pem(const fs::path& file, asio::ssl::context& context, bool key) {
  const std::unique_ptr<BIO, int (*)(BIO*)> out(BIO_new_file(file.c_str(), "w"), BIO_free);
  if (key) {
    PEM_write_bio_PrivateKey(out.get(), SSL_CTX_get0_privatekey(context.native_handle()), nullptr, nullptr, 0, nullptr,
                             nullptr);
  } else {
    PEM_write_bio_X509(out.get(), SSL_CTX_get0_certificate(context.native_handle()));
  }
}

}  // namespace

TEST_CASE("http client: HTTP/2 where the server speaks it") {
  if (Nghttpd::path() == nullptr) {
    WARN("SKIPPED: nghttpd is missing (package nghttp2-server)");
    return;
  }
  asio::io_context io;
  const script_test::Authority authority;
  const auto context = authority.server("DNS:localhost", -3600, 3600);
  const fs::path folder = fs::temp_directory_path() / ("tapewatch-http2-" + std::to_string(::getpid()));
  fs::create_directory(folder);
  write_pem(folder / "key.pem", *context, true);
  write_pem(folder / "certificate.pem", *context, false);
  const std::string news(300'000, 'n');
  std::ofstream(folder / "feed.xml") << news;
  ClientOptions options = quick();
  options.ca_file = authority.file();
  HttpClient client(io.get_executor(), options);

  ClientResult result = ClientError(ClientErrorKind::connect, "never asked");
  for (int attempt = 0; attempt < 5 && !result; ++attempt) {  // another process may take the port before nghttpd does
    const std::uint16_t port = free_port(io);
    const Nghttpd server(folder, port);
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    do {  // until it listens
      result = fetch(io, client, request_to("https://localhost:" + std::to_string(port) + "/feed.xml"));
    } while (!result && result.error().kind == ClientErrorKind::connect && server.runs() &&
             std::chrono::steady_clock::now() < deadline);
    if (result) {
      ClientRequest request = request_to("https://localhost:" + std::to_string(port) + "/feed.xml");
      request.max_response_bytes = 1000;
      CHECK(fetch(io, client, request).error().kind == ClientErrorKind::too_large);
      request.status_only = true;
      CHECK(error_of(fetch(io, client, request)) == "status 200");
    }
  }
  fs::remove_all(folder);
  INFO(error_of(result));
  REQUIRE(result.has_value());
  CHECK(result->status == 200);
  CHECK(result->body == news);
  CHECK_FALSE(find_header(result->headers, "Content-Length").empty());
}
