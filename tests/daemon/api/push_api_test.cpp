// POST /v1/documents: decoding, the order of the results, and the answer when not everything is known.
#include "daemon/api/push_api.hpp"

#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"

using namespace http_test;

namespace {

/// Keeps the documents until the test commits them.
class HeldIntake final : public DocumentIntake {
 public:
  bool submit_all(std::vector<Submission> submissions) override {
    submitted_by = std::this_thread::get_id();
    if (full) return false;
    for (auto& submission : submissions) {
      history.push_back(submission.history);
      held.push_back(std::move(submission));
    }
    if (commit_at_once) commit_all();
    return true;
  }
  std::size_t capacity() const override { return 4; }

  /// Last first: the answers must not depend on the order of commits.
  void commit_all() {
    for (auto submission = held.rbegin(); submission != held.rend(); ++submission) {
      Commit commit;
      const auto* document = std::get_if<ingest::Document>(&submission->content);
      commit.stored = !document || document->title != "rejected by the writer";
      commit.outcome = !document                ? storage::Outcome::removed
                       : document->revision > 1 ? storage::Outcome::revised
                                                : storage::Outcome::inserted;
      commit.seq = 7;
      commit.document = 5;
      commit.error = commit.stored ? "" : "no room";
      submission->on_commit(commit);
    }
    held.clear();
  }

  bool full = false, commit_at_once = true;
  std::thread::id submitted_by;
  std::vector<Submission> held;
  std::vector<bool> history;  // of each submission, whether it is
};

struct PushBench {
  PushBench() { add_push_routes(router, PushOptions{}, intake, std::make_shared<EventClock>(), metrics); }
  ApiResponse push(const std::string& body, const std::string& type = "application/json",
                   const std::string& query = "") {
    return call(router, "POST", "/v1/documents" + query, body, {{"content-type", type}});
  }
  HeldIntake intake;
  Metrics metrics{"test", "none"};
  Router router;
};

}  // namespace

TEST_CASE("one object, a list, an array: one result per document, in order") {
  PushBench bench;
  CHECK(bench.push(R"({"id":"a","source":"desk","title":"Profit rises"})").body ==
        R"({"results":[{"index":0,"id":"a","source":"desk","status":"stored","document":"5","seq":7}]})");
  const auto list = bench.push(R"({"documents":[{"id":"a","title":"A"},{"id":"b","title":"B","revision":2}]})");
  CHECK(
      list.body ==
      R"({"results":[{"index":0,"id":"a","source":"push","status":"stored","document":"5","seq":7},{"index":1,"id":"b","source":"push","status":"revised","document":"5","seq":7}]})");
  CHECK(has(bench.push(R"([{"id":"a","text":"A"}])").body, "\"status\":\"stored\""));
}

TEST_CASE("NDJSON is answered line by line; a bad line does not hurt the others") {
  PushBench bench;
  const auto answer = bench.push(
      "{\"id\":\"a\",\"title\":\"A\"}\n\nnot json\r\n{\"id\":\"c\"}\n{\"id\":\"d\",\"title\":\"rejected by the "
      "writer\"}",
      "application/x-ndjson");
  CHECK(answer.status == 200);
  CHECK(answer.content_type == "application/x-ndjson");
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < answer.body.size();) {
    const std::size_t end = answer.body.find('\n', at);
    lines.push_back(answer.body.substr(at, end - at));
    at = end + 1;
  }
  REQUIRE(lines.size() == 4);
  CHECK(has(lines[0], "\"id\":\"a\""));
  CHECK(has(lines[0], "\"status\":\"stored\""));
  CHECK(has(lines[1], R"({"index":1,"line":3,"id":null,"status":"rejected")"));  // the blank line counts as a line
  CHECK(has(lines[1], "not JSON"));
  CHECK(has(lines[2], "\"status\":\"rejected\""));
  CHECK(has(lines[2], R"("id":"c","status")"));  // the id that it had
  CHECK(has(lines[3], "\"id\":\"d\""));
  CHECK(has(lines[3], "no room"));
  CHECK(has(bench.metrics.expose(), "result=\"rejected\""));
}

