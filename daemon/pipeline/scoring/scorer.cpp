#include "daemon/pipeline/scoring/scorer.hpp"

#include <algorithm>
#include <exception>

#include "ingest/text/language.hpp"
#include "ingest/text/story_key.hpp"

namespace tapewatch {

Scorer::Scorer(std::shared_ptr<const model::ModelPackage> model, std::shared_ptr<const ingest::EntityFinder> finder,
               const model::ClassifierOptions& options, model::Prior prior)
    : classifier_(std::move(model), {.max_windows = options.max_windows, .prior = std::move(prior)}),
      finder_(std::move(finder)),
      languages_(options.languages) {}

std::vector<Scored> Scorer::score(std::vector<Incoming> batch, const EventClock& clock) {
  std::vector<Scored> records;
  records.reserve(batch.size());
  std::vector<Reading> readings;
  for (auto& incoming : batch) {
    Scored& record = records.emplace_back();
    record.incoming = std::move(incoming);
    auto* document = std::get_if<ingest::Document>(&record.incoming.content);
    if (!document) continue;
    Reading reading{.record = records.size() - 1, .text = ingest::scoring_text(*document)};
    record.story_key = ingest::story_key(document->title);
    find_entities(record, document->entities, reading);
    if (const auto language = unreadable_language(*document, reading.text); !language.empty()) {
      record.unscored_reason = "language:" + language;
      document->language = language;
      continue;
    }
    readings.push_back(std::move(reading));
  }
  classify(records, readings);
  const TimePoint now = clock.now();
  for (auto& record : records) record.scored_at = now;
  return records;
}

/// The language of a text that the model does not read; "" of one that it does. The source is believed where it says.
std::string Scorer::unreadable_language(const ingest::Document& document, std::string_view text) const {
  if (languages_.empty()) return {};
  if (document.language.empty()) return ingest::foreign_language(text, languages_);
  const bool known = std::find(languages_.begin(), languages_.end(), document.language) != languages_.end();
  return known ? std::string() : document.language;
}

/// The record keeps each entity's first mention, the classifier is given all of them.
void Scorer::find_entities(Scored& record, const std::vector<std::string>& named, Reading& reading) const {
  for (const auto& mention : finder_->find_all(reading.text, named)) {
    const auto known = std::find_if(record.mentions.begin(), record.mentions.end(),
                                    [&](const auto& first) { return first.entity == mention.entity; });
    const auto index = static_cast<std::size_t>(known - record.mentions.begin());
    if (known == record.mentions.end()) {
      record.mentions.push_back(mention);
      reading.entities.emplace_back();
    }
    if (mention.end > mention.start) reading.entities[index].push_back({mention.start, mention.end});
  }
}

void Scorer::classify(std::vector<Scored>& records, const std::vector<Reading>& readings) {
  last_tokens_ = 0;
  if (readings.empty()) return;
  std::vector<model::TextInput> inputs;
  for (const auto& reading : readings) inputs.push_back({.text = reading.text, .entities = reading.entities});
  try {
    auto predictions = classifier_.classify(inputs);
    for (std::size_t i = 0; i < readings.size(); ++i) {
      last_tokens_ += predictions[i].tokens;
      records[readings[i].record].prediction = std::move(predictions[i]);
    }
  } catch (const std::exception& error) {
    for (const auto& reading : readings) records[reading.record].unscored_reason = std::string("error:") + error.what();
  }
}

}  // namespace tapewatch
