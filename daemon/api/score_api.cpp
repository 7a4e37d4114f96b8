// Tested by tests/daemon/commands/score_command_test.cpp
#include "daemon/api/score_api.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "daemon/api/format/document_json.hpp"
#include "daemon/api/format/explanation_json.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/json_body.hpp"
#include "daemon/api/request/parameters.hpp"
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
  std::optional<ApiResponse> refusal;
};

constexpr std::string_view kMembers[] = {"texts", "documents", "explain"};

class ScoreApi {
 public:
  ScoreApi(std::shared_ptr<ScorerFactory> scorers, ModelNames names, ScoreApiOptions options)
      : names_(std::move(names)), options_(options), scorers_(std::move(scorers)) {}

  ApiResponse score(const ApiRequest& request) {
    if (auto refusal = Parameters(request).problem()) return std::move(*refusal);
    ScoreBody body = read_body(request);
    if (body.refusal) return std::move(*body.refusal);
    auto scorer = scorers_->make(Lane::requests);
    const std::size_t batch = body.explain ? 1 : options_.batch;  // an explanation costs thirty scores
    notation::JsonWriter out;
    out.begin_object().field("model", names_.version).key("results").begin_array();
    for (std::size_t start = 0; start < body.items.size(); start += batch) {
      if (request.is_over()) {
        if (request.stopping && *request.stopping) {
          return problem(problems::kBusy, "the server is stopping", request.request_id);
        }
        return problem(problems::kDeadline, "scoring took too long; send fewer texts", request.request_id);
      }
      const std::size_t end = std::min(body.items.size(), start + batch);
      append_results(out, scorer, std::span(body.items).subspan(start, end - start), body.explain);
    }
    out.end_array().end_object();
    return json_response(out.take());
  }

 private:
  static ApiResponse refuse(const ApiRequest& request, const FieldError& error,
                            const ProblemKind& kind = problems::kInvalidBody,
                            const std::optional<Limit>& limit = std::nullopt) {
    return problem(kind, error.name.empty() ? error.detail : error.name + ": " + error.detail, request.request_id,
                   {error}, limit);
  }

  ScoreBody read_body(const ApiRequest& request) const {
    ScoreBody body;
    JsonBody given = read_news_body(request, options_.limits);
    const json::object& object = given.object;
    const json::value* explain = object.if_contains("explain");
    const auto at = [](std::string pointer, std::string detail) {
      return FieldError{FieldError::In::pointer, std::move(pointer), std::move(detail)};
    };
    if (given.refusal) {
      body.refusal = std::move(given.refusal);
    } else if (object.contains("entities")) {
      body.refusal = refuse(request, at("/entities", "not in this version"), problems::kNotBuilt);
    } else if (const auto unknown = unknown_member(object, kMembers)) {
      body.refusal = refuse(request, *unknown);
    } else if (explain && !explain->is_bool()) {
      body.refusal = refuse(request, at("/explain", "must be true or false"));
    } else {
      body.explain = explain && explain->get_bool();
      read_items(object, request, body);
    }
    return body;
  }

  void read_items(const json::object& object, const ApiRequest& request, ScoreBody& body) const {
    const json::value* texts = object.if_contains("texts");
    const json::value* documents = object.if_contains("documents");
    const json::value* given = texts ? texts : documents;
    FieldError error{FieldError::In::pointer, texts ? "/texts" : documents ? "/documents" : "", ""};
    std::optional<Limit> limit;
    if (!given || (texts && documents)) {
      error.name = "";
      error.detail = "give either \"texts\" or \"documents\"";
    } else if (!given->is_array()) {
      error.detail = "must be an array";
    } else if (given->as_array().size() > options_.max_items) {
      error.detail = fmt::format("at most {} items are scored at once", options_.max_items);
      limit = Limit{texts ? "texts" : "documents", options_.max_items};
    } else if (const auto unknown = texts ? std::nullopt : unknown_in(given->as_array())) {
      error = *unknown;
    }
    if (!error.detail.empty()) {
      body.refusal = refuse(request, error, problems::kInvalidBody, limit);
      return;
    }
    for (const json::value& item : given->as_array()) {
      body.items.push_back(read_item(item, texts != nullptr, request.now));
    }
  }

  /// The first unknown member.
  static std::optional<FieldError> unknown_in(const json::array& documents) {
    for (std::size_t i = 0; i < documents.size(); ++i) {
      const json::object* document = documents[i].if_object();
      if (!document) continue;
      if (auto unknown = unknown_member(*document, ingest::kCanonicalMembers, fmt::format("/documents/{}", i))) {
        return unknown;
      }
    }
    return std::nullopt;
  }

  Item read_item(const json::value& item, bool text, WallTime now) const {
    if (!text) {
      auto decoded = ingest::decode_document(item, "score", now, options_.limits);
      if (!decoded) return decoded;
      return ingest::normalise(std::move(*decoded), options_.limits);
    }
    if (!item.is_string()) return ingest::Rejection{"", "a text must be a string"};
    ingest::Document document;
    document.source = "score";
    document.title = std::string(item.as_string().data(), item.as_string().size());
    document.received_at = document.published_at = now;
    return ingest::normalise(std::move(document), options_.limits);
  }

  void append_results(notation::JsonWriter& out, Scorer& scorer, std::span<Item> items, bool explain) const {
    std::vector<Incoming> batch;
    for (Item& item : items) {
      if (!item) continue;
      Incoming incoming;
      incoming.content = std::move(*item);
      batch.push_back(std::move(incoming));
    }
    const auto scored = scorer.score(std::move(batch), clock_);
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
          const auto& document = std::get<ingest::Document>(record.incoming.content);
          const auto text = ingest::scoring_text(document);
          append_explanation(out, text, scorer.explain(text, document.source), names_, scorer.prior());
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
  const std::shared_ptr<ScorerFactory> scorers_;
};

}  // namespace

void add_score_routes(Router& router, std::shared_ptr<ScorerFactory> scorers, ModelNames names,
                      ScoreApiOptions options) {
  const std::size_t max_body = options.max_body_bytes;
  const auto api = std::make_shared<ScoreApi>(std::move(scorers), std::move(names), options);
  QueryHandler handler{[api](const ApiRequest& request) { return api->score(request); }, Threads::scoring};
  router.add(Route{"POST", "/v1/score", Access::read, std::move(handler), max_body});
}

}  // namespace tapewatch
