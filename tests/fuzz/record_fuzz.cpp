// A Kafka record, from its bytes to a normalised document, in each format.
#include "config/notation/utf8.hpp"
#include "ingest/kafka/record_decoder.hpp"
#include "ingest/story/story_key.hpp"
#include "ingest/text/normalise.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ingest::TimePoint now{std::chrono::milliseconds(1'772'000'000'000)};
  for (const auto& [name, format] : ingest::kRecordFormats) {
    ingest::KafkaOptions options;
    options.name = "wire";
    options.format = format;
    ingest::Record record;
    record.payload = fuzz::text(data, size);
    record.key = "key";
    record.topic = "news";
    for (auto& document : ingest::RecordDecoder(options, ingest::DocumentLimits{}).decode(record, now)) {
      if (document) document = ingest::normalise(std::move(*document), ingest::DocumentLimits{});
      if (!document) continue;
      fuzz::require(document->published_at <= now, "nothing is published in the future");
      if (document->action == ingest::Action::remove) continue;  // it names a document and has no text
      fuzz::require(!document->title.empty(), "a document has a title");
      fuzz::require(notation::is_utf8(document->title + document->body), "texts are UTF-8");
    }
  }
  return 0;
}
