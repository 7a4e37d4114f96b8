#!/usr/bin/env bash
# librdkafka 2.0.2: creating a client is not passive. rd_kafka_new() connects to the bootstrap brokers before anything
# is subscribed or polled, and with GSSAPI runs sasl.kerberos.kinit.cmd in a shell at once. Without brokers it still reads
# certificates and finds contradictions, and connects to nothing.
#   seen: a connection within moments of rd_kafka_new(), none without bootstrap.servers; the kinit command has run.
# So a configuration can be checked offline by creating the client without brokers and with a kinit command that just exits.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
with_packages librdkafka-dev=2.0.2-1 librdkafka1=2.0.2-1
compile new rdkafka <<'CPP'
#include <arpa/inet.h>
#include <librdkafka/rdkafka.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <iostream>
#include <map>
#include <string>
int main(int, char** argv) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  bind(listener, reinterpret_cast<sockaddr*>(&address), size);
  listen(listener, 8);
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const std::string broker = "127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  const std::string ran = std::string(argv[1]) + "/ran";
  const auto make = [](std::map<std::string, std::string> properties) {
    rd_kafka_conf_t* configuration = rd_kafka_conf_new();
    for (const auto& [name, value] : properties)
      rd_kafka_conf_set(configuration, name.c_str(), value.c_str(), nullptr, 0);
    return rd_kafka_new(RD_KAFKA_CONSUMER, configuration, nullptr, 0);
  };
  pollfd waiting{listener, POLLIN, 0};
  rd_kafka_t* without = make({{"group.id", "g"}, {"log_level", "0"}});
  std::cout << "without brokers " << (poll(&waiting, 1, 2000) > 0 ? "a call" : "no call");
  rd_kafka_t* with = make({{"group.id", "g"}, {"log_level", "0"}, {"bootstrap.servers", broker}});
  std::cout << ", with brokers " << (poll(&waiting, 1, 10000) > 0 ? "a call" : "no call");
  rd_kafka_t* kerberos = make({{"group.id", "g"}, {"log_level", "0"}, {"security.protocol", "SASL_PLAINTEXT"},
                               {"sasl.kerberos.keytab", "/none"}, {"sasl.kerberos.kinit.cmd", "touch " + ran}});
  for (int i = 0; i < 100 && access(ran.c_str(), F_OK) != 0; ++i) usleep(100'000);
  std::cout << ", kinit " << (access(ran.c_str(), F_OK) == 0 ? "ran" : "did not run") << std::endl;
  for (rd_kafka_t* client : {without, with, kerberos}) rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
}
CPP
expect "what rd_kafka_new() does by itself" "$("$scratch/new" "$scratch")" "without brokers no call, with brokers a call, kinit ran"
