// Tested by tests/ingest/record/record_reader_test.cpp
#include "ingest/record/record_bytes.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "config/notation/utf8.hpp"
#include "ingest/feed/parse/feed_warning.hpp"
#include "ingest/record/decode_step.hpp"
#include "ingest/record/message_pack.hpp"
#include "ingest/text/charset.hpp"

namespace tapewatch::ingest {
namespace {

bool opens_text(char c) { return c == '{' || c == '[' || c == '<' || c == '"'; }

/// A zero byte and a schema's number, big-endian; UTF-16 and UTF-32 begin with zero bytes too, before a bracket.
bool is_registry_frame(std::string_view bytes) {
  constexpr std::size_t kFrame = 5;
  if (bytes.size() <= kFrame || bytes.front() != '\0') return false;
  const bool utf32 = bytes.starts_with(std::string_view("\0\0\0", 3)) && opens_text(bytes[3]) && bytes[4] == '\0';
  const bool utf16 = opens_text(bytes[1]) && bytes[2] == '\0';
  return !utf16 && !utf32;
}

std::uint32_t schema_of(std::string_view bytes) {
  std::uint32_t schema = 0;
  for (const char c : bytes.substr(1, 4)) schema = schema << 8 | static_cast<unsigned char>(c);
  return schema;
}

/// Eight bytes at a time: most records are nothing else.
bool is_ascii(std::string_view bytes) {
  constexpr std::uint64_t kHighBits = 0x8080808080808080;
  std::uint64_t eight = 0;
  for (; bytes.size() >= sizeof eight; bytes.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, bytes.data(), sizeof eight);
    if ((eight & kHighBits) != 0) return false;
  }
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// A CBOR map whose first key is a text, or CBOR's own mark.
bool is_cbor(std::string_view bytes) {
  if (bytes.size() < 2) return false;
  const auto first = static_cast<unsigned char>(bytes[0]), key = static_cast<unsigned char>(bytes[1]);
  const bool map = (first > 0xA0 && first < 0xB8) || first == 0xBF, text_follows = key > 0x60 && key < 0x78;
  const bool looks_like_it = bytes.starts_with("\xD9\xD9\xF7") || (map && text_follows);
  return looks_like_it && !notation::is_utf8(bytes);
}

/// What a format that is not read is called; empty for others.
std::string_view unread_format(std::string_view bytes) {
  if (bytes.starts_with("Obj\x01")) return "an Avro file";
  if (bytes.starts_with("PAR1")) return "a Parquet file";
  if (bytes.starts_with("\xD4\x72")) return "msgpackr's own records (set useRecords to false there)";
  return is_cbor(bytes) ? "CBOR" : "";
}

}  // namespace

Result<Bytes> record_text(std::string_view bytes, std::string_view charset, const DocumentLimits& limits,
                          std::vector<FieldWarning>& warnings, RecordFormat format) {
  constexpr std::string_view kMark = "\xEF\xBB\xBF";
  constexpr std::size_t kFrame = 5;
  std::string inflated_bytes;
  if (format != RecordFormat::msgpack && is_registry_frame(bytes)) {
    if (!opens_text(bytes[kFrame])) {
      return Rejection{"", "Avro or Protobuf with schema " + std::to_string(schema_of(bytes)) +
                               " of a registry: not in this version, send JSON"};
    }
    bytes.remove_prefix(kFrame);
  }
  // Plain text in an old charset may begin with any bytes.
  const bool may_be_binary = format == RecordFormat::json;
  if (const auto unread = may_be_binary ? unread_format(bytes) : std::string_view(); !unread.empty()) {
    return Rejection{"", std::string(unread) + ": not in this version, send JSON"};
  }
  if (is_gzip(bytes)) {
    auto content = inflated(bytes, limits.max_decoded_bytes);
    if (!content) return content.error();
    inflated_bytes = std::move(content->content);
    bytes = inflated_bytes;
  }
  if (format == RecordFormat::msgpack || (may_be_binary && is_message_pack(bytes))) {
    return json_of_message_pack(bytes, limits, warnings);
  }
  const bool wide = bytes.find('\0') < bytes.find_last_not_of('\0');
  if (!wide && (is_ascii(bytes) || notation::is_utf8(bytes))) {
    return Bytes{std::string(bytes.starts_with(kMark) ? bytes.substr(kMark.size()) : bytes)};
  }
  FeedWarnings ignored;
  DecodedText decoded = decode_text(bytes, charset, ignored);
  const bool announced = bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF");
  if (!announced) {
    warnings.push_back(
        {"", decoded.charset == "utf-8" ? "broken UTF-8, replaced" : "not UTF-8: read as " + decoded.charset});
  }
  return Bytes{std::move(decoded.text)};
}

}  // namespace tapewatch::ingest
