// Tested by tests/ingest/record/record_mapping_test.cpp
#include "ingest/record/decode_step.hpp"

#include <zlib.h>

#include <array>
#include <stdexcept>

#include "config/notation/base64.hpp"
#include "config/notation/utf8.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/record/decode_step_options.hpp"
#include "ingest/record/xml_value.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

Rejection failed(std::string_view step, std::string_view why) {
  return {"", "decode " + std::string(step) + ": " + std::string(why)};
}

/// The usual and the URL-safe alphabet, with or without line breaks.
Result<Bytes> from_base64(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  for (const char c : text) {
    if (c == '-') {
      plain += '+';
    } else if (c == '_') {
      plain += '/';
    } else if (c != '\n' && c != '\r' && c != ' ') {
      plain += c;
    }
  }
  const auto bytes = notation::base64_bytes(plain);
  if (!bytes) return failed("base64", "not base64");
  return Bytes{std::string(bytes->begin(), bytes->end())};
}

class Inflation {
 public:
  Inflation() { ready_ = inflateInit2(&stream_, 15 + 32) == Z_OK; }  // largest window; gzip or zlib, as the head says
  ~Inflation() {
    if (ready_) inflateEnd(&stream_);
  }
  Inflation(const Inflation&) = delete;
  Inflation& operator=(const Inflation&) = delete;

  z_stream& stream() { return stream_; }
  bool ready() const { return ready_; }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

std::vector<std::string> decode_steps(std::string_view text) {
  std::vector<std::string> steps = split_decode_steps(text);
  for (const std::string& step : steps) {
    if (!is_decode_step(step)) {
      throw std::invalid_argument("decode: \"" + step + "\" is not one of base64 gzip json xml");
    }
  }
  return steps;
}

bool is_gzip(std::string_view bytes) { return bytes.starts_with("\x1F\x8B\x08"); }

Result<Bytes> inflated(std::string_view bytes, std::size_t max_bytes) {
  Inflation inflation;
  if (!inflation.ready()) return failed("gzip", "no memory");
  z_stream& stream = inflation.stream();
  stream.next_in = reinterpret_cast<z_const Bytef*>(const_cast<char*>(bytes.data()));  // NOLINT: zlib only reads it
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  std::array<char, 16 * 1024> chunk{};
  while (true) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    const int result = inflate(&stream, Z_NO_FLUSH);
    const std::size_t made = chunk.size() - stream.avail_out;
    if (out.size() + made > max_bytes) {
      return failed("gzip", "more than " + std::to_string(max_bytes) + " bytes when inflated");
    }
    out.append(chunk.data(), made);
    if (result == Z_STREAM_END) {
      const bool more =
          stream.avail_in > 0 && is_gzip({reinterpret_cast<const char*>(stream.next_in), stream.avail_in});
      if (!more || inflateReset(&stream) != Z_OK) return Bytes{std::move(out)};
    } else if (result != Z_OK || (made == 0 && stream.avail_in == 0)) {
      return failed("gzip", stream.avail_in == 0 ? "the data ends too early" : "damaged data");
    }
  }
}

Result<Bytes> decoded_bytes(std::string_view bytes, const std::vector<std::string>& steps,
                            const DocumentLimits& limits) {
  Bytes current{std::string(bytes)};
  for (const std::string& step : steps) {
    if (step != "base64" && step != "gzip") continue;
    auto next = step == "base64" ? from_base64(current.content) : inflated(current.content, limits.max_decoded_bytes);
    if (!next) return next;
    current = std::move(*next);
  }
  return current;
}

Result<json::value> decoded_value(std::string_view text, const std::vector<std::string>& steps,
                                  const DocumentLimits& limits) {
  auto bytes = decoded_bytes(text, steps, limits);
  if (!bytes) return bytes.error();
  if (steps.empty() || (steps.back() != "json" && steps.back() != "xml")) {
    return json::value(json::string(notation::repaired_utf8(bytes->content)));
  }
  if (steps.back() == "xml") return xml_value("<content>" + bytes->content + "</content>");
  std::vector<FieldWarning> ignored;
  auto value = parse_json_text(bytes->content, limits.max_json_depth, ignored);
  if (!value) return failed("json", value.error().reason);
  return value;
}

}  // namespace tapewatch::ingest
