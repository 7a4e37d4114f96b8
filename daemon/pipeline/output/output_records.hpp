#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ingest/kafka/kafka_output.hpp"
#include "ingest/kafka/output_options.hpp"
#include "storage/output/output_log.hpp"

namespace tapewatch {

/// What an output makes of events: a record each, with the id of the document or alert as key and the JSON of
/// /v1/stream as value. Events of a kind without a topic give none.
std::vector<ingest::OutputRecord> output_records(const ingest::KafkaOutputOptions& output,
                                                 const std::vector<storage::OutputEvent>& events);

/// Events that no record tells of, the last one included.
struct OutputGap {
  std::int64_t first = 0, last = 0;
  std::string reason;
};

/// In place of events that are lost: a record of the type `gap` and the key "gap" in each topic.
std::vector<ingest::OutputRecord> gap_records(const ingest::KafkaOutputOptions& output, const OutputGap& gap);
/// In place of a record that its topic does not take: with its topic, key and number.
ingest::OutputRecord left_out_record(const ingest::OutputRecord& record, const std::string& reason);

}  // namespace tapewatch
