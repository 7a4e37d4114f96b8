#include "model/classifier.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "model/calibration.hpp"
#include "model/ops/elementary.hpp"
#include "model/package/weights.hpp"
#include "model/text/passages_about.hpp"
#include "model/text/sentences.hpp"
#include "model/window_scorer.hpp"

namespace tapewatch::model {
namespace {

// Texts tokenised, sorted and scored together: bounds memory for any number of texts.
constexpr std::size_t kChunkTexts = 256;
constexpr std::size_t kLeastBody = 24;  // pieces behind the first sentence that make it a title

/// sum += weight · logits. Each text's windows are added in their order, so the sum is the same in any batch.
void add_weighted(std::span<float> sum, std::span<const float> logits, float weight) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += weight * logits[i];
}

/// The logits of a risk head: events, then gravities.
void add_weighted(RiskScore& sum, std::span<const float> logits, float weight) {
  add_weighted(sum.events, logits.first(sum.events.size()), weight);
  add_weighted(sum.gravities, logits.last(sum.gravities.size()), weight);
}

/// Zeros for every event, so that logits can be added up.
RiskScore no_risk(const ModelConfig& config) {
  RiskScore risk;
  if (!config.events.empty()) risk.events.assign(config.events.size() + 1, 0.0F);
  return risk;
}

/// Gives the first of some probabilities this value, and the others what is left in their proportions: the two answers
/// about a risk event then agree on whether there is one.
void share_out(std::span<float> probabilities, float first) {
  const auto others = probabilities.subspan(1);
  const float sum = std::accumulate(others.begin(), others.end(), 0.0F);
  if (sum == 0) return;  // nothing but the first is possible
  for (float& probability : others) probability *= (1 - first) / sum;
  probabilities[0] = first;
}

bool overlaps(ByteSpan span, std::span<const ByteSpan> others) {
  return std::any_of(others.begin(), others.end(), [&](const auto& other) { return overlap(span, other); });
}

BoilerplateSpans left_out_of(const ModelPackage& package, std::string_view text) {
  return package.config().leave_out_boilerplate ? find_boilerplate(text) : BoilerplateSpans();
}

/// Better is positive, worse negative, as much neutral.
Sentiment class_of(int verdict) {
  return verdict > 0 ? Sentiment::positive : verdict < 0 ? Sentiment::negative : Sentiment::neutral;
}

/// What the figures in the sentences that name a company say; all are about one that only the source names.
std::optional<int> verdict_about(std::span<const ByteSpan> mentions, std::string_view text, const Comparisons& found) {
  if (mentions.empty()) return verdict_of(found);
  const auto sentences = sentences_with(mentions, text);
  Comparisons about;
  for (const Comparison& one : found) {
    if (overlaps(one.value_span, sentences)) about.push_back(one);
  }
  return verdict_of(about);
}

/// What the figures say, without those that overlap `removed`.
ComparisonReading comparisons_of(const ModelPackage& package, std::string_view text,
                                 std::span<const ByteSpan> removed) {
  ComparisonReading reading;
  const float weight = package.config().comparison_weight;
  if (weight == 0) return reading;
  const auto plain = package.config().folding.lookalikes ? plain_text(text) : std::nullopt;
  reading.found = plain ? find_comparisons(*plain) : find_comparisons(text);
  BoilerplateSpans left_out;
  if (!reading.found.empty()) left_out = left_out_of(package, text);
  const auto is_out = [&](ByteSpan span) {
    return overlaps(span, removed) ||
           std::ranges::any_of(left_out, [&](const Boilerplate& place) { return overlap(place.span, span); });
  };
  const auto gone = std::remove_if(reading.found.begin(), reading.found.end(), [&](const Comparison& comparison) {
    return is_out(comparison.value_span) || is_out(comparison.reference_span);
  });
  reading.found.erase(gone, reading.found.end());
  const auto verdict = verdict_of(reading.found);
  if (!verdict) return reading;
  reading.says = class_of(*verdict);
  reading.logits = weight;
  return reading;
}

/// From the log-odds of the head's outputs to those of the topics: of several, the logarithm of the sum of their odds.
void merge_topics(const ModelConfig& config, Prediction::Topics& log_odds) {
  if (config.former_topics.empty()) return;
  Prediction::Topics merged(config.topics.size(), -std::numeric_limits<float>::infinity());
  for (std::size_t i = 0; i < log_odds.size(); ++i) {
    float& largest = merged[config.topic_outputs[i]];
    largest = std::max(largest, log_odds[i]);
  }
  for (std::size_t topic = 0; topic < merged.size(); ++topic) {
    const double largest = merged[topic];
    double odds = 0;  // to the largest
    for (std::size_t i = 0; i < log_odds.size(); ++i) {
      if (config.topic_outputs[i] == topic) odds += natural_exp(double{log_odds[i]} - largest);
    }
    merged[topic] = static_cast<float>(largest + natural_log(odds));
  }
  log_odds = merged;
}

/// The first sentence of a text that goes on for long enough to drown it.
TitleReading title_of(const ModelPackage& package, std::string_view text, std::span<const Token> tokens) {
  const float weight = package.config().title_weight;
  if (weight == 0 || tokens.size() < kLeastBody + 2) return {};
  const std::size_t end = first_sentence(text, tokens[1].start).end;
  const auto pieces = tokens.subspan(1, tokens.size() - 2);
  const auto last = std::ranges::partition_point(pieces, [&](const Token& token) { return token.end <= end; });
  const auto title = static_cast<std::size_t>(last - pieces.begin());
  return title == 0 || pieces.size() - title < kLeastBody ? TitleReading() : TitleReading{title, weight};
}

/// The first `most` pieces of the text, boilerplate aside.
void encode(const ModelPackage& package, std::string_view text, std::size_t most, Encoding& encoding) {
  const auto left_out = left_out_of(package, text);
  if (left_out.empty()) return package.tokenizer().encode(text, most, encoding);
  package.tokenizer().encode(blanked(text, left_out), most, encoding);
}

}  // namespace

