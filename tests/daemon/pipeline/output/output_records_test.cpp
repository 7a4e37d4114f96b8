#include "daemon/pipeline/output/output_records.hpp"

#include "tests/support/catch.hpp"

using namespace tapewatch;

namespace {

const std::vector<storage::OutputEvent> kEvents = {
    {4, "document", "17", R"({"id":"17","seq":40})", {}},
    {5, "alert", "al_1", R"({"id":"al_1","type":"alert.firing"})", {}},
    {6, "document", "17", R"({"id":"17","seq":42,"change":"removal"})", {}},
};

ingest::KafkaOutputOptions output(const std::string& documents, const std::string& alerts) {
  ingest::KafkaOutputOptions options;
  options.name = "desk";
  options.documents = documents;
  options.alerts = alerts;
  return options;
}

}  // namespace

TEST_CASE("a record has the id as key, the stream's JSON as value, and the event's number and type") {
  const auto records = output_records(output("docs", "alerts"), kEvents);
  REQUIRE(records.size() == 3);
  CHECK(records[0] == ingest::OutputRecord{"docs", "17", R"({"id":"17","seq":40})", 4, "document"});
  CHECK(records[1] == ingest::OutputRecord{"alerts", "al_1", R"({"id":"al_1","type":"alert.firing"})", 5, "alert"});
  CHECK(records[2].value == kEvents[2].json);
  CHECK(records[2].event == 6);
}

TEST_CASE("events without a topic give no record; both may go to one topic") {
  CHECK(output_records(output("", "alerts"), kEvents).size() == 1);
  CHECK(output_records(output("docs", ""), kEvents).size() == 2);
  for (const auto& record : output_records(output("all", "all"), kEvents)) CHECK(record.topic == "all");
}

TEST_CASE("events that are lost are told once in each topic") {
  const auto records = gap_records(output("docs", "alerts"), {7, 90, "not kept"});
  REQUIRE(records.size() == 2);
  CHECK(records[0] == ingest::OutputRecord{"docs", "gap", R"({"first":7,"last":90,"reason":"not kept"})", 90, "gap"});
  CHECK(records[1].topic == "alerts");
  CHECK(gap_records(output("all", "all"), {7, 90, ""}).size() == 1);
}

TEST_CASE("a record that is left out keeps its topic, key and number") {
  const ingest::OutputRecord large{"docs", "17", std::string(1000, 'x'), 4, "document"};
  CHECK(left_out_record(large, "too large") ==
        ingest::OutputRecord{"docs", "17", R"({"first":4,"last":4,"reason":"too large"})", 4, "gap"});
}
