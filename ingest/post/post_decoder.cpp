#include "ingest/post/post_decoder.hpp"

#include <algorithm>
#include <utility>

#include "config/notation/ascii.hpp"
#include "config/notation/url.hpp"
#include "ingest/record/preset_options.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::string_view kHeaderPlace = "@header:";
constexpr std::string_view kCloudEvents = "ce-";

std::vector<std::string> named_headers(const PostOptions& options) {
  std::vector<std::string> named = {"content-type"};
  const RecordShape shape = with_preset(options);
  for (const auto& [name, member] : kRecordFieldMembers) {
    for (const std::string& place : (shape.fields.*member).value_or(FieldPlaces{})) {
      if (place.starts_with(kHeaderPlace)) named.push_back(notation::ascii_lower(place.substr(kHeaderPlace.size())));
    }
  }
  const auto credential = [&](const std::string& name) {
    return name == "authorization" || name == "proxy-authorization" || name == "cookie" ||
           name == notation::ascii_lower(options.token_header);
  };
  std::erase_if(named, credential);
  return named;
}

}  // namespace

PostDecoder::PostDecoder(const PostOptions& options, const DocumentLimits& limits)
    : reader_(options, limits), named_(named_headers(options)) {}

std::vector<RecordHeader> PostDecoder::headers(std::span<const RecordHeader> all) const {
  std::vector<RecordHeader> kept;
  for (const RecordHeader& header : all) {
    const std::string name = notation::ascii_lower(header.name);
    const bool event = name.starts_with(kCloudEvents);
    if (!event && std::find(named_.begin(), named_.end(), name) == named_.end()) continue;
    RecordHeader& one = kept.emplace_back(RecordHeader{name, header.value});
    // HTTP Protocol Binding for CloudEvents 1.0.2, section 3.1.3.2
    auto decoded = event && one.value ? notation::percent_decode(*one.value, notation::PlusIs::plus)
                                      : std::optional<std::string>();
    if (decoded) one.value = std::move(*decoded);
  }
  return kept;
}

std::vector<Result<Document>> PostDecoder::decode(std::string_view body, std::span<const RecordHeader> headers,
                                                  std::string_view charset, TimePoint received_at) const {
  RecordContext context{{}, headers, received_at};
  context.charset = charset;
  context.any_case = true;
  RecordDocuments read = reader_.read(body, context);
  for (auto& document : read.documents) {
    if (!document) continue;
    complete_identity(*document);
    complete_times(*document, std::nullopt, received_at);
  }
  return std::move(read.documents);
}

}  // namespace tapewatch::ingest
