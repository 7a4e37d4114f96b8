#include "daemon/api/push_api.hpp"

#include "daemon/api/push_results.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/api/request/push_body.hpp"

namespace tapewatch {
namespace {

class PushApi {
 public:
  PushApi(PushOptions options, DocumentIntake& intake, std::shared_ptr<const EventClock> clock, Metrics& metrics)
      : options_(std::move(options)), intake_(intake), clock_(std::move(clock)), metrics_(metrics) {}

  void push(const ApiRequest& request, const Reply& reply) const {
    Parameters parameters(request);
    const bool backfilled = parameters.flag("backfilled").value_or(false);
    if (auto refusal = parameters.problem()) return reply(std::move(*refusal));
    if (options_.paused && options_.paused()) return reply(push_paused(request.request_id));
    PushBody body =
        read_push_body(request, {options_.default_source, clock_->now(), options_.limits, intake_.capacity()});
    if (body.refusal) return reply(std::move(*body.refusal));
    submit(std::move(body), backfilled, request, reply);
  }

 private:
  void submit(PushBody body, bool backfilled, const ApiRequest& request, const Reply& reply) const {
    std::vector<PushEntry> entries;
    entries.reserve(body.lines.size());
    for (PushLine& line : body.lines) {
      PushEntry& entry = entries.emplace_back();
      entry.result.number = line.number;
      entry.result.ignored = std::move(line.ignored);
      entry.result.warnings = std::move(line.warnings);
      if (auto* document = std::get_if<ingest::Document>(&line.content)) {
        if (!entry.result.warnings.empty()) {
          metrics_.count_parse_warnings(options_.default_source, entry.result.warnings.size());
        }
        entry.result.source = document->source;
        entry.result.id = document->id;
        entry.content = content_of(std::move(*document));
      } else {
        reject(std::get<RejectedLine>(line.content), entry.result);
      }
    }
    submit_push(std::move(entries), {.history = backfilled, .ndjson = body.ndjson}, intake_, request, reply);
  }

  void reject(RejectedLine& rejected, PushResult& result) const {
    result.status = "rejected";
    result.rejection = std::move(rejected.why);
    result.id = std::move(rejected.id);
    result.source = std::move(rejected.source);
    metrics_.count_document(options_.default_source, "rejected");
  }

  const PushOptions options_;
  DocumentIntake& intake_;
  const std::shared_ptr<const EventClock> clock_;
  Metrics& metrics_;
};

}  // namespace

void add_push_routes(Router& router, PushOptions options, DocumentIntake& intake,
                     std::shared_ptr<const EventClock> clock, Metrics& metrics) {
  const std::size_t max_body = options.max_body_bytes;
  const auto api = std::make_shared<PushApi>(std::move(options), intake, std::move(clock), metrics);
  DeferredHandler handler{[api](const ApiRequest& request, const Reply& reply) {
    api->push(request, reply);
    return std::shared_ptr<DeferredAnswer>();
  }};
  router.add(Route{"POST", "/v1/documents", Access::ingest, std::move(handler), max_body});
}

}  // namespace tapewatch
