// The server over TLS, against OpenSSL's client: what works without TLS works with it, and nothing hangs.
#include <openssl/ssl.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <csignal>
#include <mutex>

#include "daemon/server/server_certificate.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"
#include "tests/support/test_certificates.hpp"

using namespace http_test;
using script_test::Authority;
using script_test::PemPair;

namespace {

constexpr long kDay = 24 * 3600;

/// A client that trusts one authority; blocking, and it may be rude.
class TlsClient {
 public:
  struct Options {
    int newest = TLS1_3_VERSION;
    std::string protocols;  // for ALPN, each with its length before it
  };

  TlsClient(std::uint16_t port, const Authority& authority, const Options& options)
      : socket_(::socket(AF_INET, SOCK_STREAM, 0)), context_(SSL_CTX_new(TLS_client_method()), SSL_CTX_free) {
    std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to a socket that the server may have closed
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval ten_seconds{10, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &ten_seconds, sizeof ten_seconds);
    if (::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("connect failed");
    }
    SSL_CTX_load_verify_file(context_.get(), authority.file().c_str());
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_security_level(context_.get(), 0);  // the server refuses what is old, not this client
    SSL_CTX_set_min_proto_version(context_.get(), 0);
    SSL_CTX_set_max_proto_version(context_.get(), options.newest);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), socket_);
    SSL_set1_host(ssl_.get(), "localhost");
    SSL_set_tlsext_host_name(ssl_.get(), "localhost");
    if (!options.protocols.empty()) {
      SSL_set_alpn_protos(ssl_.get(), reinterpret_cast<const unsigned char*>(options.protocols.data()),
                          static_cast<unsigned>(options.protocols.size()));
    }
    connected_ = SSL_connect(ssl_.get()) == 1;
  }
  TlsClient(std::uint16_t port, const Authority& authority) : TlsClient(port, authority, Options()) {}
  ~TlsClient() { ::close(socket_); }
  TlsClient(const TlsClient&) = delete;
  TlsClient& operator=(const TlsClient&) = delete;

  bool connected() const { return connected_; }
  std::string version() const { return SSL_get_version(ssl_.get()); }
  std::string protocol() const {
    const unsigned char* chosen = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl_.get(), &chosen, &size);
    return {reinterpret_cast<const char*>(chosen), size};
  }
  /// The first name of the server's certificate.
  std::string name() const {
    const std::unique_ptr<X509, void (*)(X509*)> certificate(SSL_get1_peer_certificate(ssl_.get()), X509_free);
    return std::to_string(ASN1_INTEGER_get(X509_get0_serialNumber(certificate.get())));
  }

  void send(std::string_view bytes) {
    std::size_t sent = 0;
    if (!bytes.empty()) SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &sent);
  }
  std::string read_until(std::string_view mark) {
    while (received_.find(mark) == std::string::npos) {
      if (!receive()) throw std::runtime_error("closed before \"" + std::string(mark) + "\"; got: " + received_);
    }
    return take(received_.find(mark) + mark.size());
  }
  std::string read_response() {
    std::string head = read_until("\r\n\r\n");
    const std::size_t length = std::stoul(head.substr(head.find("Content-Length: ") + 16));
    while (received_.size() < length) {
      if (!receive()) throw std::runtime_error("closed within a body");
    }
    return head + take(length);
  }
  /// Reads to the end; whether the server has said that it is the end.
  bool ends_with_goodbye() {
    while (receive()) {
    }
    return (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
  }
  std::string rest() { return received_; }

 private:
  bool receive() {
    char buffer[16 * 1024];
    std::size_t got = 0;
    if (SSL_read_ex(ssl_.get(), buffer, sizeof buffer, &got) != 1) return false;
    received_.append(buffer, got);
    return true;
  }
  std::string take(std::size_t count) {
    std::string taken = received_.substr(0, count);
    received_.erase(0, count);
    return taken;
  }

  const int socket_;
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> ssl_{nullptr, SSL_free};
  bool connected_ = false;
  std::string received_;
};

class OneEvent final : public EventLog {
 public:
  Range range() override { return {1, 1}; }
  std::vector<StreamEvent> after(std::int64_t id, std::size_t) override {
    std::vector<StreamEvent> found;
    if (id < 1) found.push_back({1, "document", "{\"n\":1}"});
    return found;
  }
};

