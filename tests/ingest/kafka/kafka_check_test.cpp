#include "ingest/kafka/kafka_check.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

using Properties = std::map<std::string, std::string>;

KafkaOptions options_with(Properties properties) {
  KafkaOptions options;
  options.name = "wire";
  options.brokers = "127.0.0.1:9";
  options.topics = {"news"};
  options.properties = std::move(properties);
  return options;
}

// A port where a broker would be: reports whether anybody connected.
class Port {
 public:
  Port() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(socket_, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(socket_, 16) != 0 ||
        ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      throw std::runtime_error("no port to listen on");
    }
    address_ = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~Port() { ::close(socket_); }
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;

  const std::string& address() const { return address_; }
  bool was_called() const {
    pollfd waiting{socket_, POLLIN, 0};
    return ::poll(&waiting, 1, 0) > 0;
  }
  void call() const {
    const int client = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    ::connect(client, reinterpret_cast<sockaddr*>(&address), size);
    ::close(client);
  }

 private:
  int socket_;
  std::string address_;
};

struct Case {
  const char* what;
  Properties properties;
  const char* key;
  const char* part_of_message;
};

const std::vector<Case>& cases() {
  static const std::vector<Case> all = {
      {"a CA file that is not there",
       {{"security.protocol", "SSL"}, {"ssl.ca.location", "/nonexistent/hunter2.pem"}},
       "properties.ssl.ca.location",
       "(No such file or directory)"},
      {"a mechanism that does not exist",
       {{"security.protocol", "SASL_PLAINTEXT"},
        {"sasl.mechanisms", "SCRAM-SHA-257"},
        {"sasl.username", "hunter2-user"},
        {"sasl.password", "hunter2"}},
       "properties.sasl.mechanisms",
       "Unsupported hash function: [value]"},
      {"no user name",
       {{"security.protocol", "SASL_PLAINTEXT"}, {"sasl.mechanisms", "PLAIN"}, {"sasl.password", "hunter2"}},
       "properties.sasl.password",
       "sasl.username and sasl.password must be set"},
      {"two times that contradict each other",
       {{"max.poll.interval.ms", "10000"}, {"session.timeout.ms", "20000"}},
       "properties.max.poll.interval.ms",
       "must be >= `session.timeout.ms`"},
      {"a time that contradicts a default",
       {{"session.timeout.ms", "400000"}},
       "properties.session.timeout.ms",
       "`max.poll.interval.ms`must be >="},
      {"a keystore that is not there",
       {{"security.protocol", "SSL"},
        {"ssl.keystore.location", "/nonexistent/keys.p12"},
        {"ssl.keystore.password", "hunter2"}},
       "properties.ssl.keystore.location",
       "[value]"},
      {"Kerberos without a keytab",
       {{"security.protocol", "SASL_PLAINTEXT"}, {"sasl.mechanisms", "GSSAPI"}},
       "properties",
       "librdkafka cannot open it: "},
      {"a value out of range", {{"fetch.wait.max.ms", "99999999"}}, "properties.fetch.wait.max.ms", "is outside 0 to"},
      {"a value that is none of those that there are",
       {{"security.protocol", "hunter2"}},
       "properties.security.protocol",
       "its value is not accepted"},
      {"a value that is neither true nor false",
       {{"socket.keepalive.enable", "hunter2"}},
       "properties.socket.keepalive.enable",
       "its value must be true or false"},
      {"a property that does not exist", {{"no.such.property", "hunter2"}}, "properties.no.such.property", "unknown"},
      {"a key that is none",
       {{"security.protocol", "SSL"}, {"ssl.key.pem", "hunter2"}},
       "properties.ssl.key.pem",
       "not in PEM format"},
  };
  return all;
}

}  // namespace

