#pragma once
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>

#include "alerts/detector/trend_detector.hpp"

namespace tapewatch::alerts {

/// Of the parts' format. A state of an earlier one is not converted: its rule learns anew from the stored history.
inline constexpr std::uint8_t kBlobVersion = 4;

/// Writes a part of the detector's state: little-endian, doubles bit by bit so that nothing is rounded on the way.
class BlobWriter {
 public:
  BlobWriter() { u8(kBlobVersion); }
  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u32(std::uint32_t v) { fixed(v, 4); }
  void u64(std::uint64_t v) { fixed(v, 8); }
  void i64(std::int64_t v) { u64(std::bit_cast<std::uint64_t>(v)); }
  void f64(double v) { u64(std::bit_cast<std::uint64_t>(v)); }
  void f32(float v) { u32(std::bit_cast<std::uint32_t>(v)); }
  void text(std::string_view v) {
    u32(static_cast<std::uint32_t>(v.size()));
    out_.append(v);
  }
  void map(const std::map<std::string, std::string>& map) {
    u32(static_cast<std::uint32_t>(map.size()));
    for (const auto& [name, value] : map) {
      text(name);
      text(value);
    }
  }
  std::string take() { return std::move(out_); }

 private:
  void fixed(std::uint64_t v, int bytes) {
    for (int i = 0; i < bytes; ++i) out_.push_back(static_cast<char>((v >> (8 * i)) & 0xff));
  }
  std::string out_;
};

/// Reads it back. Throws DetectorStateError past the end or on another version.
class BlobReader {
 public:
  explicit BlobReader(std::string_view in) : BlobReader(in, kBlobVersion) {}
  /// Reads what this version or an earlier one wrote, down to `least`.
  BlobReader(std::string_view in, std::uint8_t least) : in_(in), version_(u8()) {
    if (version_ < least || version_ > kBlobVersion) {
      throw DetectorStateError("detector state: written by another version");
    }
  }
  std::uint8_t version() const { return version_; }
  std::uint8_t u8() { return static_cast<std::uint8_t>(fixed(1)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(fixed(4)); }
  std::uint64_t u64() { return fixed(8); }
  std::int64_t i64() { return std::bit_cast<std::int64_t>(u64()); }
  double f64() { return std::bit_cast<double>(u64()); }
  float f32() { return std::bit_cast<float>(u32()); }
  std::string text() {
    const std::size_t size = u32();
    need(size);
    std::string v(in_.substr(at_, size));
    at_ += size;
    return v;
  }
  /// A count of things of at least `bytes` each: refused when the rest cannot hold them, before memory is taken.
  std::size_t count(std::size_t bytes) {
    const std::size_t n = u32();
    if (n > (in_.size() - at_) / bytes) throw DetectorStateError("detector state: a part is damaged");
    return n;
  }
  std::map<std::string, std::string> map() {
    std::map<std::string, std::string> map;
    const std::size_t size = count(8);
    for (std::size_t i = 0; i < size; ++i) {
      std::string name = text();
      map[std::move(name)] = text();
    }
    return map;
  }
  void finish() const {
    if (at_ != in_.size()) throw DetectorStateError("detector state: a part is longer than it should be");
  }

 private:
  void need(std::size_t bytes) const {
    if (in_.size() - at_ < bytes) throw DetectorStateError("detector state: a part is cut short");
  }
  std::uint64_t fixed(std::size_t bytes) {
    need(bytes);
    std::uint64_t v = 0;
    for (std::size_t i = 0; i < bytes; ++i) {
      v |= static_cast<std::uint64_t>(static_cast<unsigned char>(in_[at_ + i])) << (8 * i);
    }
    at_ += bytes;
    return v;
  }
  std::string_view in_;
  std::size_t at_ = 0;
  std::uint8_t version_ = 0;
};

}  // namespace tapewatch::alerts
