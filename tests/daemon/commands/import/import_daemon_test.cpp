// History into a running daemon, by what it answers.
#include "daemon/commands/import/import_daemon.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "ingest/document/canonical_document.hpp"
#include "ingest/document/json_text.hpp"
#include "tests/daemon/server/http_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/scratch_folder.hpp"

using namespace http_test;

namespace {

ingest::Document news(int number) {
  ingest::Document document;
  document.source = "archive";
  document.id = std::to_string(number);
  document.title = "Mill closes";
  document.published_at = ingest::TimePoint(std::chrono::milliseconds(1'767'600'000'000));
  document.published_from = ingest::PublishedFrom::source;
  return document;
}

ImportBatch batch_of(int documents) {
  ImportBatch batch{"a.ndjson", "key", {}, ImportPosition{7, "digest"}};
  for (int i = 0; i < documents; ++i) batch.entries.push_back({static_cast<std::uint64_t>(i + 1), "", news(i)});
  return batch;
}

/// A daemon that answers the n-th request (from 0) as the test says; it keeps the number of lines of each.
struct Bench {
  using Script = std::function<ApiResponse(std::size_t request, std::size_t lines)>;

  explicit Bench(Script script) {
    QueryHandler handler{[this, script = std::move(script)](const ApiRequest& request) {
      const auto lines = static_cast<std::size_t>(std::count(request.body.begin(), request.body.end(), '\n'));
      sizes.push_back(lines);
      tokens.emplace_back(request.header("authorization"));
      return script(sizes.size() - 1, lines);
    }};
    server.router.add(Route{"POST", "/v1/documents", Access::open, std::move(handler), 1 << 20});
    server.start();
    options.url = "http://127.0.0.1:" + std::to_string(server.port()) + "/";
    options.token = "t0ps3cret";
    options.state_folder = folder.at("state");
    options.patience = 20s;
    options.first_wait = 1ms;
    options.longest_wait = 1ms;
  }
  void store(ImportBatch batch) {
    ImportDaemon(options).store(std::move(batch), counts, [this](const std::string& place, const std::string& reason) {
      told.push_back(place + ": " + reason);
    });
  }

  static ApiResponse results(const std::vector<std::string>& statuses) {
    ApiResponse response;
    response.content_type = "application/x-ndjson";
    for (const auto& status : statuses) {
      response.body += R"({"status":")" + status +
                       R"(","errors":[{"pointer":"/title","detail":"too long"}]})"
                       "\n";
    }
    return response;
  }
  static ApiResponse refusal(unsigned status) {
    ApiResponse response;
    response.status = status;
    response.content_type = "application/problem+json";
    response.body = R"({"detail":"not now"})";
    if (status == 503) response.headers.emplace_back("Retry-After", "1");
    return response;
  }

  tests::ScratchFolder folder;
  std::vector<std::size_t> sizes;
  std::vector<std::string> tokens;
  TestServer server;
  ImportDaemonOptions options;
  ImportCounts counts;
  std::vector<std::string> told;
};

}  // namespace

TEST_CASE("what is not known, and what is refused for now, is sent again; the rest is not") {
  Bench bench([](std::size_t request, std::size_t lines) {
    if (request == 0) return Bench::refusal(503);
    if (request == 1) return Bench::results({"stored", "unknown", "rejected", "unknown"});
    return Bench::results(std::vector<std::string>(lines, "repeated"));
  });
  bench.store(batch_of(4));
  CHECK(bench.sizes == std::vector<std::size_t>{4, 4, 2});
  CHECK(bench.tokens.front() == "Bearer t0ps3cret");
  CHECK(bench.counts.stored == 1);
  CHECK(bench.counts.repeated == 2);
  CHECK(bench.counts.rejected == 1);
  CHECK(bench.told == std::vector<std::string>{"a.ndjson:3: /title: too long"});
  CHECK(ImportDaemon(bench.options).position("key") == ImportPosition{7, "digest"});
  CHECK_FALSE(ImportDaemon(bench.options).position("other"));
}

TEST_CASE("a daemon that takes less at once gets less") {
  Bench bench([](std::size_t, std::size_t lines) {
    return lines > 2 ? Bench::refusal(413) : Bench::results(std::vector<std::string>(lines, "stored"));
  });
  bench.store(batch_of(5));
  CHECK(bench.counts.stored == 5);
  CHECK(bench.sizes == std::vector<std::size_t>{5, 2, 2, 1});
}

TEST_CASE("a refusal for good ends the import, and no position is kept") {
  Bench bench([](std::size_t, std::size_t) { return Bench::refusal(401); });
  try {
    bench.store(batch_of(1));
    FAIL("401 was taken for an answer");
  } catch (const std::runtime_error& error) {
    CHECK(has(error.what(), "the daemon answers 401: not now"));
    CHECK_FALSE(has(error.what(), "t0ps3cret"));
  }
  CHECK_FALSE(ImportDaemon(bench.options).position("key"));
}

TEST_CASE("patience ends where nothing is accepted") {
  Bench bench([](std::size_t, std::size_t) { return Bench::refusal(503); });
  bench.options.patience = 0ms;
  CHECK_THROWS_AS(bench.store(batch_of(1)), std::runtime_error);
  CHECK_FALSE(bench.sizes.empty());
}

TEST_CASE("a document is sent as it was read: the daemon reads the same one") {
  auto document = news(1);
  document.body = "<p>two &amp; three</p>";
  document.url = "https://x/1";
  document.language = "de";
  document.entities = {"KSMR", "Orlo Holdings, Inc."};
  document.revision = 4;
  document.action = ingest::Action::update;
  document.embargo_until = document.published_at + std::chrono::hours{1};
  std::vector<ingest::FieldWarning> warnings;
  const auto value = ingest::parse_json_text(canonical_line(document), 8, warnings);
  REQUIRE(value.has_value());
  auto read = ingest::decode_document(*value, "other", ingest::TimePoint::max(), ingest::DocumentLimits{});
  REQUIRE(read.has_value());
  read->received_at = document.received_at;
  CHECK(*read == document);
}
