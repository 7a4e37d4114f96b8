#include "storage/document/document_event.hpp"

#include <fmt/format.h>

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <iterator>

#include "storage/document/label.hpp"

namespace tapewatch::storage {

std::string quote_json(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::string document_event(const DocumentRow& row, const DocumentEventFacts& facts) {
  std::string json;
  auto out = std::back_inserter(json);
  fmt::format_to(out, R"({{"id":"{}","seq":{},"revision":{},"source":{},"title":{},"url":{},"language":{},)",
                 facts.row_id, facts.seq, facts.revision, quote_json(row.source), quote_json(row.title),
                 quote_json(row.url), quote_json(row.language));
  fmt::format_to(out, R"("published_at":"{}",)", to_rfc3339(facts.published_at));
  if (row.probabilities) {
    const auto& p = *row.probabilities;
    fmt::format_to(out, R"("sentiment":{},"label":{},"probabilities":{{"positive":{},"neutral":{},"negative":{}}},)",
                   from_micro(to_micro(static_cast<double>(p[0]) - static_cast<double>(p[2]))),
                   quote_json(to_string(row.label)), p[0], p[1], p[2]);
  } else {
    fmt::format_to(out, R"("sentiment":null,"label":{},"probabilities":null,)", quote_json(to_string(row.label)));
  }
  fmt::format_to(out, R"("topic":{},"entities":[)", row.topic.empty() ? "null" : quote_json(row.topic));
  const char* separator = "";
  for (const auto& entity : row.entities) {
    fmt::format_to(out, R"({}{{"id":{},"name":{},"sentiment":{},"label":{}}})", separator, quote_json(entity.id),
                   quote_json(entity.name),
                   entity.label == Label::unscored ? "null" : fmt::format("{}", from_micro(to_micro(entity.sentiment))),
                   quote_json(to_string(entity.label)));
    separator = ",";
  }
  fmt::format_to(out, R"(],"story":"{}","late":{},"model":{}}})", facts.story_id, facts.late,
                 quote_json(row.model_version));
  return json;
}

}  // namespace tapewatch::storage
