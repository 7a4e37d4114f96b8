// The API's description against the code: every route and nothing else, who may call it, and every limit.
#include <boost/json.hpp>
#include <map>
#include <set>

#include "daemon/api/push_api.hpp"
#include "daemon/api/score_api.hpp"
#include "daemon/api/sentiment_api.hpp"
#include "daemon/routes.hpp"
#include "daemon/web/assets.hpp"
#include "ingest/document/canonical_document.hpp"
#include "ingest/post/post_options.hpp"
#include "storage/document/document_reader.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/model/tiny_model.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

namespace json = boost::json;

json::value description() { return json::parse(std::string(asset("openapi.json"))); }

struct NoProbes final : Probes {
  std::vector<ProbeCheck> liveness() const override { return {}; }
  std::vector<ProbeCheck> readiness() const override { return {}; }
};

struct NoIntake final : DocumentIntake {
  bool submit_all(std::vector<Submission>) override { return false; }
  std::size_t capacity() const override { return 1; }
};

/// Every route of the daemon, with a configuration that sets no limits.
struct AllRoutes {
  AllRoutes() {
    const auto model = model::test::TinyModel().load();
    add_routes(router, {config,
                        probes,
                        metrics,
                        rules,
                        auth,
                        readers,
                        writer,
                        intake,
                        {},
                        std::make_shared<EventClock>(),
                        model,
                        std::make_shared<ScorerFactory>(model, model::ClassifierOptions{}, model::Prior{}, nullptr),
                        nullptr,
                        live,
                        rescoring});
  }
  config::Config config;
  LiveConfig live{{std::make_shared<const config::Config>(), nullptr}};
  NoProbes probes;
  NoIntake intake;
  Metrics metrics{"test", "none"};
  RuleBoard rules;
  Authenticator auth;
  WriterQueue writer{1, 1};
  RescoringTask rescoring{{}, {writer, {}, {}}, nullptr};
  ReaderPool readers{"unused.db", storage::StorageOptions{}, 1};
  Router router;
};

std::map<std::string, json::object> operations(const json::value& described) {
  std::map<std::string, json::object> found;
  for (const auto& [path, methods] : described.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      if (method == "parameters") continue;
      std::string name(method);
      for (char& c : name) c = static_cast<char>(c - 32);
      found.emplace(name + " " + std::string(path), operation.as_object());
    }
  }
  return found;
}

std::string text(const json::value& value) { return std::string(value.as_string()); }

std::uint64_t number_at(const json::value& described, const std::string& pointer) {
  return described.at_pointer(pointer).to_number<std::uint64_t>();
}

/// 16384 → "16,384", as descriptions write numbers.
std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace

TEST_CASE("the API's description has every route and nothing else") {
  const AllRoutes all;
  std::set<std::string> routed, described;
  for (const Route& route : all.router.routes()) routed.insert(route.method + " " + route.pattern);
  for (const auto& [name, operation] : operations(description())) described.insert(name);
  CHECK(routed == described);
}

TEST_CASE("the description says of each route who may call it, what it takes, and how it refuses") {
  const AllRoutes all;
  const auto described = operations(description());
  std::set<std::string> ids;
  for (const Route& route : all.router.routes()) {
    CAPTURE(route.method, route.pattern);
    const json::object& operation = described.at(route.method + " " + route.pattern);
    CHECK(ids.insert(text(operation.at("operationId"))).second);
    const json::object& responses = operation.at("responses").as_object();
    for (const char* status : {"400", "421", "431", "500", "503"}) CHECK(responses.contains(status));
    const bool open = route.access == Access::open;
    const bool counted = !route.reach.when_full && !(open && route.method == "GET");
    CHECK(responses.contains("429") == counted);
    CHECK(operation.contains("security") == open);  // else as the whole description has it
    if (open) CHECK(operation.at("security").as_array().empty());
    const bool signs_in = route.method == "POST" && route.pattern == "/v1/session";
    CHECK(responses.contains("401") == (!open || signs_in));
    const bool of_link = route.pattern == "/alerts/{id}";
    CHECK(responses.contains("403") == (!open || route.method != "GET" || of_link));
    const std::string says = text(operation.at("description"));
    CHECK(has(says, open ? "" : "ole " + std::string(access_name(route.access)) + "."));
    const bool later = text(operation.at("tags").at(0)) == "later";
    CHECK(later == (std::get_if<InlineHandler>(&route.handler) != nullptr && responses.contains("501")));
    CHECK(responses.contains("413") == (route.max_body_bytes > 0 && !later));
    if (route.max_body_bytes == 0 || later) {
      CHECK_FALSE(operation.contains("requestBody"));
      continue;
    }
    const json::value& body = operation.at("requestBody");
    CHECK(body.at("x-max-body-bytes").to_number<std::uint64_t>() == route.max_body_bytes);
    CHECK(has(text(body.at("description")), grouped(route.max_body_bytes) + " bytes"));
    CHECK(responses.contains("415"));
  }
}

