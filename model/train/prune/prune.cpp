#include "model/train/prune/prune.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <numeric>

#include "model/package/model_error.hpp"
#include "model/package/model_writer.hpp"
#include "model/train/prune/prune_corpus.hpp"
#include "model/train/prune/prune_layers.hpp"

namespace tapewatch::model::train {
namespace {

using Log = std::function<void(const std::string&)>;

std::vector<ValidationSet> read_sets(const PruneOptions& options, const ModelPackage& package) {
  std::vector<ValidationSet> sets;
  for (const auto& [task, file] : {std::pair("sentiment", options.sentiment), std::pair("topic", options.topic),
                                   std::pair("entity", options.entity)}) {
    if (!file.empty()) sets.push_back(ValidationSet::read(task, file, package));
  }
  return sets;
}

std::vector<std::string> texts_of(std::span<const ValidationSet> sets) {
  std::vector<std::string> texts;
  for (const auto& set : sets) {
    for (const auto& row : set.rows) texts.push_back(row.text);
  }
  return texts;
}

ModelSize size_of(const ModelPackage& package, const PrunableFiles& files) {
  const auto& shape = package.config().encoder;
  ModelSize size{.parameters = package.parameters(),
                 .bytes = files.config_json.size() + files.vocab_txt.size() + files.safetensors.size(),
                 .pieces = shape.vocab_size,
                 .layers = shape.layers};
  for (std::size_t layer = 0; layer < shape.layers; ++layer) size.heads += shape.heads_in(layer);
  return size;
}

void check(const PruneOptions& options) {
  const bool cuts_heads = options.heads > 0 || options.head_share;
  if (options.corpora.empty() && options.layers == 0 && options.kept_layers.empty() && !cuts_heads) {
    throw ModelError("nothing to prune: expected --corpus, --layers, --keep-layers, --heads or --head-share");
  }
  if (options.layers > 0 && !options.kept_layers.empty()) throw ModelError("--layers and --keep-layers: expected one");
  if (options.heads > 0 && options.head_share) throw ModelError("--heads and --head-share: expected one");
  if (cuts_heads && options.sentiment.empty() && options.topic.empty() && options.entity.empty()) {
    throw ModelError(
        "--heads, --head-share: heads are judged by what the model loses without them: expected a "
        "validation file (--valid-sentiment, --valid-topic, --valid-entity)");
  }
}

void cut_vocabulary(PrunableModel& model, const ModelPackage& package, const PruneOptions& options,
                    std::span<const std::string> guarded, PruneReport& report, const Log& log) {
  std::vector<std::string> corpus;
  for (const auto& path : options.corpora) {
    auto texts = read_texts(path);
    std::move(texts.begin(), texts.end(), std::back_inserter(corpus));
  }
  report.pieces = choose_pieces(package, corpus, guarded, options.vocabulary);
  keep_pieces(model, report.pieces->ids);
  log(fmt::format("vocabulary: {} of {} pieces stay, by {} texts", report.pieces->ids.size(),
                  package.vocabulary().size(), corpus.size()));
}

void cut_layers(PrunableModel& model, const PruneOptions& options, PruneReport& report, const Log& log) {
  const auto layers = model.config.at("layers").to_number<std::size_t>();
  report.layers =
      options.kept_layers.empty() ? choose_layers(layers, options.layers, options.even_layers) : options.kept_layers;
  keep_layers(model, report.layers);
  log(fmt::format("layers: {} of {} stay: {}", report.layers.size(), layers, fmt::join(report.layers, ", ")));
}

void cut_heads(PrunableModel& model, const PruneOptions& options, std::span<const ValidationSet> sets,
               PruneReport& report, const Log& log) {
  std::vector<ValidationSet> some;
  for (const auto& set : sets) some.push_back(set.sample(options.head_rows));
  std::size_t judged = 0;
  report.importance = head_importance(model, [&](const ModelPackage& package) {
    const double loss = mean_loss(package, some, options.threads);
    log(judged++ == 0 ? fmt::format("heads: loss {:.4f} with all of them", loss)
                      : fmt::format("heads: loss {:.4f} without head {}", loss, judged - 1));
    return loss;
  });
  report.heads = options.head_share ? choose_heads_overall(report.importance, *options.head_share)
                                    : choose_heads(report.importance, options.heads);
  keep_heads(model, report.heads);
}

/// The provenance recorded in the model.
void sign(PrunableModel& model, const PruneOptions& options, const std::string& from) {
  const auto name = std::string(model.config.at("name").as_string());
  model.config["name"] = options.name.empty() ? name + "-pruned" : options.name;
  auto& provenance = model.config["provenance"];
  if (!provenance.is_object()) provenance.emplace_object();
  provenance.get_object()["pruned"] = {{"from", from}, {"command", options.command}};
}

}  // namespace

PruneReport prune(const PruneOptions& options, const Log& log) {
  check(options);
  check_is_free(options.out);
  const auto before = load_model(options.model);
  auto model = PrunableModel::read(options.model);
  const auto sets = read_sets(options, *before);
  const auto texts = texts_of(sets);
  PruneReport report;
  report.from = before->version();
  report.before = size_of(*before, model.files());
  if (!options.corpora.empty()) cut_vocabulary(model, *before, options, texts, report, log);
  if (options.layers > 0 || !options.kept_layers.empty()) cut_layers(model, options, report, log);
  if (options.heads > 0 || options.head_share) cut_heads(model, options, sets, report, log);
  sign(model, options, report.from);
  const auto files = model.files();
  const ModelPackage after(files.view(), options.out);  // a model that cannot be loaded is not written
  report.to = after.version();
  report.after = size_of(after, files);
  if (!sets.empty()) {
    log("measuring");
    if (report.pieces) report.tokenisation = compare_tokenisation(*before, after, texts);
    report.accuracy_before = measure(*before, sets, options.threads);
    report.accuracy_after = measure(after, sets, options.threads);
    std::vector<std::string> some;
    const std::size_t count = std::min(options.speed_texts, texts.size());
    for (std::size_t i = 0; i < count; ++i) some.push_back(texts[i * texts.size() / count]);
    report.speeds = compare_speed(*before, after, some, options.rounds);
  }
  write_model_directory(options.out, files.view());
  return report;
}

}  // namespace tapewatch::model::train
