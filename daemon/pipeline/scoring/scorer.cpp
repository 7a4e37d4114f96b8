#include "daemon/pipeline/scoring/scorer.hpp"

#include <algorithm>
#include <exception>
#include <new>

#include "daemon/pipeline/labels.hpp"
#include "daemon/pipeline/scoring/abstention.hpp"
#include "ingest/story/story_key.hpp"

namespace tapewatch {

Scorer::Scorer(Scheduler& scheduler, Lane lane, std::shared_ptr<const ingest::EntityFinder> finder,
               const model::ClassifierOptions& options, std::shared_ptr<const ModelNames> names)
    : classifier_(scheduler, lane),
      finder_(std::move(finder)),
      names_(names ? std::move(names)
                   : std::make_shared<const ModelNames>(model_names(*scheduler.package(), scheduler.prior()))),
      languages_(options.languages),
      abstain_below_(options.abstain_below) {}

std::vector<Scored> Scorer::score(std::vector<Incoming>&& batch, const EventClock& clock) {
  std::vector<Scored> records;
  records.reserve(batch.size());
  try {
    score_into(records, batch);
  } catch (const std::bad_alloc&) {
    for (std::size_t i = 0; i < records.size(); ++i) batch[i] = std::move(records[i].incoming);
    throw;
  }
  const TimePoint now = clock.now();
  for (auto& record : records) record.scored_at = now;
  return records;
}

void Scorer::score_into(std::vector<Scored>& records, std::vector<Incoming>& batch) {
  std::vector<Reading> readings;
  for (auto& incoming : batch) {
    Scored& record = records.emplace_back();
    record.incoming = std::move(incoming);
    record.model_version = names_->version;
    auto* document = std::get_if<ingest::Document>(&record.incoming.content);
    if (!document) continue;
    Reading reading{.record = records.size() - 1, .text = ingest::scoring_text(*document)};
    record.story_key = ingest::story_key(document->title);
    record.story_signature = ingest::story_signature(document->title);
    find_entities(record, document->entities, reading);
    if (!is_refused(record, *document, reading)) readings.push_back(std::move(reading));
  }
  classify(records, readings);
}

std::vector<Scored> Scorer::score_again(std::vector<StoredText>&& texts, const EventClock& clock) {
  std::vector<Scored> records;
  records.reserve(texts.size());
  std::vector<Reading> readings;
  for (auto& text : texts) {
    Scored& record = records.emplace_back();
    record.model_version = names_->version;
    record.entities = std::move(text.entities);
    Reading reading{.record = records.size() - 1, .text = ingest::scoring_text(text.document)};
    place_entities(record, reading);
    if (!is_refused(record, text.document, reading)) readings.push_back(std::move(reading));
    record.incoming.content = std::move(text.document);
  }
  classify(records, readings);
  const TimePoint now = clock.now();
  for (auto& record : records) record.scored_at = now;
  return records;
}

bool Scorer::is_refused(Scored& record, ingest::Document& document, const Reading& reading) const {
  const auto language = languages_.refused_language(document, reading.text);
  if (language.empty()) return false;
  record.unscored_reason = "language:" + language;
  document.language = language;
  return true;
}

/// All mentions of the record's companies; of one that the watch list does not find any more, the one that is known.
void Scorer::place_entities(const Scored& record, Reading& reading) const {
  reading.entities.resize(record.entities.size());
  if (record.entities.empty()) return;
  for (const auto& mention : finder_->find_all(reading.text, {})) {
    const auto& id = finder_->entities()[mention.entity].id;
    const auto named =
        std::find_if(record.entities.begin(), record.entities.end(), [&](const auto& e) { return e.id == id; });
    if (named == record.entities.end()) continue;
    reading.entities[static_cast<std::size_t>(named - record.entities.begin())].push_back({mention.start, mention.end});
  }
  for (std::size_t i = 0; i < record.entities.size(); ++i) {
    const ScoredEntity& known = record.entities[i];
    const bool is_place = known.end > known.start && known.end <= reading.text.size();
    if (reading.entities[i].empty() && is_place) reading.entities[i].push_back({known.start, known.end});
  }
}

/// The record keeps each entity's first mention; the classifier gets all of them.
void Scorer::find_entities(Scored& record, const std::vector<std::string>& named, Reading& reading) const {
  std::vector<std::size_t> found;  // places in the watch list, in the order of record.entities
  for (const auto& mention : finder_->find_all(reading.text, named)) {
    const auto& watched = finder_->entities()[mention.entity];
    const auto known = std::find(found.begin(), found.end(), mention.entity);
    const auto index = static_cast<std::size_t>(known - found.begin());
    if (known == found.end()) {
      found.push_back(mention.entity);
      record.entities.push_back({watched.id, watched.name, watched.tags, static_cast<std::uint32_t>(mention.start),
                                 static_cast<std::uint32_t>(mention.end)});
      reading.entities.emplace_back();
    }
    if (mention.end > mention.start) reading.entities[index].push_back({mention.start, mention.end});
  }
}

void Scorer::classify(std::vector<Scored>& records, const std::vector<Reading>& readings) {
  last_tokens_ = 0;
  if (readings.empty()) return;
  std::vector<model::TextInput> inputs;
  inputs.reserve(readings.size());
  for (const auto& reading : readings) {
    const auto& document = std::get<ingest::Document>(records[reading.record].incoming.content);
    inputs.push_back(
        {.text = reading.text, .entities = reading.entities, .neutral_bias = prior().neutral_of(document.source)});
  }
  try {
    auto predictions = classifier_.classify(inputs);
    for (std::size_t i = 0; i < readings.size(); ++i) {
      last_tokens_ += predictions[i].tokens;
      set_scores(records[readings[i].record], std::move(predictions[i]));
    }
  } catch (const std::bad_alloc&) {
    throw;  // not the texts' fault: they must not be stored as unscored because of it
  } catch (const std::exception& error) {
    for (const auto& reading : readings) records[reading.record].unscored_reason = std::string("error:") + error.what();
  }
}

void Scorer::set_scores(Scored& record, model::Prediction prediction) const {
  record.label = label_or_abstained(prediction.label(), prediction.confidence(), abstain_below_);
  if (!prediction.topics.empty()) record.topic = names_->topics.at(prediction.topic());
  record.risk = to_risk(prediction.risk, names_->events);
  for (std::size_t i = 0; i < record.entities.size(); ++i) {
    ScoredEntity& entity = record.entities[i];
    entity.label = record.label;
    entity.risk = record.risk;
    if (i < prediction.entity_risks.size()) entity.risk = to_risk(prediction.entity_risks[i], names_->events);
    if (i >= prediction.entities.size()) continue;
    entity.towards = prediction.entities[i];
    entity.label = label_or_abstained(entity.towards->label(), entity.towards->confidence(), abstain_below_);
  }
  prediction.entities.clear();
  prediction.entity_risks.clear();
  record.prediction = std::move(prediction);
}

}  // namespace tapewatch
