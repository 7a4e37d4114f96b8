// A vocabulary gets pieces back: the most used ones, with the encoder's vectors, after those that it has.
#include "model/train/extend/extend.hpp"

#include <algorithm>

#include "model/classifier.hpp"
#include "model/package/model_error.hpp"
#include "model/train/prune/prune_model.hpp"
#include "tests/model/files.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model::train {
namespace {

using Catch::Matchers::Contains;

constexpr const char* kTable = "embeddings.word_embeddings.weight";

/// The tiny model, and an encoder that has some more words.
struct Pair {
  explicit Pair(const std::vector<std::string>& more = {"insolvent", "##uptcy", "sued", "never"}) {
    model::test::TinyModel source;
    write("model", source);
    for (const auto& piece : more) source.vocab_txt += piece + "\n";
    auto& table = source.tensors.at(kTable);
    for (std::size_t i = 0; i < more.size() * table.shape[1]; ++i) {
      table.values.push_back(static_cast<float>(i % 64) / 64.0F);  // exact in fp16
    }
    table.shape[0] += more.size();
    source.config["vocab_size"] = table.shape[0];
    write("encoder", source);
    model::test::write_file(folder.path() / "corpus.txt",
                            "insolvent bank sued\nthe insolvent are sued\ninsolvent\nbanuptcy\n");
  }
  void write(const char* name, const model::test::TinyModel& source) const {
    const auto to = folder.path() / name;
    std::filesystem::create_directory(to);
    model::test::write_file(to / "config.json", source.config_json());
    model::test::write_file(to / "vocab.txt", source.vocab_txt);
    model::test::write_file(to / "model.safetensors", source.safetensors());
  }
  std::string path(const char* name) const { return (folder.path() / name).string(); }
  ExtendOptions options() const {
    return {.model = path("model"),
            .out = path("out"),
            .encoder = path("encoder"),
            .corpora = {path("corpus.txt")},
            .command = "extend model out"};
  }

  model::test::ScratchFolder folder;
};

TEST_CASE("The pieces that the texts use come back with the encoder's vectors; the others keep their numbers") {
  const Pair pair;
  const auto report = extend(pair.options());
  CHECK(report.added == std::vector<std::string>{"insolvent", "sued", "##uptcy"});  // by use; never: not used
  const auto before = PrunableModel::read(pair.path("model")), after = PrunableModel::read(pair.path("out")),
             encoder = PrunableModel::read(pair.path("encoder"));
  REQUIRE(after.pieces.size() == before.pieces.size() + 3);
  CHECK(report.size == after.pieces.size());
  CHECK(std::equal(before.pieces.begin(), before.pieces.end(), after.pieces.begin()));
  const auto row = [](const PrunableModel& of, const std::string& piece) {
    const auto& table = of.tensors.at(kTable);
    const auto at = std::ranges::find(of.pieces, piece) - of.pieces.begin();
    const auto first = table.values.begin() + at * static_cast<std::ptrdiff_t>(table.shape[1]);
    return std::vector<float>(first, first + static_cast<std::ptrdiff_t>(table.shape[1]));
  };
  for (const char* piece : {"insolvent", "sued", "##uptcy"}) CHECK(row(after, piece) == row(encoder, piece));
  for (const char* piece : {"bank", "[CLS]", "a"}) CHECK(row(after, piece) == row(before, piece));
  for (const auto& [name, tensor] : before.tensors) {
    if (name != kTable) CHECK(after.tensors.at(name).values == tensor.values);
  }
  CHECK(report.tokenisation.different == 4);
  CHECK(report.tokenisation.pieces_after < report.tokenisation.pieces_before);
  CHECK(to_text(report).find("3 pieces added") != std::string::npos);
  CHECK(after.config.at("provenance").at("extended").at("from").as_string() == report.from);
}

TEST_CASE("Texts without an added word have the scores that they had") {
  const Pair pair;
  extend(pair.options());
  const auto texts = model::test::random_texts(20, 5);
  Classifier before(load_model(pair.path("model"))), after(load_model(pair.path("out")));
  for (const auto& text : texts) {
    const TextInput input{.text = text};
    CHECK(before.classify({&input, 1}).front().sentiment == after.classify({&input, 1}).front().sentiment);
  }
}

TEST_CASE("How many pieces come back, and how often they must be used, can be said") {
  const Pair pair;
  auto options = pair.options();
  options.add = 1;
  CHECK(extend(options).added == std::vector<std::string>{"insolvent"});
  options = pair.options();
  options.out = pair.path("other");
  options.min_count = 2;
  CHECK(extend(options).added == std::vector<std::string>{"insolvent", "sued"});
}

TEST_CASE("An encoder of another width, nothing to add, and a folder in use are refused; nothing is written") {
  const Pair pair;
  auto options = pair.options();
  options.encoder = pair.path("nowhere");
  CHECK_THROWS_AS(extend(options), ModelError);
  options.encoder = pair.path("model");
  CHECK_THROWS_WITH(extend(options), Contains("--min-count"));
  model::test::TinyModel wide({.hidden = 40, .heads = 5});
  pair.write("wide", wide);
  options.encoder = pair.path("wide");
  CHECK_THROWS_WITH(extend(options), Contains(kTable) && Contains("expected shape"));
  CHECK_FALSE(std::filesystem::exists(options.out));
  options = pair.options();
  options.out = pair.path("model");
  CHECK_THROWS_AS(extend(options), ModelError);
}

}  // namespace
}  // namespace tapewatch::model::train
