#include "storage/text/search_words.hpp"

#include <string>

#include "tests/support/catch.hpp"

using namespace tapewatch::storage;

TEST_CASE("words are lower case without accents, separated by one space") {
  CHECK(search_words("") == "");
  CHECK(search_words("Acme's profit falls 12% in Q3!") == "acme s profit falls 12 in q3");
  CHECK(search_words("  Zürich \t— CAFÉ,Ångström  ") == "zurich cafe angstrom");
  CHECK(search_words("Cafe\u0301") == "cafe");  // the accent as a separate character
  CHECK(search_words("Διώρυγα ΣΊΣΥΦΟΣ") == "διωρυγα σισυφοσ");
  CHECK(search_words("Ёлка Йод") == "елка иод");
  CHECK(search_words("Straße") == "strasse");
  CHECK(search_words("soft\u00adhyphen") == "softhyphen");
  CHECK(search_words("—–…€ 🚀") == "");
}

TEST_CASE("half and full width, ligatures and compatibility forms are one") {
  CHECK(search_words("ＮＴＴ　１２３") == "ntt 123");
  CHECK(search_words("ﬁnance CO₂") == "finance co2");
  CHECK(search_words("ﾄﾞｺﾓ") == search_words("ドコモ"));
  CHECK(search_words("㈱") == "株");
}

TEST_CASE("scripts without spaces give pairs of letters, and the last letter of a run alone") {
  CHECK(search_words("中国银行") == "中国 国银 银行 行");
  CHECK(search_words("円") == "円");
  CHECK(search_words("中国 银行。") == "中国 国 银行 行");
  CHECK(search_words("NTTドコモ12月") == "ntt ドコ コモ モ 12 月");
  CHECK(search_words("スーパー") == "スー ーパ パー ー");
  CHECK(search_words("がく") == "がく く");         // a voiced sound is not its unvoiced one
  CHECK(search_words("กำไร") == "กํ ํา าไ ไร ร");     // the vowel am is two characters
  CHECK(search_words("한국 은행") == "한국 은행");  // Korean has spaces
}

TEST_CASE("marks that carry the sound stay, optional ones are dropped") {
  CHECK(search_words("हिन्दी") == "हिन्दी");
  CHECK(search_words("مُحَمَّد") == "محمد");
  CHECK(search_words("שָׁלוֹם") == "שלום");
}

TEST_CASE("what is not UTF-8, or not a character of Unicode 15, separates words") {
  CHECK(search_words("a\xff\xfe"
                     "b") == "a b");
  CHECK(search_words(std::string("a\0b", 3)) == "a b");
  CHECK(search_words("a\U000E0FFFb \U0003FFFE") == "a b");
}

TEST_CASE("a phrase may end inside a run: it has no last letter alone, and a single letter begins a pair") {
  CHECK(search_phrase("银行").words == "银行");
  CHECK_FALSE(search_phrase("银行").prefix);
  CHECK(search_phrase("国银行").words == "国银 银行");
  CHECK(search_phrase("银").words == "银");
  CHECK(search_phrase("银").prefix);
  CHECK(search_phrase("ドコモ NTT").words == "ドコ コモ モ ntt");  // the run is over where NTT begins
  CHECK_FALSE(search_phrase("ドコモ NTT").prefix);
  CHECK(search_phrase("NTTド").words == "ntt ド");
  CHECK(search_phrase("NTTド").prefix);
  CHECK(search_phrase("Profit").words == "profit");
  CHECK(search_phrase("—").words == "");
}
