#pragma once

#include <fmt/compile.h>
#include <fmt/format.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <boost/json/value.hpp>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "config/notation/plain_ascii.hpp"
#include "config/notation/rfc3339.hpp"
#include "config/notation/throwing_allocator.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch::notation {

/// Writes everything that leaves the process as JSON: RapidJSON's Writer with this project's numbers, times and bytes.
///
/// Numbers are written the way people write them (never 0E0): integers plain, floats and doubles in the shortest form
/// that reads back the same, NaN and infinities as null. Times are RFC 3339. Ill-formed UTF-8 becomes U+FFFD. The
/// caller keeps objects and arrays balanced; commas are added automatically. Single-threaded.
class JsonWriter {
 public:
  JsonWriter() = default;
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& begin_object() { return writer_.StartObject(), *this; }
  JsonWriter& end_object() { return writer_.EndObject(), *this; }
  JsonWriter& begin_array() { return writer_.StartArray(), *this; }
  JsonWriter& end_array() { return writer_.EndArray(), *this; }
  JsonWriter& key(std::string_view name) { return string(name); }
  /// A name that the program spells out: it has nothing to check or to escape.
  template <std::size_t size>
  JsonWriter& key(const char (&name)[size]) {
    return writer_.quoted({name, size - 1}), *this;
  }

  JsonWriter& value(std::string_view text) { return string(text); }
  JsonWriter& value(const std::string& text) { return string(text); }
  JsonWriter& value(const char* text) { return string(text); }
  JsonWriter& value(bool flag) { return writer_.Bool(flag), *this; }
  JsonWriter& value(double number) { return floating(number); }
  JsonWriter& value(float number) { return floating(number); }
  template <std::signed_integral Integer>
  JsonWriter& value(Integer number) {
    return writer_.Int64(number), *this;
  }
  template <std::unsigned_integral Integer>
  JsonWriter& value(Integer number) {
    return writer_.Uint64(number), *this;
  }
  JsonWriter& value(Milliseconds at) {
    const Rfc3339Text text(at);
    return writer_.quoted(text), *this;
  }
  JsonWriter& value(const boost::json::value& tree);
  template <class T>
  JsonWriter& value(const std::map<std::string, T>& members) {
    begin_object();
    for (const auto& [name, content] : members) field(name, content);
    return end_object();
  }
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  /// The number rounded to `digits` significant digits.
  JsonWriter& rounded(double number, int digits) {
    if (!std::isfinite(number)) return null();
    const double shorter = std::strtod(fmt::format("{:.{}e}", number, digits - 1).c_str(), nullptr);
    return floating(shorter == 0.0 ? 0.0 : shorter);  // never "-0"
  }
  JsonWriter& null() { return writer_.Null(), *this; }
  /// Text that is already JSON.
  JsonWriter& raw(std::string_view json) { return writer_.raw(json), *this; }

  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }
  template <std::size_t size, class T>
  JsonWriter& field(const char (&name)[size], const T& content) {
    return key(name).value(content);
  }

  /// Ends a line of NDJSON behind a finished value; the next value begins the next line.
  JsonWriter& end_line() {
    out_.Put('\n');
    writer_.Reset(out_);
    return *this;
  }

  std::string_view text() const { return {out_.GetString(), out_.GetSize()}; }
  /// Returns the text and leaves the writer empty for the next one.
  std::string take() {
    std::string written(text());
    out_.Clear();
    writer_.Reset(out_);
    return written;
  }
  /// Returns the text so far of a value that goes on.
  std::string take_part() {
    std::string written(text());
    out_.Clear();
    return written;
  }
  std::size_t size() const { return out_.GetSize(); }

 private:
  using Buffer = rapidjson::GenericStringBuffer<rapidjson::UTF8<>, ThrowingAllocator>;
  using BufferWriter = rapidjson::Writer<Buffer, rapidjson::UTF8<>, rapidjson::UTF8<>, ThrowingAllocator>;
  struct Writer : BufferWriter {
    using BufferWriter::BufferWriter;
    /// RawValue() of the whole text at once; RapidJSON's own copies byte by byte.
    void raw(std::string_view json) {
      Prefix(rapidjson::kObjectType);
      std::memcpy(os_->Push(json.size()), json.data(), json.size());
    }
    /// A string with nothing to escape.
    void quoted(std::string_view plain) {
      Prefix(rapidjson::kStringType);
      char* at = os_->Push(plain.size() + 2);
      *at = at[plain.size() + 1] = '"';
      std::memcpy(at + 1, plain.data(), plain.size());
    }
  };

  JsonWriter& string(std::string_view text) {
    if (is_plain_ascii(text)) return writer_.quoted(text), *this;
    if (is_utf8(text)) return writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size())), *this;
    const std::string repaired = repaired_utf8(text);
    return writer_.String(repaired.data(), static_cast<rapidjson::SizeType>(repaired.size())), *this;
  }
  template <class Float>
  JsonWriter& floating(Float number) {
    if (!std::isfinite(number)) return null();
    char digits[32];                                                      // the longest is "-2.2250738585072014e-308"
    const char* end = fmt::format_to(digits, FMT_COMPILE("{}"), number);  // format_to_n() goes byte by byte
    return raw({digits, static_cast<std::size_t>(end - digits)});
  }

  Buffer out_;
  Writer writer_{out_};
};

inline JsonWriter& JsonWriter::value(const boost::json::value& tree) {
  switch (tree.kind()) {
    case boost::json::kind::object:
      begin_object();
      for (const auto& [name, member] : tree.get_object()) {
        key(std::string_view(name.data(), name.size())).value(member);
      }
      return end_object();
    case boost::json::kind::array:
      begin_array();
      for (const auto& member : tree.get_array()) value(member);
      return end_array();
    case boost::json::kind::string:
      return value(std::string_view(tree.get_string().data(), tree.get_string().size()));
    case boost::json::kind::bool_:
      return value(tree.get_bool());
    case boost::json::kind::int64:
      return value(tree.get_int64());
    case boost::json::kind::uint64:
      return value(tree.get_uint64());
    case boost::json::kind::double_:
      return value(tree.get_double());
    case boost::json::kind::null:
      break;
  }
  return null();
}

/// One value on one line.
template <class T>
std::string to_json(const T& content) {
  JsonWriter json;
  json.value(content);
  return json.take();
}

}  // namespace tapewatch::notation
