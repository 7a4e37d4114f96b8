#include "storage/document/page_cursor.hpp"

#include <array>

namespace tapewatch::storage {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t cursor_bytes = 24;  // key, id, fingerprint, check: 4 base64 digits for every 3 bytes, no padding

using Bytes = std::array<unsigned char, cursor_bytes>;

void put(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<unsigned char>(value >> (8 * i));
}

std::uint64_t get(const Bytes& bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}

std::uint32_t check_of(const Bytes& bytes) {
  return Fingerprint().add(std::string_view(reinterpret_cast<const char*>(bytes.data()), cursor_bytes - 4)).value();
}

}  // namespace

std::string encode_cursor(const PageCursor& cursor) {
  Bytes bytes{};
  put(bytes, 0, static_cast<std::uint64_t>(cursor.key), 8);
  put(bytes, 8, static_cast<std::uint64_t>(cursor.id), 8);
  put(bytes, 16, cursor.fingerprint, 4);
  put(bytes, 20, check_of(bytes), 4);
  std::string text;
  for (std::size_t i = 0; i < cursor_bytes; i += 3) {
    const unsigned word = bytes[i] << 16 | bytes[i + 1] << 8 | bytes[i + 2];
    for (int shift = 18; shift >= 0; shift -= 6) text += alphabet[word >> shift & 63];
  }
  return text;
}

std::optional<PageCursor> decode_cursor(std::string_view text, std::uint32_t fingerprint) {
  if (text.size() != cursor_bytes / 3 * 4) return std::nullopt;
  Bytes bytes{};
  for (std::size_t i = 0; i < text.size(); i += 4) {
    unsigned word = 0;
    for (std::size_t j = 0; j < 4; ++j) {
      const auto digit = alphabet.find(text[i + j]);
      if (digit == std::string_view::npos) return std::nullopt;
      word = word << 6 | static_cast<unsigned>(digit);
    }
    for (std::size_t j = 0; j < 3; ++j) bytes[i / 4 * 3 + j] = static_cast<unsigned char>(word >> (16 - 8 * j));
  }
  const PageCursor cursor{static_cast<std::int64_t>(get(bytes, 0, 8)), static_cast<std::int64_t>(get(bytes, 8, 8)),
                          static_cast<std::uint32_t>(get(bytes, 16, 4))};
  if (get(bytes, 20, 4) != check_of(bytes) || cursor.fingerprint != fingerprint) return std::nullopt;
  return cursor;
}

Fingerprint& Fingerprint::add(std::string_view part) {
  const auto mix = [&](unsigned char byte) { hash_ = (hash_ ^ byte) * 16777619u; };
  for (const char byte : part) mix(static_cast<unsigned char>(byte));
  mix(0xff);  // never in UTF-8: "a" + "bc" differs from "ab" + "c"
  return *this;
}

Fingerprint& Fingerprint::add(std::int64_t part) { return add(std::to_string(part)); }

}  // namespace tapewatch::storage
