#pragma once

#include <librdkafka/rdkafka.h>

#include <string>

#include "ingest/kafka/rdkafka_handles.hpp"

namespace tapewatch::ingest {

/// A topic of four partitions that exists as long as this object; records go to its partitions in turn. Errors are
/// std::runtime_error and name the brokers. For measurements; one thread.
class ScratchTopic {
 public:
  ScratchTopic(const std::string& brokers, std::string name);
  ~ScratchTopic();
  ScratchTopic(const ScratchTopic&) = delete;
  ScratchTopic& operator=(const ScratchTopic&) = delete;

  const std::string& name() const { return name_; }
  /// Waits where the producer's own queue is full.
  void produce(const std::string& record);
  /// Until all of them are in the topic.
  void flush();

 private:
  /// Makes or deletes the topic.
  std::string administer(bool create);

  const std::string brokers_, name_;
  RdKafkaHandle producer_;
  int next_ = 0;
};

}  // namespace tapewatch::ingest
