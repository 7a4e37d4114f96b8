// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/document_api.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "daemon/api/format/document_json.hpp"
#include "daemon/api/format/explanation_json.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/topic_check.hpp"
#include "storage/text/text_query.hpp"

namespace tapewatch {
namespace {

using storage::DocumentOrder;
using storage::DocumentQuery;
using storage::StoredDocument;

std::vector<storage::Label> read_labels(Parameters& parameters, std::string_view parameter) {
  std::vector<storage::Label> labels;
  for (const std::string& name : parameters.list(parameter)) {
    if (const auto label = storage::find_label(name)) {
      labels.push_back(*label);
    } else {
      parameters.error(parameter, "positive, neutral, negative, abstained or unscored");
    }
  }
  return labels;
}

/// `event=insolvency,fraud`, `gravity=serious`: at least.
void read_risk(Parameters& parameters, DocumentQuery& query) {
  query.events = parameters.list("event");
  const auto& names = storage::kGravityNames;
  const auto least = parameters.choice("gravity", {names[0], names[1], names[2]});
  if (least) query.min_gravity = storage::gravity_named(*least);
}

/// `meta=NAME:VALUE`, such as form:8-K.
void read_metadata(Parameters& parameters, DocumentQuery& query) {
  for (const std::string& pair : parameters.repeated("meta")) {
    const std::size_t colon = pair.find(':');
    const bool valid = colon != std::string::npos && colon + 1 < pair.size() &&
                       ingest::is_metadata_name(std::string_view(pair).substr(0, colon), {});
    if (valid) {
      query.metadata.push_back({pair.substr(0, colon), pair.substr(colon + 1)});
    } else {
      parameters.error("meta", "expected NAME:VALUE with a name in lower case, such as form:8-K");
    }
  }
}

void check_text(Parameters& parameters, const std::string& q) {
  try {
    storage::parse_text_query(q);
  } catch (const std::invalid_argument& error) {
    parameters.error("q", error.what());
  }
}

/// `behind=negative_stories`: what the number of that name in the same series of /v1/sentiment counts.
void read_behind(Parameters& parameters, DocumentQuery& query) {
  const auto number = parameters.choice("behind", {"stories", "scored", "negative_stories"});
  if (!number) return;
  query.behind = number == "stories"  ? storage::StoryNumber::stories
                 : number == "scored" ? storage::StoryNumber::scored
                                      : storage::StoryNumber::negative_stories;
  if (query.entities.size() > 1) parameters.error("behind", "needs one series: name one company at most");
  if (query.after_seq) parameters.error("behind", "leave after_seq out: a number counts what is there now");
}

DocumentQuery read_query(Parameters& parameters) {
  DocumentQuery query;
  query.from = parameters.time("from");
  query.to = parameters.time("to");
  if (query.from && query.to && *query.from >= *query.to) parameters.error("from", "must be before to");
  query.q = parameters.text("q").value_or("");
  check_text(parameters, query.q);
  query.topics = parameters.list("topic");
  query.entities = parameters.list("entity");
  query.sources = parameters.repeated("source");
  query.source_ids = parameters.repeated("source_id");
  query.labels = read_labels(parameters, "label");
  query.entity_labels = read_labels(parameters, "entity_label");
  if (!query.entity_labels.empty() && query.entities.empty()) {
    parameters.error("entity_label", "needs entity: the label is that towards a company");
  }
  read_metadata(parameters, query);
  read_risk(parameters, query);
  query.min_sentiment = parameters.number("min_sentiment", -1, 1);
  query.max_sentiment = parameters.number("max_sentiment", -1, 1);
  const auto order = parameters.choice("order", {"newest", "oldest", "most_negative", "most_positive"});
  if (order == "oldest") query.order = DocumentOrder::oldest;
  if (order == "most_negative") query.order = DocumentOrder::most_negative;
  if (order == "most_positive") query.order = DocumentOrder::most_positive;
  query.after_seq = parameters.integer("after_seq", 0, INT64_MAX);
  if (query.after_seq && order) parameters.error("order", "after_seq sets the order; leave order out");
  query.story_id = parameters.integer("story", 0, INT64_MAX);
  read_behind(parameters, query);
  query.limit =
      static_cast<std::size_t>(parameters.integer("limit", 1, storage::DocumentReader::kMaxLimit).value_or(100));
  query.cursor = parameters.text("cursor").value_or("");
  return query;
}

constexpr const char* kCsvHeader =
    "id,seq,revision,source,source_id,published_at,received_at,stored_at,title,url,language,label,sentiment,positive,"
    "neutral,negative,topic,entities,story,late,model,change,meta,event,gravity,backfilled,"
    "entity_labels,entity_sentiments\r\n";

void append_line(CsvLine& line, const StoredDocument& document) {
  const storage::DocumentRow& row = document.row;
  line.field(document.public_id).field(document.seq).field(document.revision).field(row.source).field(row.id);
  line.field(row.published_at).field(row.received_at).field(document.stored_at).field(row.title).field(row.url);
  line.field(row.language).field(storage::to_string(row.label)).field(document.sentiment);
  for (std::size_t i = 0; i < 3; ++i) row.probabilities ? line.field((*row.probabilities)[i]) : line.field("");
  std::string entities, entity_labels, metadata;
  std::vector<std::optional<double>> entity_sentiments;
  for (const auto& entity : row.entities) {
    const char* between = entities.empty() ? "" : ";";
    entities.append(between).append(entity.id);
    entity_labels.append(between).append(storage::to_string(entity.label));
    const bool scored = row.probabilities && entity.label != storage::Label::unscored;
    entity_sentiments.push_back(scored ? std::optional(entity.sentiment) : std::nullopt);
  }
  for (const auto& [name, value] : row.metadata) metadata += (metadata.empty() ? "" : ";") + name + ":" + value;
  line.field(row.topic).field(entities).field(document.story_id).field(document.late).field(row.model_version);
  line.field(change_of(document)).field(metadata);
  line.field(row.risk ? row.risk->event : "").field(row.risk ? storage::to_string(row.risk->gravity) : "");
  document.backfilled ? line.field(*document.backfilled) : line.field("");
  line.field(entity_labels).field(entity_sentiments);
}

/// The pages of a list as text, one after the other, in memory that is used again. `model` must outlive it. One thread
/// at a time.
class DocumentPages {
 public:
  DocumentPages(DocumentQuery query, Format format, const ModelNames& model)
      : query_(std::move(query)), format_(format), model_(model) {
    if (format == Format::csv) csv_ = kCsvHeader;
  }