/// The buffers of one thread.
struct Classifier::Workspace {
  Workspace(const ModelPackage& package, const ReadingOptions& reading)
      : kernels(*package.engine().kernels),
        limits{.pieces = package.max_tokens() - 2, .windows = std::max<std::size_t>(reading.max_windows, 1)},
        prior(reading.prior),
        cache(reading.cache),
        scorer(package, reading.whole_last_layer) {}

  void read(const ModelPackage& package, std::span<const TextInput> texts);
  void predict(const ModelPackage& package, std::span<Prediction> predictions);
  void calibrate_all(const ModelConfig& config, std::span<Prediction> predictions) const;
  void apply_rules(const ModelPackage& package, std::span<const TextInput> texts,
                   std::span<Prediction> predictions) const;
  static void add_comparisons(const ModelPackage& package, std::span<const TextInput> texts,
                              std::span<Prediction> predictions);
  void move_neutral(std::span<const TextInput> texts, std::span<Prediction> predictions) const;
  void finish(std::span<Prediction> predictions) const;
  void normalise(std::span<float> log_odds) const;
  void normalise(RiskScore& risk) const;

  const Kernels& kernels;
  const WindowLimits limits;
  const Prior prior;
  const std::shared_ptr<LogitCache> cache;
  WindowScorer scorer;
  std::vector<Encoding> encodings;
  ReadingPlan plan;
};

Classifier::Classifier(std::shared_ptr<const ModelPackage> package, ReadingOptions reading)
    : package_(std::move(package)), workspace_(std::make_unique<Workspace>(*package_, reading)) {}

Classifier::~Classifier() = default;
Classifier::Classifier(Classifier&&) noexcept = default;
Classifier& Classifier::operator=(Classifier&&) noexcept = default;

std::vector<Prediction> Classifier::classify(std::span<const std::string_view> texts) {
  std::vector<TextInput> inputs;
  inputs.reserve(texts.size());
  for (const auto text : texts) inputs.push_back({.text = text});
  return classify(inputs);
}

