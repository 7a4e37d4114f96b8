#include "model/train/prune/prune_vocabulary.hpp"

#include <algorithm>
#include <cstring>
#include <random>

#include "model/classifier.hpp"
#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model::train {
namespace {

using Catch::Matchers::Contains;

/// The tiny model as a directory, in parts, with some more pieces.
struct Tiny {
  explicit Tiny(std::vector<std::string> more = {}) {
    for (const auto& piece : more) source.vocab_txt += piece + "\n";
    const auto words = static_cast<std::size_t>(std::count(source.vocab_txt.begin(), source.vocab_txt.end(), '\n'));
    source.config["vocab_size"] = words;
    auto& table = source.tensors.at("embeddings.word_embeddings.weight");
    table.shape[0] = words;
    std::mt19937 random(3);
    while (table.values.size() < elements(table.shape)) {
      table.values.push_back(static_cast<float>(random() % 512) / 256.0F - 1.0F);
    }
    model::test::write_file(folder.path() / "config.json", source.config_json());
    model::test::write_file(folder.path() / "vocab.txt", source.vocab_txt);
    model::test::write_file(folder.path() / "model.safetensors", source.safetensors());
    model = PrunableModel::read(folder.path());
    package = model.load();
  }

  /// The pieces that stay, written out.
  std::vector<std::string> kept(const KeptPieces& pieces) const {
    std::vector<std::string> names;
    for (const auto id : pieces.ids) names.push_back(model.pieces[id]);
    return names;
  }

  model::test::TinyModel source;
  model::test::ScratchFolder folder;
  PrunableModel model;
  std::shared_ptr<const ModelPackage> package;
};

bool has(const std::vector<std::string>& pieces, const std::string& piece) {
  return std::find(pieces.begin(), pieces.end(), piece) != pieces.end();
}

TEST_CASE("Special pieces, single characters and pieces used by the corpus stay; the rest is removed") {
  const Tiny tiny({"merger", "##ing"});
  const std::vector<std::string> corpus{"profit falls", "profit rises", "the bank"};
  const auto pieces = choose_pieces(*tiny.package, corpus, {}, {});
  const auto names = tiny.kept(pieces);
  for (const char* piece : {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "##z", ".", "é", "profit", "the", "bank"}) {
    CHECK(has(names, piece));
  }
  for (const char* piece : {"loss", "merger", "##ing"}) CHECK_FALSE(has(names, piece));
  CHECK(pieces.required + pieces.frequent + pieces.rescued == pieces.ids.size());
  CHECK(pieces.frequent == 5);

  const auto twice = tiny.kept(choose_pieces(*tiny.package, corpus, {}, {.min_count = 2}));
  CHECK(has(twice, "profit"));
  CHECK_FALSE(has(twice, "bank"));
  const auto one = choose_pieces(*tiny.package, corpus, {}, {.keep = pieces.required + 1});
  CHECK(one.ids.size() == pieces.required + 1);
  CHECK(has(tiny.kept(one), "profit"));  // the most frequent
  CHECK_THROWS_WITH(choose_pieces(*tiny.package, corpus, {}, {.keep = 10}),
                    Contains("that have to stay") && Contains("found 10"));
}

TEST_CASE("Words of single characters are never unknown after pruning that were not before") {
  const Tiny tiny({"merger", "##ing", "##ger", "mer", "##rg", "bankr", "##nkrup"});
  const auto pieces = choose_pieces(*tiny.package, std::vector<std::string>{"profit"}, {}, {});
  auto pruned = tiny.model;
  keep_pieces(pruned, pieces.ids);
  std::mt19937 random(7);
  std::vector<std::string> texts;
  const std::vector<std::string> parts{"mer", "merger", "ing", "bankr", "nkrup", "rg", "é", "x", " ", "profit", "!"};
  for (int i = 0; i < 300; ++i) {
    auto& text = texts.emplace_back();
    for (auto n = random() % 12; n > 0; --n) text += parts[random() % parts.size()];
  }
  const auto after = pruned.load();
  const auto change = compare_tokenisation(*tiny.package, *after, texts);
  CHECK(change.texts == 300);
  CHECK(change.more_unknown == 0);
  CHECK(change.different > 0);
  CHECK(change.pieces_after > change.pieces_before);
}

TEST_CASE("A piece with a character that single characters cannot spell stays") {
  const Tiny tiny({"straße", "##eß", "merger"});  // no ß as a single piece
  const auto names = tiny.kept(choose_pieces(*tiny.package, std::vector<std::string>{"a"}, {}, {}));
  CHECK(has(names, "straße"));
  CHECK(has(names, "##eß"));
  CHECK_FALSE(has(names, "merger"));
}

TEST_CASE("A text that would have one more [UNK] keeps the pieces that saved it") {
  // "cdßł" is cd ##ßł. Without "cd" the longest match takes c, then ##dß, and ł has no piece: the word is lost.
  const Tiny tiny({"cd", "##ßł", "##dß"});
  const std::vector<std::string> corpus{"a"}, texts{"cdßł"};
  const auto unguarded = choose_pieces(*tiny.package, corpus, {}, {});
  CHECK_FALSE(has(tiny.kept(unguarded), "cd"));
  auto lost = tiny.model;
  keep_pieces(lost, unguarded.ids);
  CHECK(compare_tokenisation(*tiny.package, *lost.load(), texts).more_unknown == 1);

  const auto guarded = choose_pieces(*tiny.package, corpus, texts, {});
  CHECK(guarded.rescued == 1);
  CHECK(has(tiny.kept(guarded), "cd"));
  auto kept = tiny.model;
  keep_pieces(kept, guarded.ids);
  CHECK(compare_tokenisation(*tiny.package, *kept.load(), texts).more_unknown == 0);
}

TEST_CASE("Texts that are split as before have the same scores to the bit") {
  const Tiny tiny({"merger"});
  const std::vector<std::string> texts{"profit rises the bank falls", "loss .", "abc é !"};
  auto pruned = tiny.model;
  keep_pieces(pruned, choose_pieces(*tiny.package, texts, {}, {}).ids);
  CHECK(pruned.pieces.size() == tiny.model.pieces.size() - 1);
  const auto after = pruned.load();
  CHECK(after->parameters() < tiny.package->parameters());
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  const auto a = Classifier(tiny.package).classify(views), b = Classifier(after).classify(views);
  for (std::size_t i = 0; i < texts.size(); ++i) {
    CHECK(std::memcmp(a[i].sentiment.data(), b[i].sentiment.data(), sizeof a[i].sentiment) == 0);
  }
  CHECK(compare_tokenisation(*tiny.package, *after, texts).different == 0);
}

}  // namespace
}  // namespace tapewatch::model::train