TEST_CASE("librdkafka's errors on creating a client are found beforehand, at the property, without its value") {
  for (const auto& [what, properties, key, part] : cases()) {
    INFO(what);
    const auto errors = check_kafka(options_with(properties));
    REQUIRE(errors.size() == 1);
    CAPTURE(errors[0].key, errors[0].message);
    CHECK(errors[0].key == key);
    CHECK(errors[0].message.find(part) != std::string::npos);
    CHECK(errors[0].message.find("hunter2") == std::string::npos);
    for (const auto& [name, value] : properties) {
      if (value != "SSL") CHECK(errors[0].message.find(value) == std::string::npos);  // "SSL routines" may be named
    }
  }
}

TEST_CASE("the dead-letter producer is checked as well, if there is a topic for it") {
  auto options = options_with({{"linger.ms", "40000"}});
  CHECK(check_kafka(options).empty());
  options.dead_letter_topic = "rejected";
  const auto errors = check_kafka(options);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].key == "properties.linger.ms");
  CHECK(errors[0].message.find("`message.timeout.ms` must be greater than `linger.ms`") != std::string::npos);
}

TEST_CASE("topics that cannot be subscribed to are found") {
  auto options = options_with({});
  options.topics = {"news", "^news["};
  const auto errors = check_kafka(options);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].key == "topics");
  CHECK(errors[0].message.find("is not a regular expression") != std::string::npos);
  options.topics = {"news", "^other-.*"};
  CHECK(check_kafka(options).empty());
}

TEST_CASE("checking connects to nothing") {
  const Port port;
  auto options = options_with({{"security.protocol", "SASL_PLAINTEXT"},
                               {"sasl.mechanisms", "PLAIN"},
                               {"sasl.username", "u"},
                               {"sasl.password", "p"}});
  options.brokers = port.address();
  options.dead_letter_topic = "rejected";
  CHECK(check_kafka(options).empty());
  CHECK_FALSE(port.was_called());
  port.call();
  CHECK(port.was_called());  // the test would have seen it
}

TEST_CASE("checking does not run kinit") {
  std::string folder = (std::filesystem::temp_directory_path() / "tapewatch_kinit_XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  const auto options = options_with({{"security.protocol", "SASL_PLAINTEXT"},
                                     {"sasl.mechanisms", "GSSAPI"},
                                     {"sasl.kerberos.principal", "tapewatch"},
                                     {"sasl.kerberos.keytab", "/nonexistent/keytab"},
                                     {"sasl.kerberos.kinit.cmd", "touch " + folder + "/ran"}});
  CHECK(check_kafka(options).empty());
  CHECK_FALSE(std::filesystem::exists(folder + "/ran"));
  std::filesystem::remove_all(folder);
}

TEST_CASE("SCRAM is warned of with a librdkafka that Kafka 4 refuses, by the version in use and the reason") {
  constexpr int kDebian12 = 0x020002ff, kBefore = 0x020600ff, kMended = 0x020601ff;
  for (const char* name : {"sasl.mechanism", "sasl.mechanisms"}) {
    for (const char* mechanism : {"SCRAM-SHA-256", "scram-sha-512"}) {
      const auto options = options_with({{"security.protocol", "SASL_SSL"}, {name, mechanism}});
      const auto warning = kafka_warning(options, kDebian12);
      REQUIRE(warning);
      CHECK(warning->key == std::string("properties.") + name);
      CHECK(warning->message.find("librdkafka 2.0.2 cannot log in to Kafka 4 by SCRAM") != std::string::npos);
      CHECK(warning->message.find("Mended in librdkafka 2.6.1") != std::string::npos);
      CHECK(kafka_warning(options, kBefore));
      CHECK_FALSE(kafka_warning(options, kMended));
    }
    CHECK_FALSE(kafka_warning(options_with({{name, "PLAIN"}}), kDebian12));
  }
  CHECK_FALSE(kafka_warning(options_with({}), kDebian12));
  CHECK(librdkafka_version() >= kDebian12);
}

}  // namespace tapewatch::ingest