/// The lines of a log, which a test can wait for.
class Lines final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  /// Waits until a line has the words; false if none has within ten seconds.
  bool have(const std::string& words) {
    std::unique_lock lock(guard_);
    return more_.wait_for(lock, 10s, [&] { return http_test::has(text_, words); });
  }
  std::size_t count(const std::string& words) {
    const std::lock_guard lock(guard_);
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text_.find(words, at)) != std::string::npos; ++at) ++found;
    return found;
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    const std::lock_guard lock(guard_);
    text_.append(message.payload.data(), message.payload.size()) += '\n';
    more_.notify_all();
  }
  void flush_() override {}

 private:
  std::mutex guard_;
  std::condition_variable more_;
  std::string text_;
};

/// A server with a certificate for localhost, and its log.
struct TlsServer {
  explicit TlsServer(ServerOptions options = any_port())
      : live(std::make_shared<LiveCertificate>(certificate())),
        server(std::move(options), std::make_shared<OneEvent>(), std::nullopt, live,
               std::make_shared<spdlog::logger>("http", lines)) {
    server.router.get("/page", Access::read, says("hello"));
    server.router.get("/v1/stream", Access::read, StreamHandler{});
    server.router.get("/export", Access::read, QueryHandler{[](const ApiRequest&) {
                        ApiResponse response;
                        response.body = "begin;";
                        auto left = std::make_shared<int>(20);
                        response.more = [left](auto) -> std::optional<std::string> {
                          return (*left)-- > 0 ? std::optional(std::string(50'000, 'x')) : std::nullopt;
                        };
                        return response;
                      }});
    server.router.add(Route{"POST", "/upload", Access::read, InlineHandler{[](const ApiRequest& request) {
                              ApiResponse response;
                              response.body = std::to_string(request.body.size());
                              return response;
                            }},
                            std::size_t{4} << 20});
    server.start();
  }
  std::shared_ptr<const ServerCertificate> certificate() const {
    const PemPair pair = authority.server_pem("DNS:localhost", -kDay, kDay);
    const std::string file = folder.write("tls.pem", pair.certificate + pair.key);
    return load_certificate({file, file}, std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()))
        .certificate;
  }

  tests::ScratchFolder folder;
  Authority authority;
  std::shared_ptr<Lines> lines = std::make_shared<Lines>();
  std::shared_ptr<LiveCertificate> live;
  TestServer server;
};

}  // namespace

