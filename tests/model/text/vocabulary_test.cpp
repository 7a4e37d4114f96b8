#include "model/text/vocabulary.hpp"

#include "model/package/model_error.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Catch::Matchers::Contains;

const std::string kSpecial = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n";

TEST_CASE("A vocabulary finds its pieces, words and continuations separately") {
  const auto vocabulary = Vocabulary::parse(kSpecial + "stock\n##stock\n##s\n##\n#\n");
  CHECK(vocabulary.size() == 9);
  CHECK(vocabulary.find("stock") == 4);
  CHECK(vocabulary.find("##stock") == 5);
  CHECK(vocabulary.find_start("stock") == 4);
  CHECK(vocabulary.find_continuation("stock") == 5);
  CHECK(vocabulary.find_start("s") == Vocabulary::kNone);
  CHECK(vocabulary.find_continuation("s") == 6);
  CHECK(vocabulary.find_start("##s") == Vocabulary::kNone);
  CHECK(vocabulary.find("##") == 7);
  CHECK(vocabulary.find("absent") == Vocabulary::kNone);
  CHECK(vocabulary.find("") == Vocabulary::kNone);
  CHECK(vocabulary.piece(5) == "##stock");
  CHECK(vocabulary.longest_piece() == 5);
  CHECK(vocabulary.pad() == 0);
  CHECK(vocabulary.unknown() == 1);
  CHECK(vocabulary.cls() == 2);
  CHECK(vocabulary.sep() == 3);
}

TEST_CASE("A vocabulary of many pieces finds each by its line") {
  std::string text = kSpecial;
  for (int i = 0; i < 30000; ++i) text += (i % 3 ? "w" : "##w") + std::to_string(i) + "\n";
  const auto vocabulary = Vocabulary::parse(text);
  for (std::int32_t id = 0; id < static_cast<std::int32_t>(vocabulary.size()); ++id) {
    if (vocabulary.find(vocabulary.piece(id)) != id) FAIL("piece " << id);
  }
}

TEST_CASE("Windows line ends and a missing last line end are read") {
  const auto vocabulary = Vocabulary::parse("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nbank");
  CHECK(vocabulary.size() == 5);
  CHECK(vocabulary.find("bank") == 4);
}

TEST_CASE("A damaged vocabulary is refused with the line") {
  CHECK_THROWS_WITH(Vocabulary::parse(kSpecial + "a\n\nb\n"), Contains("line 6") && Contains("empty"));
  CHECK_THROWS_WITH(Vocabulary::parse(kSpecial + "a\nb\na\n"), Contains("line 7") && Contains("already on line 5"));
  CHECK_THROWS_WITH(Vocabulary::parse("[PAD]\n[UNK]\n[CLS]\n"), Contains("[SEP]") && Contains("3 lines"));
  CHECK_THROWS_AS(Vocabulary::parse(""), ModelError);
}

}  // namespace
}  // namespace tapewatch::model
