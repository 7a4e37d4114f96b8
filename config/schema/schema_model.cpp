// Tested by tests/config/toml/load_test.cpp
#include "config/schema/schema.hpp"

namespace tapewatch::config {

namespace {

const Keys<model::RulesOptions>& rules_keys() {
  using O = model::RulesOptions;
  static const Keys<O> keys = {
      text_key<O>("file", &O::file, "TSV with the columns phrase, class (a label or topic) and weight.", not_empty()),
      number_key<O>("mixing_weight", &O::mixing_weight,
                    "Weight of the rules beside the network; `eval --fit-mixing` learns it. 0: no rules.", 0.0, 100.0),
  };
  return keys;
}

constexpr double kMostBias = 5.0;  // log-odds

const Keys<model::SourceReading>& source_keys() {
  using O = model::SourceReading;
  static const Keys<O> keys = {
      text_key<O>("name", &O::name, "A source's name, as documents have it.", not_empty()),
      number_key<O>("neutral_bias", &O::neutral_bias, "In place of model.neutral_bias for this source.", -kMostBias,
                    kMostBias),
  };
  return keys;
}

/// A name is needed, and given once.
void finish_source(Reader& reader, const Place& place, model::SourceReading& source, bool keys_are_fine) {
  if (keys_are_fine && source.name.empty()) reader.error(place, "name is missing: [[model.source]] needs one");
}

}  // namespace

const Keys<model::ClassifierOptions>& model_keys() {
  using O = model::ClassifierOptions;
  static const Keys<O> keys = {
      text_key<O>("path", &O::path, "`builtin`, or a directory with config.json, vocab.txt and model.safetensors.",
                  not_empty()),
      text_key<O>("precision", &O::precision,
                  "What the encoder's matrix products are computed in: fp32 or int8. Scores are stored under the "
                  "precision's own model version.",
                  one_of({"fp32", "int8"})),
      text_key<O>("kernels", &O::kernels,
                  "Instruction set: auto, avx512_vnni, avx512, avx2 or portable. The scores do not depend on it.",
                  not_empty()),
      whole_key<O>("threads", &O::threads, "Scoring threads; 0: one per core.", 0, 1024),
      texts_key<O>("languages", &O::languages, "Languages the model knows; others are stored as `unscored`.",
                   not_empty()),
      number_key<O>("abstain_below", &O::abstain_below, "A score with less confidence is labelled `abstained`.", 0.0,
                    1.0),
      whole_key<O>("max_batch", &O::max_batch, "Documents scored together, at most.", 1, 1024),
      whole_key<O>("max_windows", &O::max_windows, "The most overlapping windows in which a long text is read.", 1, 64),
      size_key<O>("cache", &O::cache_bytes,
                  "Memory for the scores of texts that have been scored, which reprints get back; 0: none.", 0,
                  std::uint64_t{1} << 30),
      number_key<O>("neutral_bias", &O::neutral_bias,
                    "Added to the log-odds of neutral: where neutral begins for this desk; `eval --fit-neutral` learns "
                    "it. Part of the model version.",
                    -kMostBias, kMostBias),
      tables_key<O, decltype(&O::sources), model::SourceReading>("source", &O::sources, source_keys, finish_source),
      table_key<O>("rules", &O::rules, rules_keys),
  };
  return keys;
}

}  // namespace tapewatch::config