TEST_CASE("the limits in the description are the code's") {
  const json::value described = description();
  const std::string schemas = "/components/schemas/";
  const ingest::DocumentLimits document;
  for (const auto& [member, most] :
       std::vector<std::pair<std::string, std::size_t>>{{"id", document.max_id_bytes},
                                                        {"source", document.max_source_bytes},
                                                        {"title", document.max_title_bytes},
                                                        {"text", document.max_title_bytes},
                                                        {"body", document.max_body_bytes},
                                                        {"url", document.max_url_bytes}}) {
    CAPTURE(member);
    CHECK(number_at(described, schemas + "PushDocument/properties/" + member + "/maxLength") == most);
  }
  CHECK(number_at(described, schemas + "PushDocument/properties/entities/items/maxLength") ==
        document.max_entity_bytes);
  CHECK(has(text(described.at_pointer(schemas + "PushDocument/properties/entities/description")),
            "first " + std::to_string(document.max_entities)));
  const std::string of_metadata = text(described.at_pointer(schemas + "PushDocument/properties/meta/description"));
  CHECK(has(of_metadata, "at most " + std::to_string(document.max_metadata_name_bytes) + " letters"));
  CHECK(has(of_metadata, "at most " + std::to_string(document.max_metadata_value_bytes) + " bytes"));
  CHECK(has(of_metadata, "first " + std::to_string(document.max_metadata) + " pairs"));

  const config::DaemonOptions daemon;
  CHECK(number_at(described, schemas + "Push/anyOf/0/maxItems") == daemon.documents_queue);
  CHECK(number_at(described, schemas + "Push/anyOf/1/properties/documents/maxItems") == daemon.documents_queue);
  CHECK(has(text(described.at_pointer("/paths/~1v1~1documents/post/description")),
            "At most " + std::to_string(daemon.documents_queue) + " documents"));
  const ScoreApiOptions score;
  CHECK(number_at(described, schemas + "ScoreRequest/oneOf/0/properties/texts/maxItems") == score.max_items);
  CHECK(number_at(described, schemas + "ScoreRequest/oneOf/1/properties/documents/maxItems") == score.max_items);
  CHECK(score.max_body_bytes == daemon.max_request_bytes);
  CHECK(PushOptions{}.max_body_bytes == daemon.max_request_bytes);

  const ServerOptions server;
  CHECK(has(text(described.at_pointer("/components/responses/HeaderTooLarge/description")),
            grouped(server.max_header_bytes) + " bytes"));
  CHECK(server.request_deadline == daemon.request_deadline);
  for (const char* place :
       {"/components/responses/Unavailable/description", "/paths/~1v1~1documents/post/description"}) {
    CHECK(has(text(described.at_pointer(place)), "deadline (" + std::to_string(server.request_deadline / 1s) + " s)"));
  }
  CHECK(number_at(described, "/components/parameters/Limit/schema/maximum") == storage::DocumentReader::kMaxLimit);
  const SentimentLimits sentiment;
  const std::string says = text(described.at_pointer("/paths/~1v1~1sentiment/get/description"));
  CHECK(has(says, grouped(sentiment.max_buckets) + " buckets"));
  CHECK(has(says, grouped(sentiment.max_points) + " points"));
}

TEST_CASE("the members of a document in the description are those that are read") {
  std::set<std::string> described, known;
  const json::value whole = description();
  for (const auto& member : whole.at_pointer("/components/schemas/PushDocument/properties").as_object()) {
    described.insert(std::string(member.key()));
  }
  for (const std::string_view member : ingest::kCanonicalMembers) known.emplace(member);
  CHECK(described == known);
  const auto& of_score = whole.at_pointer("/components/schemas/DocumentMembers/propertyNames/enum").as_array();
  CHECK(of_score.size() == known.size());
  for (const auto& name : of_score) CHECK(known.contains(text(name)));
}

TEST_CASE("a source that receives by HTTP cannot have a path of the daemon's own") {
  const AllRoutes all;
  for (const Route& route : all.router.routes()) {
    CAPTURE(route.pattern);
    CHECK(ingest::post_path_problem(route.pattern));
    const std::string first = route.pattern.substr(0, route.pattern.find('/', 1));
    CHECK(ingest::post_path_problem(first + "/x"));  // nor one below it
  }
}
