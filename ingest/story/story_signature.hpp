#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tapewatch::ingest {

/// What of a title decides which story it tells, in at most 64 bytes: its words in order, 16 bits each.
///
/// A word is two bits of class and 14 of payload. Words and names carry a hash of their stem; a number one of its
/// digits; a term what it means: a group (which pair of opposites, which kind of unit or date) and a value in it.
/// 14 bits: two different words of one pair of titles are taken for the same in some 0.5 % of pairs of ten words.
struct StorySignature {
  enum class Class : std::uint8_t { word, name, number, term };
  /// Groups of terms. Two titles that both have terms of a group, but none in common, tell different things.
  enum Group : std::uint8_t {
    opposites = 0,
    negation = 31,
    units = 32,
    year = 40,
    month,
    weekday,
    quarter,
    half,
    day,
    period
  };
  enum Flag : std::uint8_t {
    correction = 1,  ///< the wire calls it one
    recurring = 2,   ///< the title of a column that comes again
    caseless = 4,    ///< capitals do not tell which words are names
    passive = 8      ///< "by" turns who does it to whom
  };
  static constexpr std::size_t kMostWords = 30;

  std::array<std::uint16_t, kMostWords> words{};
  std::uint8_t count = 0;
  std::uint8_t flags = 0;

  static constexpr std::uint16_t pack(Class kind, std::uint32_t payload) {
    return static_cast<std::uint16_t>(static_cast<std::uint32_t>(kind) << 14 | (payload & 0x3fff));
  }
  static constexpr std::uint16_t pack_term(std::uint8_t group, std::uint8_t value) {
    return pack(Class::term, static_cast<std::uint32_t>(group) << 8 | value);
  }
  static constexpr Class class_of(std::uint16_t word) { return static_cast<Class>(word >> 14); }
  static constexpr std::uint16_t payload_of(std::uint16_t word) { return word & 0x3fff; }
  static constexpr std::uint8_t group_of(std::uint16_t term) { return payload_of(term) >> 8; }

  std::span<const std::uint16_t> all() const { return {words.data(), count}; }
  bool has(Flag flag) const { return (flags & flag) != 0; }

  friend bool operator==(const StorySignature&, const StorySignature&) = default;
};
static_assert(sizeof(StorySignature) <= 64);

/// Linear in the title; the same on every machine. A title without words has none.
StorySignature story_signature(std::string_view title);

/// As stored: a version, the flags, then the words, little-endian: at most 62 bytes.
std::vector<std::byte> to_bytes(const StorySignature& signature);
/// Nothing for bytes that no version wrote, none at all among them.
std::optional<StorySignature> signature_from_bytes(std::span<const std::byte> bytes);

}  // namespace tapewatch::ingest
