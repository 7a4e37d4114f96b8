#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// The longest wire word that a folded text begins with ("update", "breaking news"); "" for none.
std::string_view wire_prefix(std::string_view folded);
/// A word of publishers' names ("times", "reuters").
bool is_publisher_word(std::string_view folded);
/// What an attribution ends in ("sources", "filing").
bool is_attribution_word(std::string_view folded);
/// What form letters begin with, so that the company stands at their end ("notice", "transaction").
bool is_form_letter_word(std::string_view folded);
/// What is said in brackets about the item itself ("video", "updated").
bool is_note_word(std::string_view folded);
/// Whether a folded title is one that comes again each day ("stocks to watch today", "press digest").
bool is_recurring(std::string_view folded);

/// What a word of a headline means for telling stories apart.
struct HeadlineWord {
  enum class Kind : std::uint8_t {
    stop,      ///< says nothing: an article, "says"
    sign,      ///< one side of a pair of opposites; two headlines on different sides tell different things
    negation,  ///< "not"
    unit,      ///< of the number beside it: scale, ratio, currency or measure
    span,      ///< a unit of time, which makes a period of the number before it: "10-year"
    number,    ///< a number in letters
    ordinal,   ///< of a quarter or a half, where one follows
    month,
    weekday,
    synonym  ///< stands for another word
  };
  Kind kind = Kind::stop;
  std::uint8_t group = 0;  ///< the pair of opposites, or the kind of unit
  std::uint8_t value = 0;  ///< the side, the unit, the number; 1 of a stop word that names have too
  std::string_view word;   ///< of a synonym: what it stands for
};

/// By stem(); nothing for a word without a meaning of its own.
std::optional<HeadlineWord> headline_word(std::string_view stem);

/// English plurals, third persons, past tenses and gerunds without their endings: "raises", "raised", "raising" are
/// "rais". A light stemmer: derivations stay apart.
std::string stem(std::string_view folded);

}  // namespace tapewatch::ingest
