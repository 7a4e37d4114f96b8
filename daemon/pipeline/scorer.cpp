#include "daemon/pipeline/scorer.hpp"

#include <algorithm>
#include <exception>

#include "ingest/story_key.hpp"

namespace tapewatch {

Scorer::Scorer(std::shared_ptr<const model::ModelPackage> model, std::shared_ptr<const ingest::EntityFinder> finder,
               std::vector<std::string> languages)
    : classifier_(std::move(model)), finder_(std::move(finder)), languages_(std::move(languages)) {}

std::vector<Scored> Scorer::score(std::vector<Incoming> batch, const EventClock& clock) {
  std::vector<Scored> records;
  records.reserve(batch.size());
  std::vector<std::size_t> rows;
  std::vector<std::string> texts;
  for (auto& incoming : batch) {
    Scored& record = records.emplace_back();
    record.incoming = std::move(incoming);
    const auto* document = std::get_if<ingest::Document>(&record.incoming.content);
    if (!document) continue;
    std::string text = ingest::scoring_text(*document);
    record.story_key = ingest::story_key(document->title);
    record.mentions = finder_->find(text, document->entities);
    const bool readable = document->language.empty() || languages_.empty() ||
                          std::find(languages_.begin(), languages_.end(), document->language) != languages_.end();
    if (!readable) {
      record.unscored_reason = "language:" + document->language;
      continue;
    }
    rows.push_back(records.size() - 1);
    texts.push_back(std::move(text));
  }
  classify(records, rows, texts);
  const TimePoint now = clock.now();
  for (auto& record : records) record.scored_at = now;
  return records;
}

void Scorer::classify(std::vector<Scored>& records, const std::vector<std::size_t>& rows,
                      const std::vector<std::string>& texts) {
  last_tokens_ = 0;
  if (rows.empty()) return;
  const std::vector<std::string_view> views(texts.begin(), texts.end());
  try {
    auto predictions = classifier_.classify(views);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      last_tokens_ += predictions[i].tokens;
      records[rows[i]].prediction = std::move(predictions[i]);
    }
  } catch (const std::exception& error) {
    for (const std::size_t row : rows) records[row].unscored_reason = std::string("error:") + error.what();
  }
}

}  // namespace tapewatch