TEST_CASE("tls: requests one after the other over one connection, by TLS 1.2 and 1.3, as HTTP/1.1") {
  TlsServer tls;
  for (const int newest : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(tls.server.port(), tls.authority, {newest, std::string("\x02h2\x08http/1.1", 12)});
    REQUIRE(client.connected());
    CHECK(client.version() == (newest == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3"));
    CHECK(client.protocol() == "http/1.1");
    for (int i = 0; i < 3; ++i) {
      client.send(get("/page"));
      CHECK(body_of(client.read_response()) == "hello");
    }
    client.send(get("/page") + get("/page"));  // both in one record
    CHECK(body_of(client.read_response()) == "hello");
    CHECK(body_of(client.read_response()) == "hello");
  }
}

TEST_CASE("tls: older versions, and clients that speak no HTTP/1.1, are refused") {
  TlsServer tls;
  CHECK_FALSE(TlsClient(tls.server.port(), tls.authority, {TLS1_1_VERSION, ""}).connected());
  CHECK_FALSE(TlsClient(tls.server.port(), tls.authority, {TLS1_3_VERSION, std::string("\x02h2", 3)}).connected());
  CHECK(tls.lines->have("no TLS with 127.0.0.1: "));
}

TEST_CASE("tls: large bodies go in and out, in parts too") {
  TlsServer tls;
  TlsClient client(tls.server.port(), tls.authority);
  client.send(post("/upload", std::string(3'000'000, 'y')));
  CHECK(body_of(client.read_response()) == "3000000");
  client.send("POST /upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc");
  client.send("de\r\n3\r\nfgh\r\n0\r\n\r\n");
  CHECK(body_of(client.read_response()) == "8");
  client.send(get("/export"));
  const std::string answer = client.read_until("\r\n0\r\n\r\n");
  CHECK(has(answer, "begin;"));
  CHECK(std::count(answer.begin(), answer.end(), 'x') == 1'000'000);
  client.send(get("/page"));
  CHECK(body_of(client.read_response()) == "hello");
}

TEST_CASE("tls: events arrive as they happen") {
  TlsServer tls;
  TlsClient client(tls.server.port(), tls.authority);
  client.send(get("/v1/stream", "Last-Event-ID: 0\r\n"));
  CHECK(has(client.read_until("{\"n\":1}\n\n"), "id: 1\n"));
}

TEST_CASE("tls: a connection ends with a goodbye, so that a cut is told from an end") {
  TlsServer tls;
  SECTION("after Connection: close") {
    TlsClient client(tls.server.port(), tls.authority);
    client.send(get("/page", "Connection: close\r\n"));
    CHECK(client.ends_with_goodbye());
    CHECK(body_of(client.rest()) == "hello");
  }
  SECTION("after a refusal whose body is not read") {
    TlsClient client(tls.server.port(), tls.authority);
    client.send("POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n" +
                std::string(9'000, 'z'));
    CHECK(client.ends_with_goodbye());
    CHECK(has(client.rest(), "HTTP/1.1 413 "));
  }
  SECTION("when the server stops") {
    TlsClient idle(tls.server.port(), tls.authority), streaming(tls.server.port(), tls.authority);
    idle.send(get("/page"));
    idle.read_response();
    streaming.send(get("/v1/stream"));
    streaming.read_until("retry: 2000\n\n");
    CHECK(tls.server.server->stop_and_wait(5s));
    CHECK(idle.ends_with_goodbye());
    CHECK(streaming.ends_with_goodbye());
  }
}

TEST_CASE("tls: a request without TLS is answered with the address's beginning, and told") {
  TlsServer tls;
  Client plain(tls.server.port());
  plain.send(get("/page"));
  const std::string answer = plain.read_all();
  CHECK(has(answer, "HTTP/1.1 400 "));
  CHECK(has(answer, "this port speaks TLS: begin the address with https:// in place of http://"));
  CHECK(tls.lines->have("no TLS with 127.0.0.1: HTTP without TLS"));
}

TEST_CASE("tls: a handshake that does not come, or stops halfway, or is none, ends the connection") {
  ServerOptions options = any_port();
  options.header_timeout = 200ms;
  TlsServer tls(options);
  Client silent(tls.server.port()), halfway(tls.server.port()), noise(tls.server.port());
  halfway.send(std::string("\x16\x03\x01\x02\x00\x01\x00\x01", 8));
  noise.send(std::string(100, '\x01'));
  CHECK(silent.closes());
  CHECK(halfway.closes());
  CHECK(noise.closes());
  CHECK(tls.lines->have("no TLS with 127.0.0.1: the other side is too slow"));
  TlsClient client(tls.server.port(), tls.authority);
  client.send(get("/page"));
  CHECK(body_of(client.read_response()) == "hello");
}

TEST_CASE("tls: new connections have the new certificate, and old ones go on with theirs") {
  TlsServer tls;
  TlsClient before(tls.server.port(), tls.authority);
  before.send(get("/page"));
  before.read_response();
  const std::string first = before.name();
  tls.live->set(tls.certificate());
  TlsClient after(tls.server.port(), tls.authority);
  CHECK(after.name() != first);
  before.send(get("/page"));
  CHECK(body_of(before.read_response()) == "hello");
  CHECK(before.name() == first);
}

TEST_CASE("tls: a full server has a connection in its handshake make room, and closes one that finds no place") {
  ServerOptions options = any_port();
  options.max_connections = 1;
  options.reserved_connections = 0;
  TlsServer tls(options);
  Client silent(tls.server.port());
  TlsClient busy(tls.server.port(), tls.authority);
  REQUIRE(busy.connected());
  CHECK(silent.closes());
  busy.send(get("/v1/stream"));
  busy.read_until("retry: 2000\n\n");
  CHECK_FALSE(TlsClient(tls.server.port(), tls.authority).connected());
}

TEST_CASE("tls: a flood of connections that are none is a page of the log and not a full disk") {
  TlsServer tls;
  for (int i = 0; i < 30; ++i) {
    Client plain(tls.server.port());
    plain.send(get("/page"));
    plain.read_all();
  }
  CHECK(tls.lines->count("no TLS with") == 10);
}
