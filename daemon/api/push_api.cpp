#include "daemon/api/push_api.hpp"

#include "config/notation/json_writer.hpp"
#include "config/notation/mutex.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/api/request/push_body.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kUnknown = "not known yet; safe to send again";

std::string_view status_of(storage::Outcome outcome) {
  return outcome == storage::Outcome::inserted ? "stored" : storage::to_string(outcome);
}

/// The state of one line so far.
struct LineResult {
  std::size_t number = 0;  // of the line of an NDJSON body; 0: none
  std::vector<std::string> ignored;
  std::vector<ingest::FieldWarning> warnings;
  std::string source, id;
  std::string_view status = "unknown";  // stored revised repeated blocked removed held rejected unknown
  std::int64_t seq = 0, document = 0;
  ingest::Rejection rejection;
};

/// A push in the pipeline: commits fill in the lines from the writer thread, the last one sends the response.
class PendingPush final : public DeferredAnswer {
 public:
  PendingPush(std::vector<LineResult> lines, std::size_t waiting, bool ndjson, Reply reply)
      : lines_(std::move(lines)), waiting_(waiting), ndjson_(ndjson), reply_(std::move(reply)) {}

  ApiResponse at_deadline() override {
    const MutexLock lock(mutex_);
    return answer();
  }

  void on_commit(std::size_t index, const Commit& commit) {
    const MutexLock lock(mutex_);
    LineResult& line = lines_[index];
    if (!commit.stored) {
      line.status = "rejected";
      line.rejection.reason = commit.error;
    } else {
      line.status = status_of(commit.outcome);
      line.seq = commit.seq;
      line.document = commit.document;
    }
    if (--waiting_ == 0) reply_(answer());
  }

 private:
  ApiResponse answer() const REQUIRES(mutex_) {
    notation::JsonWriter json;
    if (!ndjson_) json.begin_object().key("results").begin_array();
    std::string lines;
    for (std::size_t i = 0; i < lines_.size(); ++i) {
      append(json, i, lines_[i]);
      if (!ndjson_) continue;
      lines += json.take() + "\n";
    }
    if (ndjson_) return ndjson_response(std::move(lines));
    json.end_array().end_object();
    return json_response(json.take());
  }

  static void append(notation::JsonWriter& json, std::size_t index, const LineResult& line) {
    json.begin_object().field("index", index);
    if (line.number > 0) json.field("line", line.number);
    json.key("id");
    if (line.id.empty()) {
      json.null();
    } else {
      json.value(line.id);
    }
    if (!line.source.empty()) json.field("source", line.source);
    json.field("status", line.status);
    if (line.document > 0) json.field("document", std::to_string(line.document));
    if (line.seq > 0) json.field("seq", line.seq);
    if (line.status == "unknown") json.field("detail", kUnknown);
    if (!line.ignored.empty()) {
      json.key("ignored").begin_array();
      for (const std::string& name : line.ignored) json.value(name);
      json.end_array();
    }
    if (!line.warnings.empty()) {
      json.key("warnings").begin_array();
      for (const ingest::FieldWarning& warning : line.warnings) {
        json.begin_object().field("pointer", warning.pointer).field("detail", warning.detail).end_object();
      }
      json.end_array();
    }
    if (line.status == "rejected") {
      json.key("errors").begin_array().begin_object();
      json.field("pointer", line.rejection.pointer).field("detail", line.rejection.reason);
      json.end_object().end_array();
    }
    json.end_object();
  }

  Mutex mutex_;
  std::vector<LineResult> lines_ GUARDED_BY(mutex_);
  std::size_t waiting_ GUARDED_BY(mutex_);
  const bool ndjson_;
  const Reply reply_;
};

class PushApi {
 public:
  PushApi(PushOptions options, DocumentIntake& intake, std::shared_ptr<const EventClock> clock, Metrics& metrics)
      : options_(std::move(options)), intake_(intake), clock_(std::move(clock)), metrics_(metrics) {}

  void push(const ApiRequest& request, const Reply& reply) const {
    if (auto refusal = Parameters(request).problem()) return reply(std::move(*refusal));
    if (options_.paused && options_.paused()) return reply(paused(request.request_id));
    PushBody body =
        read_push_body(request, {options_.default_source, clock_->now(), options_.limits, intake_.capacity()});
    if (body.refusal) return reply(std::move(*body.refusal));
    submit(std::move(body), request.request_id, reply);
  }

 private:
  static ApiResponse paused(const std::string& request_id) {
    ApiResponse refusal = problem(
        problems::kBusy, "ingestion is paused until there is more free disk space; nothing was accepted", request_id);
    for (auto& [name, value] : refusal.headers) {
      if (name == "Retry-After") value = "30";
    }
    return refusal;
  }

  void submit(PushBody body, const std::string& request_id, const Reply& reply) const {
    std::vector<LineResult> lines(body.lines.size());
    std::vector<std::size_t> accepted;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      lines[i].number = body.lines[i].number;
      lines[i].ignored = std::move(body.lines[i].ignored);
      lines[i].warnings = std::move(body.lines[i].warnings);
      if (const auto* document = std::get_if<ingest::Document>(&body.lines[i].content)) {
        if (!lines[i].warnings.empty()) {
          metrics_.count_parse_warnings(options_.default_source, lines[i].warnings.size());
        }
        lines[i].source = document->source;
        lines[i].id = document->id;
        accepted.push_back(i);
      } else {
        reject(std::get<RejectedLine>(body.lines[i].content), lines[i]);
      }
    }
    const auto pending = std::make_shared<PendingPush>(std::move(lines), accepted.size(), body.ndjson, reply);
    if (accepted.empty()) return reply(pending->at_deadline());
    std::vector<Submission> submissions;
    submissions.reserve(accepted.size());
    for (const std::size_t i : accepted) {
      submissions.push_back(Submission{content_of(std::move(std::get<ingest::Document>(body.lines[i].content))),
                                       [pending, i](const Commit& commit) { pending->on_commit(i, commit); }});
    }
    if (!reply.hold(pending)) return;  // too late: the client was told that nothing was accepted
    if (!intake_.submit_all(std::move(submissions))) {
      reply(problem(problems::kBusy, "the queue is full; nothing was accepted", request_id));
    }
  }

  void reject(RejectedLine& rejected, LineResult& line) const {
    line.status = "rejected";
    line.rejection = std::move(rejected.why);
    line.id = std::move(rejected.id);
    line.source = std::move(rejected.source);
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
