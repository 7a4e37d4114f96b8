#include "storage/document/page_cursor.hpp"

#include <algorithm>
#include <array>

#include "config/notation/base64.hpp"

namespace tapewatch::storage {

namespace {

constexpr std::size_t kCursorBytes = 24;  // key, id, fingerprint, check

using Bytes = std::array<unsigned char, kCursorBytes>;

void put(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<unsigned char>(value >> (8 * i));
}

std::uint64_t get(const Bytes& bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value |= static_cast<std::uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}

std::uint32_t check_of(const Bytes& bytes) {
  return Fingerprint().add(std::string_view(reinterpret_cast<const char*>(bytes.data()), kCursorBytes - 4)).value();
}

}  // namespace

std::string encode_cursor(const PageCursor& cursor) {
  Bytes bytes{};
  put(bytes, 0, static_cast<std::uint64_t>(cursor.key), 8);
  put(bytes, 8, static_cast<std::uint64_t>(cursor.id), 8);
  put(bytes, 16, cursor.fingerprint, 4);
  put(bytes, 20, check_of(bytes), 4);
  return notation::base64url(bytes);
}

std::optional<PageCursor> decode_cursor(std::string_view text, std::uint32_t fingerprint) {
  const auto decoded = notation::base64url_bytes(text);
  if (!decoded || decoded->size() != kCursorBytes) return std::nullopt;
  Bytes bytes{};
  std::copy(decoded->begin(), decoded->end(), bytes.begin());
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