std::vector<Prediction> Classifier::classify(std::span<const TextInput> texts) {
  std::vector<Prediction> predictions(texts.size());
  classify(texts, predictions);
  return predictions;
}

void Classifier::classify(std::span<const TextInput> texts, std::span<Prediction> predictions) {
  for (std::size_t first = 0; first < texts.size(); first += kChunkTexts) {
    const std::size_t count = std::min(kChunkTexts, texts.size() - first);
    workspace_->read(*package_, texts.subspan(first, count));
    const auto chunk = predictions.subspan(first, count);
    workspace_->predict(*package_, chunk);
    workspace_->calibrate_all(package_->config(), chunk);
    if (workspace_->prior.active()) workspace_->apply_rules(*package_, texts.subspan(first, count), chunk);
    Workspace::add_comparisons(*package_, texts.subspan(first, count), chunk);
    workspace_->move_neutral(texts.subspan(first, count), chunk);
    workspace_->finish(chunk);
  }
}

const Prior& Classifier::prior() const { return workspace_->prior; }

Encoding Classifier::read(std::string_view text) const {
  Encoding encoding;
  encode(*package_, text, workspace_->limits.reach() + 2, encoding);
  return encoding;
}

BoilerplateSpans Classifier::left_out(std::string_view text) const { return left_out_of(*package_, text); }

ComparisonReading Classifier::comparisons(std::string_view text) const { return comparisons_of(*package_, text, {}); }

void Classifier::Workspace::read(const ModelPackage& package, std::span<const TextInput> texts) {
  const bool answers = package.weights().entity.present();
  if (encodings.size() < texts.size()) encodings.resize(texts.size());
  plan.clear();
  bool removed = false;  // such texts explain others and are not met again
  for (std::size_t i = 0; i < texts.size(); ++i) {
    encode(package, texts[i].text, limits.reach() + 2, encodings[i]);
    if (!texts[i].removed.empty()) remove_pieces(encodings[i], texts[i].removed);
    removed |= !texts[i].removed.empty();
    plan.add(i, encodings[i], answers ? texts[i].entities : std::span<const Mentions>(), limits, package.vocabulary(),
             title_of(package, texts[i].text, encodings[i].tokens));
  }
  scorer.score(plan, encodings, removed ? nullptr : cache.get());
}

/// The logits: those of a text are the weighted sums over its windows, those of an entity over its questions.
void Classifier::Workspace::predict(const ModelPackage& package, std::span<Prediction> predictions) {
  const auto& config = package.config();
  for (auto& prediction : predictions) {
    prediction = {};
    prediction.topics.assign(config.topic_outputs.size(), 0.0F);
    prediction.risk = no_risk(config);
  }
  for (std::size_t i = 0; i < plan.windows.size(); ++i) {
    const auto& window = plan.windows[i];
    auto& prediction = predictions[window.text];
    add_weighted(prediction.sentiment, scorer.sentiment(i), window.weight);
    add_weighted(prediction.topics, scorer.topics(i), window.weight);
    if (!config.events.empty()) add_weighted(prediction.risk, scorer.risk(i), window.weight);
    prediction.tokens += window.tokens();
  }
  for (std::size_t i = 0; i < plan.questions.size(); ++i) {
    const auto& question = plan.questions[i];
    auto& prediction = predictions[plan.windows[question.window].text];
    if (prediction.entities.size() <= question.entity) prediction.entities.resize(question.entity + 1);
    add_weighted(prediction.entities[question.entity].probabilities, scorer.entity(i), question.weight);
    if (config.events.empty()) continue;
    while (prediction.entity_risks.size() <= question.entity) prediction.entity_risks.push_back(no_risk(config));
    add_weighted(prediction.entity_risks[question.entity], scorer.entity_risk(i), question.weight);
  }
}

