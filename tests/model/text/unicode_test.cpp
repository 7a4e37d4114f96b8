#include "model/text/unicode.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

TEST_CASE("Characters are classified as BERT's text cleaning has it") {
  for (const char32_t c : {U'\t', U'\n', U'\r', U' ', U'\u00A0', U'\u2003', U'\u2028', U'\u3000'}) {
    CHECK(classify(c) == CharacterClass::space);
  }
  for (const char32_t c :
       {U'\0', U'\x01', U'\x0B', U'\x7F', U'\u0085', U'\u200B', U'\u200D', U'\uFEFF', U'\uFFFD', U'\uE000'}) {
    CHECK(classify(c) == CharacterClass::dropped);
  }
  for (const char32_t c : {U'日', U'\u3400', U'\U00020000', U'\uF900'}) CHECK(classify(c) == CharacterClass::ideograph);
  for (const char32_t c : {U'a', U'é', U'か', U'한', U'$', U'🚀', U'\u0301'}) {
    CHECK(classify(c) == CharacterClass::other);
  }
}

TEST_CASE("Folding strips accents and lowers case") {
  const auto folded = [](char32_t c) {
    char32_t out[kMaxFolded];
    return std::u32string(out, fold(c, out));
  };
  CHECK(folded(U'A') == U"a");
  CHECK(folded(U'É') == U"e");
  CHECK(folded(U'Ǖ') == U"u");
  CHECK(folded(U'İ') == U"i");
  CHECK(folded(U'ß') == U"ß");
  CHECK(folded(U'Σ') == U"σ");
  CHECK(folded(U'Ё') == U"е");
  CHECK(folded(U'한') == U"\u1112\u1161\u11AB");
  CHECK(folded(U'ﬁ') == U"ﬁ");  // canonical, not compatibility
  CHECK(folded(U'\u0301').empty());
}

TEST_CASE("Folding does one without the other, or nothing") {
  const auto folded = [](char32_t c, Folding folding) {
    char32_t out[kMaxFolded];
    return std::u32string(out, fold(c, out, folding));
  };
  const Folding lower{.lower_case = true, .strip_accents = false}, strip{.lower_case = false, .strip_accents = true},
      none{.lower_case = false, .strip_accents = false};
  CHECK(folded(U'A', lower) == U"a");
  CHECK(folded(U'É', lower) == U"é");
  CHECK(folded(U'İ', lower) == U"i\u0307");  // the full mapping, as the published tokenizer's
  CHECK(folded(U'\u0301', lower) == U"\u0301");
  CHECK(folded(U'A', strip) == U"A");
  CHECK(folded(U'É', strip) == U"E");
  CHECK(folded(U'\u0301', strip).empty());
  for (const char32_t c : {U'A', U'É', U'İ', U'한', U'\u0301'}) CHECK(folded(c, none) == std::u32string(1, c));
}

TEST_CASE("Punctuation is all ASCII signs and Unicode's P") {
  for (const char32_t c : {U'$', U'+', U'<', U'^', U'`', U'~', U'|', U'!', U'—', U'“', U'¿', U'、', U'。'}) {
    CHECK(is_punctuation(c));
  }
  for (const char32_t c : {U'a', U'0', U' ', U'€', U'£', U'™', U'🚀', U'½', U'≠'}) CHECK_FALSE(is_punctuation(c));
}

}  // namespace
}  // namespace tapewatch::model
