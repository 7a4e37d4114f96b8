#include "storage/text/search_words.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/uniset.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace tapewatch::storage {

namespace {

/// Of every byte: 0 where it separates words, 1 where it is part of a letter beyond ASCII, else the letter in lower
/// case.
constexpr std::array<char, 256> kByteTable = [] {
  std::array<char, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = static_cast<char>(c);
  for (int c = 'a'; c <= 'z'; ++c) {
    table[static_cast<std::size_t>(c)] = table[static_cast<std::size_t>(c - 0x20)] = static_cast<char>(c);
  }
  for (std::size_t c = 0x80; c < table.size(); ++c) table[c] = 1;
  return table;
}();
constexpr char kBeyondAscii = 1;

char look_up(char c) { return kByteTable[static_cast<unsigned char>(c)]; }

/// ICU's tables for folding, built once. Letters newer than Unicode 15.0 are left out: a row is removed from the index
/// by the words it was added with, so a newer ICU must find the same words, and only unassigned letters may change
/// meaning.
class Folding {
 public:
  Folding() {
    UErrorCode error = U_ZERO_ERROR;
    known_ = icu::UnicodeSet(u"[:age=15.0:]", error);
    known_.freeze();
    decompose_ = icu::Normalizer2::getNFDInstance(error);
    const auto* casefold = icu::Normalizer2::getNFKCCasefoldInstance(error);
    if (U_FAILURE(error)) throw std::runtime_error(std::string("ICU has no normalisation data: ") + u_errorName(error));
    fold_ = std::make_unique<icu::FilteredNormalizer2>(*casefold, known_);
  }

  icu::UnicodeString fold(std::string_view utf8) const {
    UErrorCode error = U_ZERO_ERROR;
    const auto text = icu::UnicodeString::fromUTF8({utf8.data(), static_cast<std::int32_t>(utf8.size())});
    return fold_->normalize(text, error);
  }

  bool knows(UChar32 c) const { return known_.contains(c); }

  /// Without its accents.
  UChar32 base(UChar32 c) const {
    icu::UnicodeString parts;
    return decompose_->getDecomposition(c, parts) ? parts.char32At(0) : c;
  }

 private:
  icu::UnicodeSet known_;
  const icu::Normalizer2* decompose_ = nullptr;
  std::unique_ptr<icu::Normalizer2> fold_;
};

enum class Kind { separator, mark, letter, unspaced };

bool has_accents(UScriptCode script) {
  return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_CYRILLIC;
}

/// Optional marks, unlike the vowels of Thai or Hindi.
bool is_optional_mark(UScriptCode script) {
  return script == USCRIPT_INHERITED || script == USCRIPT_ARABIC || script == USCRIPT_HEBREW;
}

bool is_unspaced(UChar32 c) {
  // Some letters, as the long-vowel mark of Japanese, belong to several scripts.
  static constexpr UScriptCode kScripts[] = {USCRIPT_HAN,  USCRIPT_HIRAGANA, USCRIPT_KATAKANA, USCRIPT_BOPOMOFO,
                                             USCRIPT_THAI, USCRIPT_LAO,      USCRIPT_KHMER,    USCRIPT_MYANMAR};
  return std::any_of(std::begin(kScripts), std::end(kScripts),
                     [c](UScriptCode script) { return uscript_hasScript(c, script) != 0; });
}

/// The role of `c` in a word, folded and without its accent.
Kind classify(const Folding& folding, UChar32& c) {
  if (c < 0x80) return look_up(static_cast<char>(c)) != 0 ? Kind::letter : Kind::separator;
  const std::uint32_t category = U_GET_GC_MASK(c);
  if ((category & (U_GC_L_MASK | U_GC_N_MASK | U_GC_M_MASK | U_GC_CO_MASK)) == 0 || !folding.knows(c)) {
    return Kind::separator;
  }
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(c, &error);
  if ((category & U_GC_M_MASK) != 0 && is_optional_mark(script)) return Kind::mark;
  if (has_accents(script)) {
    c = folding.base(c);
    return Kind::letter;
  }
  return is_unspaced(c) ? Kind::unspaced : Kind::letter;
}

void append(std::string& out, UChar32 c) {
  std::uint8_t bytes[U8_MAX_LENGTH];
  std::int32_t length = 0;
  U8_APPEND_UNSAFE(bytes, length, c);
  out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

/// Joins letters into words.
class WordBuilder {
 public:
  explicit WordBuilder(std::size_t bytes) { words_.reserve(bytes + bytes / 8); }

  void separate() {
    end_run();
    in_word_ = false;
  }

  void letter(UChar32 c) {
    end_run();
    if (!in_word_) start_word();
    append(words_, c);
  }

  /// A whole word of ASCII letters and digits.
  void ascii_word(std::string_view word) {
    start_word();
    words_ += word;
    std::transform(words_.end() - static_cast<std::ptrdiff_t>(word.size()), words_.end(),
                   words_.end() - static_cast<std::ptrdiff_t>(word.size()), look_up);
  }

  void unspaced(UChar32 c) {
    in_word_ = false;
    if (before_ != 0) {
      start_word();
      append(words_, before_);
      append(words_, c);
      in_word_ = false;
    }
    single_ = before_ == 0;
    before_ = c;
  }

  std::string take() {
    end_run();
    return std::move(words_);
  }

  /// The same when more letters may follow.
  SearchPhrase take_open() {
    const bool prefix = before_ != 0 && single_;
    if (!prefix) before_ = 0;
    return {take(), prefix};
  }

 private:
  void start_word() {
    if (!words_.empty()) words_ += ' ';
    in_word_ = true;
  }

  void end_run() {
    if (before_ == 0) return;
    start_word();
    append(words_, before_);
    in_word_ = false;
    before_ = 0;
  }

  std::string words_;
  UChar32 before_ = 0;  ///< the run's letter so far without a successor
  bool single_ = false, in_word_ = false;
};

void add_folded(WordBuilder& builder, std::string_view stretch) {
  static const Folding folding;
  const icu::UnicodeString text = folding.fold(stretch);
  for (std::int32_t at = 0; at < text.length(); at = text.moveIndex32(at, 1)) {
    UChar32 c = text.char32At(at);
    switch (classify(folding, c)) {
      case Kind::separator:
        builder.separate();
        break;
      case Kind::mark:
        break;
      case Kind::letter:
        builder.letter(c);
        break;
      case Kind::unspaced:
        builder.unspaced(c);
        break;
    }
  }
}

/// One stretch between ASCII separators at a time, since folding never crosses them: ICU processes only what needs it.
WordBuilder build_words(std::string_view utf8) {
  WordBuilder builder(utf8.size());
  for (std::size_t at = 0; at < utf8.size();) {
    char seen = look_up(utf8[at]);
    if (seen == 0) {
      ++at;
      continue;
    }
    const std::size_t start = at;
    bool ascii = true;
    for (; at < utf8.size() && (seen = look_up(utf8[at])) != 0; ++at) ascii = ascii && seen != kBeyondAscii;
    builder.separate();
    const std::string_view stretch = utf8.substr(start, at - start);
    if (ascii) {
      builder.ascii_word(stretch);
    } else {
      add_folded(builder, stretch);
    }
  }
  return builder;
}

}  // namespace

std::string search_words(std::string_view utf8) { return build_words(utf8).take(); }

SearchPhrase search_phrase(std::string_view utf8) { return build_words(utf8).take_open(); }

}  // namespace tapewatch::storage
