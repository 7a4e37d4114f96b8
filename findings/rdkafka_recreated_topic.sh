#!/usr/bin/env bash
# librdkafka 2.0.2 (Debian 12) and 2.16.0 (PyPI's confluent-kafka 2.16.1), with a Kafka 3.9.1 broker: a consumer's position
# belongs to the topic's name. When the topic is deleted and created again under a running consumer, and is longer than its
# position before its next fetch, it reads on in the middle: no error, no warning in the log, no auto.offset.reset, which
# is only for an offset beyond the end.
#   seen: 10 records read, 15 in the new topic: "new 10" to "new 14" follow, 0 errors. "new 0" to "new 9" never come.
#   With debug=topic both log BROKERUA ("broker unavailable: fetch: Broker: Unknown topic or partition"). 2.16.0 also logs
#   "changed id from … to …", so it sees another topic, and goes on.
# The next fetch comes fetch.error.backoff.ms after the deletion. The default of 500 ms is often enough; 15 s here, so that
# a slow machine does not matter.
. "$(dirname "${BASH_SOURCE[0]}")/packages.sh"
kafka=$(cd "$(dirname "${BASH_SOURCE[0]}")/../tests/e2e/kafka" && pwd)
jars=$("$kafka/fetch_broker.sh" 3.9.1) || { echo "$jars"; exit 77; }
if ! timeout 300 python3 -m pip -q --disable-pip-version-check download -d "$scratch" --no-deps --only-binary :all: \
    --python-version 3.11 --platform "manylinux_2_28_$(uname -m)" confluent-kafka==2.16.1 >"$scratch/pip.log" 2>&1; then
  echo "SKIP: not available here: confluent-kafka 2.16.1 of PyPI"
  exit 77
