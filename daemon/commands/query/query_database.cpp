// Tested by tests/e2e/daemon/spine_test.py
#include <stdexcept>

#include "daemon/api/alert_api.hpp"
#include "daemon/api/document_api.hpp"
#include "daemon/api/incident_api.hpp"
#include "daemon/api/sentiment_api.hpp"
#include "daemon/commands/query/query_source.hpp"

namespace tapewatch {
namespace {

class DatabaseSource final : public QuerySource {
 public:
  explicit DatabaseSource(const std::string& db) : readers_(db, {}, 1) {
    add_sentiment_routes(router_, readers_);
    add_alert_routes(router_, readers_);
    add_incident_routes(router_, readers_);
    add_document_routes(router_, readers_, {});  // lists contain only the document's own topic, so no model is needed
  }

  ApiResponse get(const std::string& path, const Fields& query) override {
    const auto match = router_.match("GET", path);
    const auto* handler = match.route == nullptr ? nullptr : std::get_if<QueryHandler>(&match.route->handler);
    if (handler == nullptr) throw std::runtime_error(path + " has no answer");
    ApiRequest request;
    request.method = "GET";
    request.path = path;
    request.query = query;
    request.path_parameters = match.path_parameters;
    request.now = std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return handler->run(request);
  }

 private:
  ReaderPool readers_;
  Router router_;
};

}  // namespace

std::unique_ptr<QuerySource> make_database_source(const std::string& db) {
  return std::make_unique<DatabaseSource>(db);
}

}  // namespace tapewatch