  bool is_over() const { return over_; }
  /// Where the next page begins; "" at the end.
  const std::string& cursor() const { return query_.cursor; }
  /// The next page. Throws StorageError, and std::invalid_argument for a cursor of another query.
  std::string next(storage::Connection& connection) {
    if (format_ == Format::json) json_.begin_object().key("items").begin_array();
    const auto end = storage::DocumentReader(connection).each(query_, [this](const auto& document) { take(document); });
    if (format_ == Format::json) {
      json_.end_array().field("next_cursor", end.next_cursor).field("seq", end.seq).end_object();
    }
    query_.cursor = end.next_cursor.value_or("");
    over_ = query_.cursor.empty();
    if (format_ != Format::csv) return json_.take();
    std::string page = csv_;
    csv_.clear();
    return page;
  }

 private:
  void take(const StoredDocument& document) {
    if (format_ == Format::csv) {
      append_line(line_, document);
      line_.end_into(csv_);
      return;
    }
    append_document(json_, document, model_, Detail::list);
    if (format_ == Format::ndjson) json_.end_line();
  }

  DocumentQuery query_;
  const Format format_;
  const ModelNames& model_;
  bool over_ = false;
  notation::JsonWriter json_;
  CsvLine line_;
  std::string csv_;
};

/// An export without a limit is the whole list: page after page, each read after the previous one is sent.
NextPart further_pages(ReaderPool& readers, std::shared_ptr<DocumentPages> pages) {
  return [&readers, pages](std::chrono::steady_clock::time_point deadline) -> std::optional<std::string> {
    if (pages->is_over()) return std::nullopt;
    std::string part;
    readers.with(deadline, [&](storage::Connection& connection) { part = pages->next(connection); });
    return part;
  };
}

ApiResponse list_documents(ReaderPool& readers, const ModelNames& model, const PresentNames& names,
                           const ApiRequest& http) {
  Parameters parameters(http);
  DocumentQuery query = read_query(parameters);
  const Format format = read_format(parameters, http);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  const bool whole = format != Format::json && std::none_of(http.query.begin(), http.query.end(),
                                                            [](const auto& field) { return field.first == "limit"; });
  if (whole) query.limit = storage::DocumentReader::kMaxLimit;
  query.text = storage::DocumentText::listed;
  const auto asked = std::exchange(query.topics, with_former_topics(query.topics, model));
  return readers.answer(http, [&](storage::Connection& connection) {
    if (auto refusal = unknown_topics(connection, model, asked, http)) return std::move(*refusal);
    if (auto refusal = unknown_events(connection, model, query.events, http)) return std::move(*refusal);
    if (auto refusal = unknown_names(connection, readers.options(), names, query.entities, query.sources, http)) {
      return std::move(*refusal);
    }
    const auto text = std::make_shared<DocumentPages>(query, format, model);
    ApiResponse response = format == Format::csv      ? csv_response(text->next(connection))
                           : format == Format::ndjson ? ndjson_response(text->next(connection))
                                                      : json_response(text->next(connection));
    warn_of_former_topics(asked, model.former_topics, response);
    if (text->is_over()) return response;
    if (whole) {
      response.more = further_pages(readers, text);
    } else if (format != Format::json) {
      add_next_link(response, http, text->cursor());
    }
    return response;
  });
}

void append_revisions(notation::JsonWriter& json, const std::vector<storage::StoredRevision>& revisions) {
  json.key("revisions").begin_array();
  for (const auto& revision : revisions) {
    json.begin_object().field("revision", revision.revision).field("seq", revision.seq);
    json.field("stored_at", revision.stored_at).field("published_at", revision.published_at);
    json.field("title", revision.title).field("body", revision.body).field("label", storage::to_string(revision.label));
    json.field("sentiment", revision.sentiment).field("topic", revision.topic);
    json.field("model", revision.model_version).end_object();
  }
  json.end_array();
}

/// Why the current model gives the stored text its label; null if the text is unscored.
void explain_document(notation::JsonWriter& json, const storage::DocumentRow& row, const ModelNames& model,
                      ScorerFactory& scorers) {
  if (!row.probabilities) {
    json.key("tokens").null();
    return;
  }
  ingest::Document document;
  document.title = row.title;
  document.body = row.body;
  const auto text = ingest::scoring_text(document);
  auto scorer = scorers.make(Lane::requests);
  append_explanation(json, text, scorer.explain(text, row.source), model, scorer.prior());
}

ApiResponse get_document(ReaderPool& readers, const ModelNames& model, ScorerFactory* scorers, const ApiRequest& http) {
  Parameters parameters(http);
  const bool explain = scorers != nullptr && parameters.flag("explain").value_or(false);
  if (scorers == nullptr) parameters.not_built("explain");
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  const std::string id(http.path_parameter("id"));
  return readers.answer(http, [&](storage::Connection& connection) {
    const storage::DocumentReader reader(connection);
    const auto document = reader.get(id);
    if (!document) return problem(problems::kNotFound, "no document has the id " + id, http.request_id);
    if (document->removed_seq) {
      return problem(problems::kNotFound, "document " + id + " was taken back by its source", http.request_id);
    }
    notation::JsonWriter json;
    append_document(json, *document, model, Detail::full);
    append_revisions(json, reader.revisions(id));
    if (explain) explain_document(json, document->row, model, *scorers);
    json.end_object();
    return json_response(json.take());
  });
}

}  // namespace

void add_document_routes(Router& router, ReaderPool& readers, ModelNames model, PresentNames names,
                         std::shared_ptr<ScorerFactory> scorers) {
  router.get("/v1/documents", Access::read, QueryHandler{[&readers, model, names](const ApiRequest& http) {
               return list_documents(readers, model, names, http);
             }});
  router.get("/v1/documents/{id}", Access::read, QueryHandler{[&readers, model, scorers](const ApiRequest& http) {
               return get_document(readers, model, scorers.get(), http);
             }});
}

}  // namespace tapewatch
