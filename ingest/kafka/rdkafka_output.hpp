#pragma once
#include <string>
#include <vector>

#include "ingest/kafka/kafka_output.hpp"
#include "ingest/kafka/kafka_properties.hpp"
#include "ingest/kafka/output_options.hpp"
#include "ingest/kafka/rdkafka_handles.hpp"

namespace tapewatch::ingest {

/// KafkaOutput by librdkafka: one transactional producer. The position is an offset of partition 0 of the first topic,
/// in the group that is called like the transactional id: number and writing time of the last event. So it is exact
/// whatever becomes of the records: retention and compaction of the topic do not touch it.
class RdKafkaOutput final : public KafkaOutput {
 public:
  /// Throws KafkaError for a configuration that librdkafka refuses. Needs no broker.
  RdKafkaOutput(KafkaOutputOptions options, StopAsked stop);
  ~RdKafkaOutput() override;
  RdKafkaOutput(const RdKafkaOutput&) = delete;
  RdKafkaOutput& operator=(const RdKafkaOutput&) = delete;

  OutputResult open() override;
  OutputResult committed(std::optional<CommittedEvent>& found) override;
  OutputResult publish(const std::vector<OutputRecord>& records, const CommittedEvent& last) override;
  void idle() override;

 private:
  static void on_receipt(rd_kafka_t* handle, const rd_kafka_message_t* message, void* self);
  static void on_error(rd_kafka_t* handle, int code, const char* reason, void* self);

  OutputResult try_open();
  OutputResult find_topics();
  rd_kafka_resp_err_t send(const OutputRecord& record);
  rd_kafka_resp_err_t send_all(const std::vector<OutputRecord>& records);
  OutputResult end_with(const CommittedEvent& last);
  OutputResult abort(OutputResult::Kind kind, const std::string& why);
  OutputResult failed(rd_kafka_error_t* error);
  template <class Call>
  RdKafkaError repeat(const Call& call);
  std::string words(const char* text) const;
  int step() const { return static_cast<int>(options_.step.count()); }

  const KafkaOutputOptions options_;
  const StopAsked stop_;
  const SecretFilter without_secrets_;
  bool initialised_ = false;
  std::size_t in_flight_ = 0;
  rd_kafka_resp_err_t refused_ = RD_KAFKA_RESP_ERR_NO_ERROR;  // the first record of the transaction that failed
  std::string heard_;                                         // what connections said last
  RdKafkaHandle handle_;
};

}  // namespace tapewatch::ingest
