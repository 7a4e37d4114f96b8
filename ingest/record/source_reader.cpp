// Tested by tests/ingest/post/post_decoder_test.cpp
#include "ingest/record/source_reader.hpp"

#include <stdexcept>

#include "ingest/document/content_hash.hpp"
#include "ingest/text/language_tag.hpp"

namespace tapewatch::ingest {
namespace {

RecordReader reader_of(const RecordSource& source, const DocumentLimits& limits) {
  try {
    auto zone = notation::TimeZone::find(source.time_zone.empty() ? "UTC" : source.time_zone);
    if (!zone) throw std::invalid_argument("time_zone = \"" + source.time_zone + "\" is not an IANA time zone");
    if (source.time_zone.empty()) zone.reset();  // read as UTC, with a warning
    return {source, {limits, read_language(source.language).tag, source.actions, zone}};
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument("source \"" + source.name + "\": " + error.what());
  }
}

}  // namespace

SourceReader::SourceReader(const RecordSource& source, const DocumentLimits& limits)
    : source_(source.name), language_(read_language(source.language).tag), reader_(reader_of(source, limits)) {}

RecordDocuments SourceReader::read(std::string_view bytes, const RecordContext& context) const {
  RecordDocuments read = reader_.read(bytes, context);
  for (auto& document : read.documents) {
    if (document) complete(*document);
  }
  return read;
}

Result<Document> SourceReader::read_tombstone(const RecordContext& context) const {
  auto removal = reader_.read_tombstone(context);
  if (removal && removal->source.empty()) removal->source = source_;
  return removal;
}

void SourceReader::complete(Document& document) const {
  if (document.source.empty()) document.source = source_;
  if (document.language.empty()) document.language = language_;
}

void complete_identity(Document& document) {
  if (document.id.empty() && document.action != Action::remove) document.id = content_identity(document);
}

void complete_times(Document& document, std::optional<TimePoint> carried, TimePoint received_at) {
  document.received_at = received_at;
  if (document.published_from == PublishedFrom::received) {
    document.published_at = carried.value_or(received_at);
    document.published_from = carried ? PublishedFrom::record : PublishedFrom::received;
  } else {
    place_in_day(document, carried.value_or(received_at));
  }
}

}  // namespace tapewatch::ingest
