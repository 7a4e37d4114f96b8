#pragma once

#include <memory>
#include <string>
#include <vector>

#include "daemon/pipeline/scored.hpp"
#include "daemon/pipeline/scoring/language_gate.hpp"
#include "daemon/pipeline/scoring/model_names.hpp"
#include "daemon/pipeline/scoring/scheduler.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "model/classifier_options.hpp"
#include "model/explanation.hpp"

namespace tapewatch {

/// A document that is stored, and the companies that it is known to name (label and `towards` are not read).
struct StoredText {
  ingest::Document document;
  std::vector<ScoredEntity> entities;
};

/// From documents to scored records: language check, watch-list entities, story key on the caller's thread, the texts'
/// scores on the scheduler's. A text's scores do not depend on the batch it came in.
class Scorer {
 public:
  /// A document in a language that `options.languages` does not name is unscored (LanguageGate), and gets that
  /// language. The scheduler must outlive the scorer. `names`: of the scheduler's model, made once for many scorers;
  /// null: they are made here.
  Scorer(Scheduler& scheduler, Lane lane, std::shared_ptr<const ingest::EntityFinder> finder,
         const model::ClassifierOptions& options, std::shared_ptr<const ModelNames> names = nullptr);

  /// One result per record, in the same order; what is not a document passes through. A classifier that fails leaves
  /// its texts unscored with the reason rather than losing them. Throws std::bad_alloc, leaving the batch unchanged.
  std::vector<Scored> score(std::vector<Incoming>&& batch, const EventClock& clock);

  /// The same for texts that are stored: each names the companies that it is known to name, wherever the watch list
  /// finds them, or else at the stored place.
  std::vector<Scored> score_again(std::vector<StoredText>&& texts, const EventClock& clock);

  /// The watch list from the next call of score() on.
  void watch(std::shared_ptr<const ingest::EntityFinder> finder) { finder_ = std::move(finder); }
  const ingest::EntityFinder& watched() const { return *finder_; }

  /// Why a text has its label: up to 30 times the cost of scoring it, so only on request.
  model::Explanation explain(std::string_view text, std::string_view source) {
    return model::explain(classifier_, {.text = text, .neutral_bias = prior().neutral_of(source)});
  }
  const model::Prior& prior() const { return classifier_.prior(); }
  const ModelNames& names() const { return *names_; }

  /// Tokens in the texts of the last call: the size of the batch, for the metrics.
  std::size_t last_tokens() const { return last_tokens_; }

 private:
  /// A document on its way to the classifier: the text in which its entities were found, and the mentions of each.
  struct Reading {
    std::size_t record = 0;
    std::string text;
    std::vector<model::Mentions> entities;
  };
  void score_into(std::vector<Scored>& records, std::vector<Incoming>& batch);
  void find_entities(Scored& record, const std::vector<std::string>& named, Reading& reading) const;
  void place_entities(const Scored& record, Reading& reading) const;
  bool is_refused(Scored& record, ingest::Document& document, const Reading& reading) const;
  void classify(std::vector<Scored>& records, const std::vector<Reading>& readings);
  void set_scores(Scored& record, model::Prediction prediction) const;

  Scheduler::Client classifier_;
  std::shared_ptr<const ingest::EntityFinder> finder_;
  std::shared_ptr<const ModelNames> names_;
  LanguageGate languages_;
  double abstain_below_;
  std::size_t last_tokens_ = 0;
};

}  // namespace tapewatch