void Classifier::Workspace::calibrate_all(const ModelConfig& config, std::span<Prediction> predictions) const {
  for (auto& prediction : predictions) {
    calibrate(prediction.sentiment, config.sentiment_calibration);
    calibrate(prediction.topics, config.topic_calibration);
    merge_topics(config, prediction.topics);
    for (auto& entity : prediction.entities) calibrate(entity.probabilities, config.entity_calibration);
    if (config.events.empty()) continue;
    calibrate(prediction.risk.events, config.event_calibration);
    calibrate(prediction.risk.gravities, config.gravity_calibration);
    for (auto& risk : prediction.entity_risks) {
      calibrate(risk.events, config.entity_event_calibration);
      calibrate(risk.gravities, config.entity_gravity_calibration);
    }
  }
}

/// Applies the rules to the part of each text that is read, and to each company in the sentences that name it; all of
/// the text is about one that only the source names.
void Classifier::Workspace::apply_rules(const ModelPackage& package, std::span<const TextInput> texts,
                                        std::span<Prediction> predictions) const {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto read = encodings[i].truncated ? texts[i].text.substr(0, encodings[i].tokens.back().end) : texts[i].text;
    const auto left_out = left_out_of(package, read);
    const auto add = [&](std::string_view text, std::span<float> sentiment, std::span<float> topics) {
      auto matches = prior.find(text, left_out);
      std::erase_if(matches, [&](const RuleMatch& match) { return overlaps(match.span, texts[i].removed); });
      prior.rules->add_to(matches, prior.mixing_weight, sentiment, topics);
    };
    auto& prediction = predictions[i];
    add(read, prediction.sentiment, prediction.topics);
    for (std::size_t entity = 0; entity < prediction.entities.size(); ++entity) {
      const auto& mentions = texts[i].entities[entity];
      const std::span<float> towards = prediction.entities[entity].probabilities;
      if (mentions.empty()) {
        add(read, towards, {});
      } else {
        add(only_sentences_with(mentions, read), towards, {});
      }
    }
  }
}

void Classifier::Workspace::add_comparisons(const ModelPackage& package, std::span<const TextInput> texts,
                                            std::span<Prediction> predictions) {
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto reading = comparisons_of(package, texts[i].text, texts[i].removed);
    if (reading.says) predictions[i].sentiment[static_cast<std::size_t>(*reading.says)] += reading.logits;
    for (std::size_t k = 0; k < predictions[i].entities.size() && !reading.found.empty(); ++k) {
      const auto verdict = verdict_about(texts[i].entities[k], texts[i].text, reading.found);
      if (!verdict) continue;
      const auto says = static_cast<std::size_t>(class_of(*verdict));
      predictions[i].entities[k].probabilities[says] += package.config().comparison_weight;
    }
  }
}

void Classifier::Workspace::move_neutral(std::span<const TextInput> texts, std::span<Prediction> predictions) const {
  constexpr auto kNeutral = static_cast<std::size_t>(Sentiment::neutral);
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    const float bias = texts[i].neutral_bias.value_or(prior.neutral_bias);
    predictions[i].sentiment[kNeutral] += bias;
    for (auto& entity : predictions[i].entities) entity.probabilities[kNeutral] += bias;
  }
}

/// From log-odds to probabilities.
void Classifier::Workspace::finish(std::span<Prediction> predictions) const {
  for (std::size_t i = 0; i < predictions.size(); ++i) {
    auto& prediction = predictions[i];
    normalise(prediction.sentiment);
    if (!prediction.topics.empty()) normalise(prediction.topics);
    for (auto& entity : prediction.entities) normalise(entity.probabilities);
    normalise(prediction.risk);
    for (auto& risk : prediction.entity_risks) normalise(risk);
    prediction.truncated = encodings[i].truncated;
  }
}

void Classifier::Workspace::normalise(RiskScore& risk) const {
  if (risk.events.empty()) return;
  normalise(std::span<float>(risk.events));
  normalise(std::span<float>(risk.gravities));
  const float none = (risk.events[0] + risk.gravities[0]) / 2;
  share_out(risk.events, none);
  share_out(risk.gravities, none);
}

void Classifier::Workspace::normalise(std::span<float> log_odds) const {
  kernels.softmax({.data = log_odds.data(), .rows = 1, .columns = log_odds.size(), .stride = log_odds.size()}, 1.0F);
}

}  // namespace tapewatch::model
