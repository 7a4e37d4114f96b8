// Tested by tests/train/extend/extend_test.cpp
#include "model/train/extend/extend.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <numeric>
#include <set>
#include <span>

#include "model/package/file_bytes.hpp"
#include "model/package/model_error.hpp"
#include "model/package/model_writer.hpp"
#include "model/package/quantised_tensors.hpp"
#include "model/package/tensor_reader.hpp"
#include "model/train/prune/prune_corpus.hpp"

namespace tapewatch::model::train {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kShown = 20;  // of the pieces added

/// A vocabulary and its table of words, as floats.
struct WordSource {
  Vocabulary vocabulary;
  std::vector<float> rows;  // [pieces, hidden]
};

WordSource read_words(const fs::path& folder, std::size_t hidden) {
  const FileBytes lines(folder / "vocab.txt");
  WordSource source{Vocabulary::parse(lines.text()), {}};
  const auto path = (folder / "model.safetensors").string();
  const FileBytes bytes(path);
  const auto file = Safetensors::parse(bytes.bytes(), path);
  TensorReader reader(file);
  const Shape shape{source.vocabulary.size(), hidden};
  const std::string plain(kWordTable), published = "bert." + plain;
  try {
    const auto rows = reader.read_matrix(file.find(published) ? published : plain, shape);
    source.rows.assign(rows.begin(), rows.end());
  } catch (const ModelError& error) {
    throw ModelError(fmt::format("{}: {}", path, error.what()));
  }
  return source;
}

/// Pieces of `words` that `model` lacks, by how often the texts use them; of equals the first in the vocabulary.
std::vector<std::int32_t> missing_pieces(const ModelPackage& model, const Vocabulary& words,
                                         std::span<const std::string> texts, const ExtendOptions& options) {
  const Tokenizer tokenizer(words, model.config().folding);
  const auto counts = count_pieces(tokenizer, words.size(), texts);
  std::vector<std::int32_t> ids(words.size());
  std::iota(ids.begin(), ids.end(), 0);
  std::erase_if(ids, [&](std::int32_t id) {
    return counts[static_cast<std::size_t>(id)] < std::max<std::size_t>(options.min_count, 1) ||
           model.vocabulary().find(words.piece(id)) != Vocabulary::kNone;
  });
  std::ranges::stable_sort(ids, std::ranges::greater(),
                           [&](std::int32_t id) { return counts[static_cast<std::size_t>(id)]; });
  ids.resize(std::min(ids.size(), options.add));
  return ids;
}

void add_pieces(PrunableModel& model, const WordSource& words, std::span<const std::int32_t> ids) {
  auto& table = model.tensor(std::string(kWordTable));
  const std::size_t hidden = table.shape[1];
  for (const auto id : ids) {
    model.pieces.emplace_back(words.vocabulary.piece(id));
    const auto row = words.rows.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(id) * hidden);
    table.values.insert(table.values.end(), row, row + static_cast<std::ptrdiff_t>(hidden));
  }
  table.shape[0] = model.pieces.size();
  model.config["vocab_size"] = model.pieces.size();
}

}  // namespace

ExtendReport extend(const ExtendOptions& options) {
  check_is_free(options.out);
  std::vector<std::string> texts;
  for (const auto& path : options.corpora) {
    auto more = read_texts(path);
    std::ranges::move(more, std::back_inserter(texts));
  }
  auto model = PrunableModel::read(options.model);
  const auto before = model.load();
  const auto words = read_words(options.encoder, model.tensor(std::string(kWordTable)).shape[1]);
  const auto ids = missing_pieces(*before, words.vocabulary, texts, options);
  if (ids.empty()) throw ModelError("the vocabulary has every piece that the corpora use as often as --min-count says");
  add_pieces(model, words, ids);
  auto& provenance = model.config["provenance"];
  if (!provenance.is_object()) provenance.emplace_object();
  const std::string from = load_model(options.model)->version();
  provenance.get_object()["extended"] = {{"from", from}, {"command", options.command}};
  const auto files = model.files();
  const ModelPackage after(files.view(), options.out);  // loaded before it is written
  ExtendReport report{.from = from, .to = after.version(), .added = {}, .size = model.pieces.size()};
  for (const auto id : ids) report.added.emplace_back(words.vocabulary.piece(id));
  report.tokenisation = compare_tokenisation(*before, after, texts);
  write_model_directory(options.out, files.view());
  return report;
}

std::string to_text(const ExtendReport& report) {
  const auto& change = report.tokenisation;
  const std::span<const std::string> shown(report.added.data(), std::min(report.added.size(), kShown));
  return fmt::format(
      "{} -> {}: {} pieces added, {} in all\n{}{}\n{} of {} texts are read in other pieces, {} in place of {}\n",
      report.from, report.to, report.added.size(), report.size, fmt::join(shown, " "),
      shown.size() < report.added.size() ? " …" : "", change.different, change.texts, change.pieces_after,
      change.pieces_before);
}

}  // namespace tapewatch::model::train
