#include "daemon/pipeline/output/output_records.hpp"

#include "config/notation/json_writer.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kGap = "gap";

std::string gap_json(const OutputGap& gap) {
  notation::JsonWriter json;
  json.begin_object().field("first", gap.first).field("last", gap.last).field("reason", gap.reason).end_object();
  return json.take();
}

}  // namespace

std::vector<ingest::OutputRecord> output_records(const ingest::KafkaOutputOptions& output,
                                                 const std::vector<storage::OutputEvent>& events) {
  std::vector<ingest::OutputRecord> records;
  for (const storage::OutputEvent& event : events) {
    const bool alert = event.type == "alert";
    const std::string& topic = alert ? output.alerts : output.documents;
    if (topic.empty()) continue;
    records.push_back({topic, event.about, event.json, event.id, alert ? "alert" : "document"});
  }
  return records;
}

std::vector<ingest::OutputRecord> gap_records(const ingest::KafkaOutputOptions& output, const OutputGap& gap) {
  std::vector<ingest::OutputRecord> records;
  for (const std::string& topic : output.topics()) {
    records.push_back({topic, std::string(kGap), gap_json(gap), gap.last, kGap});
  }
  return records;
}

ingest::OutputRecord left_out_record(const ingest::OutputRecord& record, const std::string& reason) {
  return {record.topic, record.key, gap_json({record.event, record.event, reason}), record.event, kGap};
}

}  // namespace tapewatch