fi
python3 -m zipfile -e "$scratch"/confluent_kafka-*.whl "$scratch/wheel"
mkdir "$scratch/newest"
cp "$scratch"/wheel/confluent_kafka.libs/librdkafka-*.so.1 "$scratch/newest/librdkafka.so.1"
with_packages librdkafka-dev=2.0.2-1 librdkafka1=2.0.2-1
compile recreate rdkafka <<'CPP'
#include <librdkafka/rdkafka.h>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <map>
#include <string>
using Clock = std::chrono::steady_clock;
std::atomic<int> warnings = 0;
std::atomic<bool> unavailable = false, changed_id = false;
rd_kafka_conf_t* configuration(const std::map<std::string, std::string>& properties) {
  rd_kafka_conf_t* result = rd_kafka_conf_new();
  for (const auto& [name, value] : properties)
    if (rd_kafka_conf_set(result, name.c_str(), value.c_str(), nullptr, 0) != RD_KAFKA_CONF_OK) std::exit(2);
  return result;
}
void need_success(rd_kafka_event_t* event, const rd_kafka_topic_result_t** results) {
  if (rd_kafka_topic_result_error(results[0]))
    std::cout << rd_kafka_topic_result_error_string(results[0]) << std::endl, std::exit(3);
  rd_kafka_event_destroy(event);
}
rd_kafka_event_t* answer(rd_kafka_queue_t* queue) {
  rd_kafka_event_t* event = rd_kafka_queue_poll(queue, 60'000);
  if (!event || rd_kafka_event_error(event)) std::cout << "no answer from the broker" << std::endl, std::exit(3);
  return event;
}
void remove_topic(rd_kafka_t* client, rd_kafka_queue_t* queue, const char* name) {
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(name);
  rd_kafka_DeleteTopics(client, &topic, 1, nullptr, queue);
  rd_kafka_DeleteTopic_destroy(topic);
  rd_kafka_event_t* event = answer(queue);
  size_t count;
  need_success(event, rd_kafka_DeleteTopics_result_topics(rd_kafka_event_DeleteTopics_result(event), &count));
}
void create_topic(rd_kafka_t* client, rd_kafka_queue_t* queue, const char* name, const std::string& word, int records) {
  rd_kafka_NewTopic_t* topic = rd_kafka_NewTopic_new(name, 1, 1, nullptr, 0);
  rd_kafka_CreateTopics(client, &topic, 1, nullptr, queue);
  rd_kafka_NewTopic_destroy(topic);
  rd_kafka_event_t* event = answer(queue);
  size_t count;
  need_success(event, rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count));
  for (int i = 0; i < records; ++i) {
    const std::string value = word + " " + std::to_string(i);
    rd_kafka_producev(client, RD_KAFKA_V_TOPIC(name), RD_KAFKA_V_PARTITION(0), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                      RD_KAFKA_V_VALUE(const_cast<char*>(value.data()), value.size()), RD_KAFKA_V_END);
  }
  if (rd_kafka_flush(client, 60'000)) std::cout << "not produced" << std::endl, std::exit(3);
}
int main(int, char** argv) {
  const std::string broker = argv[1];
  const char* name = argv[2];
  rd_kafka_t* writer = rd_kafka_new(RD_KAFKA_PRODUCER, configuration({{"bootstrap.servers", broker}}), nullptr, 0);
  rd_kafka_queue_t* queue = rd_kafka_queue_new(writer);
  create_topic(writer, queue, name, "old", 10);
  rd_kafka_conf_t* settings = configuration({{"bootstrap.servers", broker}, {"group.id", name},
      {"auto.offset.reset", "earliest"}, {"enable.partition.eof", "true"}, {"fetch.error.backoff.ms", "15000"},
      {"debug", "topic"}});
  rd_kafka_conf_set_log_cb(settings, [](const rd_kafka_t*, int level, const char* about, const char* text) {
    if (level < 7) ++warnings;
    if (std::strcmp(about, "BROKERUA") == 0) unavailable = true;
    if (std::strstr(text, "changed id")) changed_id = true;
  });
  rd_kafka_t* reader = rd_kafka_new(RD_KAFKA_CONSUMER, settings, nullptr, 0);
  rd_kafka_poll_set_consumer(reader);
  rd_kafka_topic_partition_list_t* topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, name, RD_KAFKA_PARTITION_UA);
  rd_kafka_subscribe(reader, topics);
  std::string first, last;
  int records = 0, errors = 0;
  const auto read_to_the_end = [&] {
    first = last = "nothing", records = 0;
    for (const auto end = Clock::now() + std::chrono::seconds(60); Clock::now() < end;) {
      rd_kafka_message_t* message = rd_kafka_consumer_poll(reader, 100);
      if (!message) continue;
      const bool at_end = message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
      if (message->err) errors += !at_end;
      else last.assign(static_cast<const char*>(message->payload), message->len), first = records++ ? first : last;
      rd_kafka_message_destroy(message);
      if (at_end) break;
    }
    std::cout << first << " to " << last << ", ";
  };
  read_to_the_end();
  unavailable = changed_id = false;
  const auto before = Clock::now();
  remove_topic(writer, queue, name);
  create_topic(writer, queue, name, "new", 15);
  if (Clock::now() - before > std::chrono::seconds(14)) std::cout << "machine too slow" << std::endl, std::exit(3);
  read_to_the_end();
  rd_kafka_consumer_close(reader);
  std::cout << "errors " << errors << ", warnings " << warnings << ", debug: "
            << (unavailable ? "broker unavailable" : "nothing") << (changed_id ? ", id changed" : "") << std::endl;
  rd_kafka_topic_partition_list_destroy(topics);
  rd_kafka_queue_destroy(queue);
  rd_kafka_destroy(reader);
  rd_kafka_destroy(writer);
}
CPP
cat >"$scratch/both.py" <<'PY'
import os, signal, subprocess, sys
scratch, kafka = sys.argv[1:]
sys.path.insert(0, kafka)
import broker
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
os.mkdir(f"{scratch}/broker")
with broker.Broker(f"{scratch}/broker", "3.9.1") as one:
    one.start()
    for name, folder in (("debian", ""), ("newest", f"{scratch}/newest:")):
        environment = {**os.environ, "LD_LIBRARY_PATH": folder + os.environ["LD_LIBRARY_PATH"]}
        with open(f"{scratch}/{name}.seen", "w") as out:
            subprocess.run([f"{scratch}/recreate", one.address, name], env=environment, stdout=out, timeout=180)
PY
timeout -k 10 600 python3 "$scratch/both.py" "$scratch" "$kafka"
expect "librdkafka 2.0.2 reads" "$(cat "$scratch/debian.seen")" \
  "old 0 to old 9, new 10 to new 14, errors 0, warnings 0, debug: broker unavailable"
expect "librdkafka 2.16.0 reads" "$(cat "$scratch/newest.seen")" \
  "old 0 to old 9, new 10 to new 14, errors 0, warnings 0, debug: broker unavailable, id changed"