TEST_CASE("a removal is pushed like a document, by its action") {
  PushBench bench;
  CHECK(bench.push(R"({"id":"a","source":"desk","action":"deleted"})").body ==
        R"({"results":[{"index":0,"id":"a","source":"desk","status":"removed","document":"5","seq":7}]})");
  CHECK(has(bench.push(R"({"action":"deleted"})").body, "without an id nothing can be removed"));
}

TEST_CASE("empty and invalid bodies are refused as a whole") {
  PushBench bench;
  CHECK(bench.push("{", "application/json").status == 400);
  CHECK(bench.push("[]", "application/json").status == 400);
  CHECK(bench.push("7", "application/json").status == 400);
  CHECK(bench.push(R"({"documents":{}})").status == 400);
  CHECK(bench.push("\n\n", "application/x-ndjson").status == 400);
  CHECK(bench.push("{}", "text/plain").status == 415);
  CHECK(bench.push("{}", "application/x-www-form-urlencoded").status == 415);
  CHECK(bench.push(R"({"title":"A"})", "application/json", "?dry=1").status == 400);
  CHECK(bench.push(std::string(200, '['), "application/json").status == 400);
  CHECK(bench.intake.held.empty());
}

TEST_CASE("all lines rejected: answered at once, nothing is submitted") {
  PushBench bench;
  bench.intake.full = true;  // would be refused if anything were submitted
  const auto answer = bench.push(R"([{"id":"x"},{"title":""}])");
  CHECK(answer.status == 200);
  CHECK_FALSE(has(answer.body, "stored"));
}

TEST_CASE("no room: 503, Retry-After, and nothing is accepted; more than ever fits: 413") {
  PushBench bench;
  bench.intake.full = true;
  const auto refused = bench.push(R"([{"title":"A"},{"title":"B"}])");
  CHECK(refused.status == 503);
  CHECK(refused.headers == Fields{{"Retry-After", "1"}});
  CHECK(bench.intake.held.empty());
  bench.intake.full = false;
  for (const auto& [body, type] : std::vector<std::pair<std::string, std::string>>{
           {R"([{"title":"A"},{},{},{},{"title":"E"}])", "application/json"},
           {R"({"documents":[1,2,3,4,nope]})", "application/json"},
           {"1\n2\n3\n4\n\n5\n", "application/x-ndjson"}}) {
    const auto over = bench.push(body, type);
    CHECK(over.status == 413);
    CHECK(has(over.body, R"("limit":{"name":"documents","value":4})"));
  }
  CHECK(bench.intake.held.empty());
}

