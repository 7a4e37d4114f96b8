#include "daemon/api/score_api.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/api/format/document_json.hpp"
#include "daemon/api/format/explanation_json.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "ingest/document/canonical_document.hpp"
#include "ingest/text/normalise.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

using Item = ingest::Result<ingest::Document>;

struct ScoreBody {
  std::vector<Item> items;
  bool explain = false;
  std::string error, pointer;
  bool not_built = false;
};

class ScoreApi {
 public:
  ScoreApi(std::shared_ptr<ScorerPool> scorers, ModelNames names, ScoreApiOptions options)
      : names_(std::move(names)), options_(std::move(options)), scorers_(std::move(scorers)) {}

  ApiResponse score(const ApiRequest& request) {
    if (!request.query.empty()) {
      return problem(problems::invalid_parameter, "this takes no parameters", request.request_id);
    }
    ScoreBody body = read_body(request);
    if (!body.error.empty()) {
      std::vector<FieldError> errors;
      errors.push_back({FieldError::In::pointer, body.pointer, body.error});
      const auto& kind = body.not_built ? problems::not_built : problems::invalid_body;
      return problem(kind, body.error, request.request_id, errors);
    }
    auto lease = scorers_->take();
    const std::size_t batch = body.explain ? 1 : options_.batch;  // an explanation costs thirty scores
    notation::JsonWriter out;
    out.begin_object().field("model", names_.version).key("results").begin_array();
    for (std::size_t start = 0; start < body.items.size(); start += batch) {
      if (request.is_over()) {
        if (request.stopping && *request.stopping) {
          return problem(problems::busy, "the server is stopping", request.request_id);
        }
        return problem(problems::deadline, "scoring took too long; send fewer texts", request.request_id);
      }
      const std::size_t end = std::min(body.items.size(), start + batch);
      append_results(out, lease, std::span(body.items).subspan(start, end - start), body.explain);
    }
    out.end_array().end_object();
    return json_response(out.take());
  }

 private:
  ScoreBody read_body(const ApiRequest& request) const {
    ScoreBody body;
    json::error_code error;
    json::parse_options parsing;
    parsing.max_depth = static_cast<unsigned>(options_.limits.max_json_depth);
    const json::value value =
        json::parse(json::string_view(request.body.data(), request.body.size()), error, {}, parsing);
    const json::object* object = value.if_object();
    if (error || !object) {
      body.error = error ? "not JSON: " + error.message() : "an object with \"texts\" or \"documents\" is wanted";
      return body;
    }
    for (const auto& member : *object) {
      const std::string_view name(member.key().data(), member.key().size());
      if (name == "texts" || name == "documents") continue;
      if (name == "explain" && member.value().is_bool()) {
        body.explain = member.value().get_bool();
        continue;
      }
      body.not_built = name == "entities";
      body.error = body.not_built ? fmt::format("\"{}\": not in this version", name)
                   : name == "explain"
                       ? "true or false is wanted"
                       : fmt::format("\"{}\" is unknown here; known are texts, documents, explain", name);
      body.pointer = fmt::format("/{}", name);
      return body;
    }
    read_items(*object, request.now, body);
    return body;
  }

  void read_items(const json::object& object, WallTime now, ScoreBody& body) const {
    const json::value* texts = object.if_contains("texts");
    const json::value* documents = object.if_contains("documents");
    const json::value* given = texts ? texts : documents;
    body.pointer = texts ? "/texts" : documents ? "/documents" : "";
    if (!given || (texts && documents)) {
      body.error = "either \"texts\" or \"documents\" is wanted";
    } else if (!given->is_array()) {
      body.error = "an array is wanted";
    } else if (given->as_array().size() > options_.max_items) {
      body.error = fmt::format("at most {} items are scored at once", options_.max_items);
    } else {
      for (const json::value& item : given->as_array()) body.items.push_back(read_item(item, texts != nullptr, now));
    }
  }

  Item read_item(const json::value& item, bool text, WallTime now) const {
    if (!text) {
      auto decoded = ingest::decode_document(item, "score", now, options_.limits);
      if (!decoded) return decoded;
      return ingest::normalise(std::move(*decoded), options_.limits);
    }
    if (!item.is_string()) return ingest::Rejection{"", "a text is a string"};
    ingest::Document document;
    document.source = "score";
    document.title = std::string(item.as_string().data(), item.as_string().size());
    document.received_at = document.published_at = now;
    return ingest::normalise(std::move(document), options_.limits);
  }

  void append_results(notation::JsonWriter& out, ScorerPool::Lease& lease, std::span<Item> items, bool explain) const {
    std::vector<Incoming> batch;
    for (Item& item : items) {
      if (!item) continue;
      Incoming incoming;
      incoming.content = std::move(*item);
      batch.push_back(std::move(incoming));
    }
    const auto scored = lease.scorer().score(std::move(batch), clock_);
    std::size_t next = 0;
    for (const Item& item : items) {
      out.begin_object();
      if (item) {
        const auto& record = scored[next++];
        const auto row = to_document_row(record);
        append_id(out, row.id);
        out.field("model", row.model_version);
        append_score(out, row, names_, true);
        if (explain && record.prediction) {
          const auto text = ingest::scoring_text(std::get<ingest::Document>(record.incoming.content));
          append_explanation(out, text, lease.scorer().explain(text), names_, lease.scorer().prior());
        }
      } else {
        append_id(out, "");
        const auto& rejection = item.error();
        out.field("error", rejection.pointer.empty() ? rejection.reason : rejection.pointer + ": " + rejection.reason);
      }
      out.end_object();
    }
  }

  static void append_id(notation::JsonWriter& out, const std::string& id) {
    out.key("id");
    if (id.empty()) {
      out.null();
    } else {
      out.value(id);
    }
  }

  const ModelNames names_;
  const ScoreApiOptions options_;
  const EventClock clock_;
  const std::shared_ptr<ScorerPool> scorers_;
};

}  // namespace

void add_score_routes(Router& router, std::shared_ptr<ScorerPool> scorers, ModelNames names, ScoreApiOptions options) {
  const std::size_t max_body = options.max_body_bytes;
  const auto api = std::make_shared<ScoreApi>(std::move(scorers), std::move(names), std::move(options));
  QueryHandler handler{[api](const ApiRequest& request) { return api->score(request); }};
  router.add(Route{"POST", "/v1/score", Access::read, std::move(handler), max_body});
}

}  // namespace tapewatch
