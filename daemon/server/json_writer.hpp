#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace tapewatch {

/// Appends JSON to a string it owns. Numbers as people write them (never 0E0): integers plain, floats and doubles in
/// the shortest form that reads back the same, NaN and infinities as null. Invalid UTF-8 becomes U+FFFD. The caller
/// keeps objects and arrays balanced; commas come by themselves.
class JsonWriter {
 public:
  JsonWriter& begin_object();
  JsonWriter& end_object();
  JsonWriter& begin_array();
  JsonWriter& end_array();
  JsonWriter& key(std::string_view name);

  JsonWriter& value(std::string_view text);
  JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  JsonWriter& value(bool flag);
  JsonWriter& value(double number);
  JsonWriter& value(float number);
  template <class Integer>
  requires std::is_integral_v<Integer> &&(!std::is_same_v<Integer, bool>)JsonWriter& value(Integer number) {
    return raw(std::to_string(number));
  }
  JsonWriter& value(std::chrono::sys_time<std::chrono::milliseconds> at);
  template <class T>
  JsonWriter& value(const std::optional<T>& maybe) {
    return maybe ? value(*maybe) : null();
  }
  JsonWriter& null();
  /// Text that is JSON already.
  JsonWriter& raw(std::string_view json);

  template <class T>
  JsonWriter& field(std::string_view name, const T& content) {
    return key(name).value(content);
  }

  const std::string& text() const { return out_; }
  std::string take() { return std::move(out_); }
  std::size_t size() const { return out_.size(); }

 private:
  void comma();
  std::string out_;
  bool first_ = true;  // of the innermost object or array, or right after a key
};

/// RFC 3339, UTC, milliseconds: 2026-11-22T10:00:00.000Z.
std::string format_time(std::chrono::sys_time<std::chrono::milliseconds> at);

}  // namespace tapewatch
