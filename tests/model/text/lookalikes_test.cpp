#include "model/text/lookalikes.hpp"

#include <string>

#include "config/notation/utf8.hpp"
#include "model/text/tokenizer.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

std::u32string plain(char32_t c) {
  char32_t out[kMaxFolded];
  return std::u32string(out, plain_form(c, out, kMaxFolded));
}

std::u32string latin(const std::u32string& word) {
  std::string text;
  for (const char32_t c : word) {
    char bytes[4];
    text.append(bytes, notation::encode_utf8(c, bytes));
  }
  std::u32string read;
  for (const char32_t c : word) read += as_latin(text, 0, c);
  return read;
}

TEST_CASE("Forms of letters, digits and signs are the plain ones") {
  CHECK(plain(U'Ａ') == U"A");
  CHECK(plain(U'ｚ') == U"z");
  CHECK(plain(U'５') == U"5");
  CHECK(plain(U'％') == U"%");
  CHECK(plain(U'𝐏') == U"P");
  CHECK(plain(U'𝒻') == U"f");
  CHECK(plain(U'𝟗') == U"9");
  CHECK(plain(U'Ⓑ') == U"B");
  CHECK(plain(U'🄱') == U"B");
  CHECK(plain(U'🅱') == U"B");
  CHECK(plain(U'🅑') == U"B");
  CHECK(plain(U'㎏') == U"kg");
  CHECK(plain(U'ﬁ') == U"fi");
  CHECK(plain(U'ﬄ') == U"ffl");
}

TEST_CASE("What is a sign of its own is no form of a letter") {
  for (const char32_t c : {U'a', U'é', U'½', U'²', U'™', U'№', U'…', U'€', U'日', U'か', U'한', U'я', U'🚀'}) {
    CHECK(plain(c).empty());
  }
}

TEST_CASE("Cyrillic and Greek letters inside a Latin word are the Latin ones that they look like") {
  CHECK(latin(U"рrоfit") == U"profit");  // Cyrillic р, о
  CHECK(latin(U"Τеsla") == U"Tesla");    // Greek Τ, Cyrillic е
  CHECK(latin(U"SHАRЕS") == U"SHARES");  // Cyrillic А, Е
  CHECK(latin(U"wаrning") == U"warning");
}

TEST_CASE("A text in plain letters knows where each of them comes from") {
  CHECK_FALSE(plain_text("EPS 0.81 vs 0.95 est"));
  CHECK_FALSE(plain_text("Zoë Müller"));
  const std::string text = "Ｑ３ ＥＰＳ １.２０ ｖｓ １.３５, рrо\u200Bfit";
  const auto plain = plain_text(text);
  REQUIRE(plain);
  CHECK(plain->text == "Q3 EPS 1.20 vs 1.35, profit");
  const auto at = static_cast<std::uint32_t>(plain->text.find("1.20"));
  const ByteSpan found = plain->original({at, at + 4});
  CHECK(text.substr(found.start, found.end - found.start) == "１.２０");
  CHECK(plain->original({0, static_cast<std::uint32_t>(plain->text.size())}).end == text.size());
  CHECK(plain_text("\xff１")->text == "1");  // what is no UTF-8 is dropped
}

TEST_CASE("Words of another alphabet stay as they are") {
  CHECK(latin(U"сора") == U"сора");  // no Latin letter
  CHECK(latin(U"Газпром") == U"Газпром");
  CHECK(latin(U"Газпромbank") == U"Газпромbank");  // letters without a likeness
  CHECK(latin(U"αβγ") == U"αβγ");
  CHECK(latin(U"kВт") == U"kВт");        // т has none
  CHECK(latin(U"о bank") == U"о bank");  // the next word does not count
}

TEST_CASE("Pictures are symbols, not letters, currencies or signs") {
  for (const char32_t c : {U'🚀', U'▲', U'☀', U'©', U'🇺', U'\U0001F3FB', U'\uFE0F', U'\u20E3'}) CHECK(is_picture(c));
  for (const char32_t c : {U'a', U'$', U'€', U'+', U'±', U'→', U'日', U'%', U'•', U'…'}) CHECK_FALSE(is_picture(c));
}

TEST_CASE("Bullets in front of a text are skipped, and nothing of the text") {
  const auto rest = [](std::string_view text) { return std::string(text.substr(bullets_in_front(text))); };
  CHECK(rest("• Profit falls") == "Profit falls");
  CHECK(rest(" ● ▪ Profit") == "Profit");
  CHECK(rest("🚨🚨 Profit") == "Profit");
  CHECK(rest("- Profit") == "Profit");
  CHECK(rest("-- Profit") == "Profit");
  CHECK(rest("> * Profit") == "Profit");
  CHECK(rest("— Profit") == "Profit");
  CHECK(rest("-5 % on the day") == "-5 % on the day");
  CHECK(rest("*ACME SHARES FALL") == "*ACME SHARES FALL");
  CHECK(rest("$ACME") == "$ACME");
  CHECK(rest("--") == "--");
  CHECK(rest("•") == "");
  CHECK(rest("日本") == "日本");
  CHECK(rest("") == "");
}

const Vocabulary& vocabulary() {
  static const auto instance = Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n[SEP]\nprofit\nfalls\n5\n%\n▲\n-\n");
  return instance;
}

/// The pieces of a text, each with its part of the text.
std::string pieces(std::string_view text, Folding folding = {.lookalikes = true}) {
  std::string all;
  for (const auto& token : Tokenizer(vocabulary(), folding).encode(text, 512).tokens) {
    if (token.start == token.end) continue;
    all += std::string(vocabulary().piece(token.id)) + "=" +
           std::string(text.substr(token.start, token.end - token.start)) + " ";
  }
  return all;
}

TEST_CASE("The tokenizer reads what only looks different as plain letters, with the offsets of the text as given") {
  CHECK(pieces("Ｐｒｏｆｉｔ ５％") == "profit=Ｐｒｏｆｉｔ 5=５ %=％ ");
  CHECK(pieces("𝐏𝐫𝐨𝐟𝐢𝐭 𝗳𝗮𝗹𝗹𝘀") == "profit=𝐏𝐫𝐨𝐟𝐢𝐭 falls=𝗳𝗮𝗹𝗹𝘀 ");
  CHECK(pieces("Рrоfit fаlls") == "profit=Рrоfit falls=fаlls ");
  CHECK(pieces("proﬁt fal\u200Bls") == "profit=proﬁt falls=fal\u200Bls ");
  CHECK(pieces("🚨 Profit 📉 falls 👍🏽") == "profit=Profit falls=falls ");
  CHECK(pieces("profit❤️falls") == "profit=profit falls=falls ");
  CHECK(pieces("▲ 5 %") == "5=5 %=% ");                     // a bullet
  CHECK(pieces("profit ▲ 5") == "profit=profit ▲=▲ 5=5 ");  // the vocabulary has it
  CHECK(pieces("- profit -5") == "profit=profit -=- 5=5 ");
}

TEST_CASE("A published tokenizer reads no lookalikes") {
  CHECK(pieces("Рrоfit falls", {}) == "[UNK]=Рrоfit falls=falls ");
  CHECK(pieces("🚨 profit", {}) == "[UNK]=🚨 profit=profit ");
  CHECK(pieces("- profit", {}) == "-=- profit=profit ");
}

}  // namespace
}  // namespace tapewatch::model
