#include "model/text/tokenizer.hpp"

#include <random>
#include <string>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

const Vocabulary& vocabulary() {
  static const auto instance = Vocabulary::parse(
      "[PAD]\n[UNK]\n[CLS]\n[SEP]\nsociete\nprofit\n##s\n##able\nun\n##profit\n.\n$\nta\n##ta\n日\n本\na\n##a\nb\n##"
      "b\ne\n"
      "[\n]\nsep\nsociété\nProfit\n");
  return instance;
}

/// The pieces of a text, each with its part of the text: "profit=Profit ##s=s".
std::string pieces(std::string_view text, std::size_t max_tokens = 512, Folding folding = {}) {
  const auto encoding = Tokenizer(vocabulary(), folding).encode(text, max_tokens);
  std::string all;
  for (const auto& token : encoding.tokens) {
    if (token.id == vocabulary().cls() || token.id == vocabulary().sep()) continue;
    if (!all.empty()) all += ' ';
    all += std::string(vocabulary().piece(token.id)) + "=" +
           std::string(text.substr(token.start, token.end - token.start));
  }
  return all + (encoding.truncated ? " …" : "");
}

TEST_CASE("Words are split by the longest match, from the left") {
  CHECK(pieces("profit profits unprofitable") == "profit=profit profit=profit ##s=s un=un ##profit=profit ##able=able");
  CHECK(pieces("PROFITS.") == "profit=PROFIT ##s=S .=.");
  CHECK(pieces("$a.b") == "$=$ a=a .=. b=b");
}

TEST_CASE("A word with a part that no piece matches is unknown as a whole") {
  CHECK(pieces("profitx a") == "[UNK]=profitx a=a");
  CHECK(pieces("🚀") == "[UNK]=🚀");
}

TEST_CASE("Offsets are bytes of the text as given, accents and dropped characters included") {
  CHECK(pieces("  Société\tprofit") == "societe=Société profit=profit");
  CHECK(pieces("Socie\u0301te\u0301!a") == "societe=Socie\u0301te\u0301 [UNK]=! a=a");
  CHECK(pieces("pro\u200bfit\u0000s") == "profit=pro\u200bfit");  // a string literal ends at its NUL
  CHECK(pieces(std::string_view("pro\0fits", 8)) == std::string("profit=pro\0fit ##s=s", 20));
  CHECK(pieces("日本a") == "日=日 本=本 a=a");
}

TEST_CASE("A cased model keeps case and accents") {
  const Folding cased{.lower_case = false, .strip_accents = false};
  CHECK(pieces("Profit profit", 512, cased) == "Profit=Profit profit=profit");
  CHECK(pieces("société", 512, cased) == "société=société");
}

TEST_CASE("Case and accents are kept or not, one without the other") {
  CHECK(pieces("SOCIÉTÉ", 512, {.lower_case = true, .strip_accents = false}) == "société=SOCIÉTÉ");
  CHECK(pieces("Prófit profít", 512, {.lower_case = false, .strip_accents = true}) == "Profit=Prófit profit=profít");
}

TEST_CASE("Names of special tokens in a text are text") {
  CHECK(pieces("[SEP]") == "[=[ sep=SEP ]=]");
  CHECK(pieces("[CLS]") == "[=[ [UNK]=CLS ]=]");
}

TEST_CASE("Words of more than a hundred characters are unknown") {
  const std::string hundred(100, 'a');
  CHECK(Tokenizer(vocabulary()).encode(hundred, 512).tokens.size() == 102);
  CHECK(pieces(hundred + "a b") == "[UNK]=" + hundred + "a b=b");
  const std::string huge(1 << 20, 'a');
  CHECK(pieces(huge) == "[UNK]=" + huge);
  std::string accents;  // 100 characters, 200 bytes and more
  for (int i = 0; i < 100; ++i) accents += "á";
  CHECK(Tokenizer(vocabulary()).encode(accents, 512).tokens.size() == 102);
}

TEST_CASE("Truncation keeps [SEP] and is reported only if something is missing") {
  const Tokenizer tokenizer(vocabulary());
  const auto full = tokenizer.encode("a b a b", 6);
  CHECK(full.tokens.size() == 6);
  CHECK_FALSE(full.truncated);
  const auto cut = tokenizer.encode("a b a b a", 6);
  CHECK(cut.tokens.size() == 6);
  CHECK(cut.tokens.back().id == vocabulary().sep());
  CHECK(cut.tokens.back().start == 7);
  CHECK(cut.truncated);
  CHECK(pieces("a unprofitable", 4) == "a=a un=un …");  // within a word, as the published tokenizer does
  CHECK(tokenizer.encode("a", 2).tokens.size() == 2);
  CHECK(tokenizer.encode("a", 0).tokens.size() == 2);
  CHECK_FALSE(tokenizer.encode(" \u200b ", 2).truncated);
}

TEST_CASE("Ill-formed UTF-8 is dropped anywhere") {
  CHECK(pieces("pro\xFF"
               "fit") ==
        "profit=pro\xFF"
        "fit");
  CHECK(pieces("\xF0\x9F"
               "a\xC3") == "a=a");
  CHECK(pieces("\xED\xA0\x80") == "");
}

TEST_CASE("Any bytes give tokens in order within the text") {
  std::mt19937 random(7);
  const Tokenizer tokenizer(vocabulary());
  const std::string alphabet = "ab profits. \xC3\xA9\xCC\x81\xE6\x97\xA5\xF0\x9F\x9A\x80\xFF\x80\xED\xA0";
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (std::size_t n = random() % 200; n > 0; --n) {
      text += round % 2 ? alphabet[random() % alphabet.size()] : static_cast<char>(random());
    }
    const std::size_t limit = 2 + random() % 64;
    const auto encoding = tokenizer.encode(text, limit);
    const auto& tokens = encoding.tokens;
    REQUIRE(tokens.size() >= 2);
    REQUIRE(tokens.size() <= limit);
    REQUIRE(tokens.front().id == vocabulary().cls());
    REQUIRE(tokens.back().id == vocabulary().sep());
    for (std::size_t i = 1; i < tokens.size(); ++i) {
      REQUIRE(tokens[i].start <= tokens[i].end);
      REQUIRE(tokens[i].end <= text.size());
      REQUIRE(tokens[i - 1].start <= tokens[i].start);
      REQUIRE(static_cast<std::size_t>(tokens[i].id) < vocabulary().size());
    }
    // A shorter window gives the first of the longer one's pieces.
    const auto whole = tokenizer.encode(text, 1000);
    REQUIRE(encoding.truncated == (whole.tokens.size() > limit));
    REQUIRE(std::equal(tokens.begin(), tokens.end() - 1, whole.tokens.begin()));
  }
}

TEST_CASE("A reused buffer holds only the last text") {
  const Tokenizer tokenizer(vocabulary());
  Encoding encoding;
  tokenizer.encode("a b a b a b", 4, encoding);
  CHECK(encoding.truncated);
  tokenizer.encode("b", 4, encoding);
  CHECK(encoding.tokens == tokenizer.encode("b", 4).tokens);
  CHECK_FALSE(encoding.truncated);
}

}  // namespace
}  // namespace tapewatch::model