TEST_CASE("one bad element of an array is rejected by itself, with its index") {
  PushBench bench;
  const std::string bad_elements[] = {"nope", "", R"({"id":"bad"})", "7",
                                      std::string(100, '[') + std::string(100, ']')};
  for (const std::string& bad : bad_elements) {
    for (const bool wrapped : {false, true}) {
      CAPTURE(bad, wrapped);
      const std::string list = R"([{"id":"a","title":"A"},)" + bad + R"(,{"id":"c","title":"C"}])";
      const auto answer = bench.push(wrapped ? R"({"documents": )" + list + "}" : list);
      REQUIRE(answer.status == 200);
      CHECK(has(answer.body, R"({"index":0,"id":"a","source":"push","status":"stored")"));
      CHECK(has(answer.body, R"({"index":1,)"));
      CHECK(has(answer.body, R"("status":"rejected","errors":[{"pointer":")"));
      CHECK(has(answer.body, R"({"index":2,"id":"c","source":"push","status":"stored")"));
    }
  }
}

TEST_CASE("what could not be read is told beside what was stored") {
  PushBench bench;
  const auto answer = bench.push(R"([{"id":7.0,"title":"A","published_at":"soon"},{"title":"half \ud800 pair"}])");
  CHECK(has(answer.body, R"({"index":0,"id":"7","source":"push","status":"stored")"));
  CHECK(has(answer.body, R"("warnings":[{"pointer":"/published_at","detail":"expected a time, found \"soon\""})"));
  CHECK(has(answer.body, R"({"pointer":"","detail":"half a surrogate pair, replaced"})"));
  CHECK(has(bench.metrics.expose(), "tapewatch_parse_warnings_total{source=\"push\"}"));
  const auto latin = bench.push("{\"id\":\"a\",\"title\":\"Soci\xE9t\xE9\"}", "application/json; charset=iso-8859-1");
  CHECK(has(latin.body, "not UTF-8: read as windows-1252"));
}

TEST_CASE("a byte order mark is skipped") {
  PushBench bench;
  const std::string mark = "\xEF\xBB\xBF";
  CHECK(has(bench.push(mark + R"({"title":"A"})").body, "\"status\":\"stored\""));
  CHECK(has(bench.push(mark + R"([{"title":"A"},nope])").body, "\"status\":\"stored\""));
  CHECK(has(bench.push(mark + "{\"title\":\"A\"}\n", "application/x-ndjson").body, "\"status\":\"stored\""));
}

TEST_CASE("unknown members of a document are ignored and listed; those of the enclosing object are refused") {
  PushBench bench;
  bench.intake.commit_at_once = false;
  const auto match = bench.router.match("POST", "/v1/documents");
  ApiRequest request;
  request.headers = {{"content-type", "application/json"}};
  request.body = R"([{"id":"a","title":"A","titel":"B","x/y":{"z":1}},{"id":"b","text":"B"},{"titel":"C"}])";
  std::string body;
  std::get<DeferredHandler>(match.route->handler).run(request, [&](const ApiResponse& answer) { body = answer.body; });
  REQUIRE(bench.intake.held.size() == 2);
  bench.intake.commit_all();
  CHECK(has(body, R"("seq":7,"ignored":["titel","x/y"]},{"index":1,"id":"b","source":"push","status":"stored")"));
  CHECK(has(body, R"("seq":7},{"index":2,"id":null,"status":"rejected","ignored":["titel"],)"));

  const auto refused = bench.push(R"({"documents":[{"title":"A"}],"dry/run":true})");
  CHECK(refused.status == 400);
  CHECK(has(refused.body, R"("pointer":"/dry~1run")"));
  CHECK(has(bench.push(R"({"documents":7})").body, R"("pointer":"/documents")"));
}

TEST_CASE("a push that is read after its deadline is not accepted: the client was told so") {
  PushBench bench;
  const auto match = bench.router.match("POST", "/v1/documents");
  ApiRequest request;
  request.headers = {{"content-type", "application/json"}};
  request.body = R"([{"id":"a","title":"A"}])";
  int replies = 0;
  const Reply late([&](const ApiResponse&) { ++replies; },
                   [](const std::shared_ptr<DeferredAnswer>&) { return false; });
  bench.intake.commit_at_once = false;
  CHECK(std::get<DeferredHandler>(match.route->handler).run(request, late) == nullptr);
  CHECK(bench.intake.held.empty());
  CHECK(replies == 0);
}

TEST_CASE("past the deadline the rest are unknown; commits that come later do no harm") {
  HeldIntake intake;
  intake.commit_at_once = false;
  Metrics metrics("test", "none");
  Router router;
  add_push_routes(router, PushOptions{}, intake, std::make_shared<EventClock>(), metrics);
  const auto match = router.match("POST", "/v1/documents");
  ApiRequest request;
  request.method = "POST";
  request.headers = {{"content-type", "application/json"}};
  request.body = R"([{"id":"a","title":"A"},{"id":"b","title":"B"},{"id":"c"}])";
  int replies = 0;
  std::shared_ptr<DeferredAnswer> pending;
  std::size_t submitted = 7;
  const Reply reply([&](const ApiResponse&) { ++replies; },
                    [&](std::shared_ptr<DeferredAnswer> waiting) {
                      pending = std::move(waiting);
                      submitted = intake.held.size();
                      return true;
                    });
  std::get<DeferredHandler>(match.route->handler).run(request, reply);
  REQUIRE(pending);
  CHECK(submitted == 0);  // the answer for the deadline exists before anything is accepted
  REQUIRE(intake.held.size() == 2);
  Commit commit;
  commit.stored = true;
  commit.outcome = storage::Outcome::repeated;
  commit.seq = 3;
  intake.held[0].on_commit(commit);
  const std::string body = pending->at_deadline().body;
  CHECK(has(
      body,
      R"("id":"a","source":"push","status":"repeated","seq":3},{"index":1,"id":"b","source":"push","status":"unknown","detail":"not known yet; safe to send again"})"));
  CHECK(has(body, "\"status\":\"rejected\""));
  CHECK(replies == 0);
  intake.held[1].on_commit(commit);
  CHECK(replies == 1);
}

TEST_CASE("while ingestion is paused a push is refused at once, and nothing is accepted") {
  HeldIntake intake;
  Metrics metrics("test", "none");
  Router router;
  bool paused = true;
  PushOptions options;
  options.paused = [&] { return paused; };
  add_push_routes(router, options, intake, std::make_shared<EventClock>(), metrics);
  const Fields json{{"content-type", "application/json"}};
  const auto refused = call(router, "POST", "/v1/documents", R"({"title":"A"})", json);
  CHECK(refused.status == 503);
  CHECK(refused.headers == Fields{{"Retry-After", "30"}});
  CHECK(has(refused.body, "paused"));
  paused = false;
  CHECK(call(router, "POST", "/v1/documents", R"({"title":"A"})", json).status == 200);
}

TEST_CASE("what is pushed as history comes as history, in the same order as the rest") {
  PushBench bench;
  for (const std::string query : {"", "?backfilled=true", "?backfilled=false"}) {
    CHECK(bench.push(R"({"title":"A"})", "application/json", query).status == 200);
  }
  CHECK(bench.intake.history == std::vector<bool>{false, true, false});
  const auto refused = bench.push(R"({"title":"A"})", "application/json", "?backfilled=maybe");
  CHECK(refused.status == 400);
  CHECK(has(refused.body, R"("parameter":"backfilled")"));

  DocumentQueue queue(4);
  QueueIntake intake(queue, 3, "push");
  std::vector<Submission> submissions(3);
  submissions[1].history = submissions[2].history = true;
  submissions[2].content = Removal{};
  REQUIRE(intake.submit_all(std::move(submissions)));
  std::vector<std::string> sources;
  for (const auto& incoming : queue.pop_batch(4, std::chrono::milliseconds(0))) {
    CHECK(incoming.source_slot == 3);
    CHECK(incoming.number == sources.size());
    sources.push_back(incoming.source);
  }
  CHECK(sources == std::vector<std::string>{"push", std::string(kHistoryIntake), "push"});
}

TEST_CASE("a push goes to the queue on the thread that read it: nothing waits for another one") {
  PushBench bench;
  CHECK(bench.push(R"({"title":"A"})").status == 200);
  CHECK(bench.intake.submitted_by == std::this_thread::get_id());
}

TEST_CASE("a push that arrives while the queue is closed for the stop is refused, and nothing is accepted") {
  DocumentQueue queue(4);
  QueueIntake intake(queue, 0, "push");
  Metrics metrics("test", "none");
  Router router;
  add_push_routes(router, PushOptions{}, intake, std::make_shared<EventClock>(), metrics);
  queue.close();
  const Fields json{{"content-type", "application/json"}};
  const auto refused = call(router, "POST", "/v1/documents", R"([{"title":"A"},{"title":"B"}])", json);
  CHECK(refused.status == 503);
  CHECK(refused.headers == Fields{{"Retry-After", "1"}});
  CHECK(queue.size() == 0);
}
