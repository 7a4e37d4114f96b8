// Tested by tests/ingest/record/record_reader_test.cpp
#include "ingest/record/message_pack.hpp"

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "config/notation/base64.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch::ingest {
namespace {

using Tree = nlohmann::json;

std::uint64_t big_endian(const std::uint8_t* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[i];
  return value;
}

/// The three forms of the specification's timestamp: 32 bits of seconds; 30 of nanoseconds and 34 of seconds; 32
/// and 64.
std::optional<notation::Milliseconds> timestamp(const Tree::binary_t& data) {
  constexpr std::uint64_t kSeconds34 = (std::uint64_t{1} << 34) - 1;
  constexpr std::int64_t kFarthest = 100'000'000'000;  // seconds, the year 5138
  std::int64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
  if (data.size() == 4) {
    seconds = static_cast<std::int64_t>(big_endian(data.data(), 4));
  } else if (data.size() == 8) {
    const std::uint64_t both = big_endian(data.data(), 8);
    seconds = static_cast<std::int64_t>(both & kSeconds34);
    nanoseconds = both >> 34;
  } else if (data.size() == 12) {
    nanoseconds = big_endian(data.data(), 4);
    seconds = static_cast<std::int64_t>(big_endian(data.data() + 4, 8));
  } else {
    return std::nullopt;
  }
  if (seconds < -kFarthest || seconds > kFarthest) return std::nullopt;
  return notation::Milliseconds(
      std::chrono::milliseconds(seconds * 1000 + static_cast<std::int64_t>(nanoseconds / 1'000'000)));
}

/// Writes what the parser meets. The parser goes deeper by calling itself: it stops where a handler returns false.
class JsonHandler : public nlohmann::json_sax<Tree> {
 public:
  explicit JsonHandler(const DocumentLimits& limits) : limits_(limits) {}

  bool null() override { return writer_.null(), fits(); }
  bool boolean(bool value) override { return writer_.value(value), fits(); }
  bool number_integer(std::int64_t value) override { return writer_.value(value), fits(); }
  bool number_unsigned(std::uint64_t value) override { return writer_.value(value), fits(); }
  bool number_float(double value, const std::string&) override { return writer_.value(value), fits(); }
  bool string(std::string& text) override {
    repaired_ |= !notation::is_utf8(text);
    return writer_.value(text), fits();
  }
  bool binary(Tree::binary_t& data) override {
    constexpr Tree::binary_t::subtype_type kTimestamp = 0xFF;  // type -1
    const auto at = data.has_subtype() && data.subtype() == kTimestamp ? timestamp(data) : std::nullopt;
    if (at) {
      writer_.value(*at);
    } else {
      writer_.value(notation::base64(std::span<const unsigned char>(data.data(), data.size())));
    }
    return fits();
  }
  bool start_object(std::size_t) override { return writer_.begin_object(), deeper(); }
  bool key(std::string& name) override { return writer_.key(name), fits(); }
  bool end_object() override { return --depth_, writer_.end_object(), fits(); }
  bool start_array(std::size_t) override { return writer_.begin_array(), deeper(); }
  bool end_array() override { return --depth_, writer_.end_array(), fits(); }
  bool parse_error(std::size_t position, const std::string&, const Tree::exception&) override {
    why_ = "damaged at byte " + std::to_string(position);
    return false;
  }

  std::string take() { return writer_.take(); }
  const std::string& why() const { return why_; }
  /// A text was not UTF-8: what could not be read in it is U+FFFD.
  bool repaired() const { return repaired_; }

 private:
  bool deeper() {
    if (++depth_ <= limits_.max_json_depth) return fits();
    why_ = "nested deeper than " + std::to_string(limits_.max_json_depth) + " levels";
    return false;
  }
  bool fits() {
    if (writer_.size() <= limits_.max_decoded_bytes) return true;
    why_ = "longer than " + std::to_string(limits_.max_decoded_bytes) + " bytes as JSON";
    return false;
  }

  const DocumentLimits& limits_;
  notation::JsonWriter writer_;
  std::size_t depth_ = 0;
  bool repaired_ = false;
  std::string why_;
};

}  // namespace

bool is_message_pack(std::string_view bytes) {
  const auto at = [bytes](std::size_t place) {
    return place < bytes.size() ? static_cast<unsigned char>(bytes[place]) : 0;
  };
  const auto is_text = [](unsigned char c) { return (c > 0xA0 && c < 0xC0) || c == 0xD9 || c == 0xDA; };
  const auto is_map = [&](std::size_t place) {
    const unsigned char c = at(place);
    return (c > 0x80 && c < 0x90 && is_text(at(place + 1))) || (c == 0xDE && is_text(at(place + 3))) ||
           (c == 0xDF && is_text(at(place + 5)));
  };
  const unsigned char first = at(0);
  const bool looks_like_it = is_map(0) || (first > 0x90 && first < 0xA0 && is_map(1)) || (first == 0xDC && is_map(3)) ||
                             (first == 0xDD && is_map(5));
  return looks_like_it && !notation::is_utf8(bytes);
}

Result<Bytes> json_of_message_pack(std::string_view bytes, const DocumentLimits& limits,
                                   std::vector<FieldWarning>& warnings) {
  JsonHandler handler(limits);
  if (!Tree::sax_parse(bytes.begin(), bytes.end(), &handler, Tree::input_format_t::msgpack)) {
    return Rejection{"", "MessagePack: " + handler.why()};
  }
  if (handler.repaired()) warnings.push_back({"", "broken UTF-8, replaced"});
  return Bytes{handler.take()};
}

}  // namespace tapewatch::ingest
