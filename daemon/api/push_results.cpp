// Tested by tests/daemon/api/push_api_test.cpp
#include "daemon/api/push_results.hpp"

#include "config/notation/json_writer.hpp"
#include "config/notation/mutex.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kUnknown = "not known yet; safe to send again";

std::string_view status_of(storage::Outcome outcome) {
  return outcome == storage::Outcome::inserted ? "stored" : storage::to_string(outcome);
}

/// A push in the pipeline: commits fill in the lines from the writer thread, the last one sends the response.
class PendingPush final : public DeferredAnswer {
 public:
  PendingPush(std::vector<PushResult> results, std::size_t waiting, const PushAnswerOptions& options,
              const ApiRequest& request, Reply reply)
      : results_(std::move(results)),
        waiting_(waiting),
        options_(options),
        request_id_(request.request_id),
        reply_(std::move(reply)) {}

  ApiResponse at_deadline() override {
    const MutexLock lock(mutex_);
    if (options_.all_or_refused && waiting_ > 0) {
      return problem(problems::kDeadline, "not all of it is known to be stored; sending it again is safe", request_id_);
    }
    return answer();
  }

  void on_commit(std::size_t index, const Commit& commit) {
    const MutexLock lock(mutex_);
    PushResult& line = results_[index];
    if (!commit.stored) {
      line.status = "rejected";
      if (line.rejection.reason.empty()) line.rejection.reason = commit.error;
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
    if (!options_.ndjson) json.begin_object().key("results").begin_array();
    std::string lines;
    for (std::size_t i = 0; i < results_.size(); ++i) {
      append(json, i, results_[i]);
      if (!options_.ndjson) continue;
      lines += json.take() + "\n";
    }
    if (options_.ndjson) return ndjson_response(std::move(lines));
    json.end_array().end_object();
    return json_response(json.take());
  }

  static void append(notation::JsonWriter& json, std::size_t index, const PushResult& line) {
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
  std::vector<PushResult> results_ GUARDED_BY(mutex_);
  std::size_t waiting_ GUARDED_BY(mutex_);
  const PushAnswerOptions options_;
  const std::string request_id_;
  const Reply reply_;
};

}  // namespace

void submit_push(std::vector<PushEntry> entries, const PushAnswerOptions& options, DocumentIntake& intake,
                 const ApiRequest& request, const Reply& reply, const std::function<void(const Commit&)>& on_commit) {
  std::vector<PushResult> results;
  results.reserve(entries.size());
  std::vector<std::size_t> accepted;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    results.push_back(std::move(entries[i].result));
    if (entries[i].content) accepted.push_back(i);
  }
  const auto pending = std::make_shared<PendingPush>(std::move(results), accepted.size(), options, request, reply);
  if (accepted.empty()) return reply(pending->at_deadline());
  std::vector<Submission> submissions;
  submissions.reserve(accepted.size());
  for (const std::size_t i : accepted) {
    submissions.push_back(Submission{std::move(*entries[i].content),
                                     [pending, i, on_commit](const Commit& commit) {
                                       if (on_commit) on_commit(commit);
                                       pending->on_commit(i, commit);
                                     },
                                     options.history});
  }
  if (!reply.hold(pending)) return;  // too late: the client was told that nothing was accepted
  if (!intake.submit_all(std::move(submissions))) {
    reply(problem(problems::kBusy, "the queue is full; nothing was accepted", request.request_id));
  }
}

ApiResponse push_paused(const std::string& request_id) {
  ApiResponse refusal = problem(
      problems::kBusy, "ingestion is paused until there is more free disk space; nothing was accepted", request_id);
  for (auto& [name, value] : refusal.headers) {
    if (name == "Retry-After") value = "30";
  }
  return refusal;
}

}  // namespace tapewatch
