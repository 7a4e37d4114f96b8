// The recogniser that is learned tells the languages of texts that it has not met, and the same rows give the same
// file.
#include "model/train/language/language_training.hpp"

#include <span>

#include "model/language/language_recogniser.hpp"
#include "model/package/model_error.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model::train {
namespace {

/// Texts of words that each of two invented languages has.
std::vector<LanguageRow> invented_rows(std::size_t count) {
  const std::vector<std::string> ours{"shing", "wather", "thole", "whing", "ough"},
      others{"skij", "prze", "czyn", "owska", "zeby"};
  std::vector<LanguageRow> rows;
  for (std::size_t i = 0; i < count; ++i) {
    for (const bool common : {true, false}) {
      const auto& words = common ? ours : others;
      LanguageRow row{.language = common ? "en" : "pl", .text = {}};
      for (std::size_t word = 0; word < 3; ++word) row.text += words[(i * 7 + word * 3 + i / 5) % 5] + " ";
      rows.push_back(row);
    }
  }
  return rows;
}

LanguageRecogniser parse(const std::string& file) {
  return LanguageRecogniser::parse(std::as_bytes(std::span(file)), "trained");
}

const std::vector<std::string> kEnglish{"en"};

TEST_CASE("A language is told by its runs of letters, in any case") {
  std::vector<std::string> told;
  const auto trained = train_languages(invented_rows(60), {.buckets = 512, .epochs = 8},
                                       [&](const std::string& line) { told.push_back(line); });
  CHECK(told.size() == 8);
  const auto model = parse(trained.file);
  CHECK(model.languages() == std::vector<std::string>{"en", "pl"});
  for (const char* text : {"przeskij owskaczyn", "Przeskij Owskaczyn", "PRZESKIJ OWSKACZYN"}) {
    INFO(text);
    CHECK(model.foreign(text, kEnglish, 0) == "pl");
  }
  CHECK(model.foreign("wathering tholeough", kEnglish, 0).empty());
  CHECK(model.foreign("przeskij", std::vector<std::string>{"en", "pl"}, 0).empty());
  for (const auto& error : trained.errors) {
    if (error.margin == 0.0F) {
      CHECK(error.refused == 0);
      CHECK(error.passed == 0);
    }
  }
}

TEST_CASE("The same rows give the same file, another seed another one") {
  const auto rows = invented_rows(20);
  const auto none = [](const std::string&) {};
  const auto first = train_languages(rows, {.buckets = 128, .epochs = 2}, none).file;
  CHECK(first == train_languages(rows, {.buckets = 128, .epochs = 2}, none).file);
  CHECK(first != train_languages(rows, {.buckets = 128, .epochs = 2, .seed = 2}, none).file);
}

TEST_CASE("One language alone cannot be told from another") {
  const std::vector<LanguageRow> rows{{"en", "a text"}, {"en", "another"}};
  CHECK_THROWS_AS(train_languages(rows, {}, [](const std::string&) {}), ModelError);
}

}  // namespace
}  // namespace tapewatch::model::train
