// What the bodies of requests become, by the shape of their source.
#include "ingest/post/post_decoder.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/gzip.hpp"

namespace tapewatch::ingest {
namespace {

constexpr TimePoint kNow = TimePoint(std::chrono::milliseconds(1'795'788'000'000));  // 2026-11-27T14:00:00Z

PostOptions source(const std::string& preset = {}) {
  PostOptions options;
  options.name = "vendor";
  options.path = "/in/vendor";
  options.preset = preset;
  return options;
}

std::vector<Result<Document>> decode(const PostOptions& options, const std::string& body,
                                     const std::vector<RecordHeader>& headers = {}, const std::string& charset = {}) {
  const PostDecoder decoder(options, DocumentLimits{});
  return decoder.decode(body, decoder.headers(headers), charset, kNow);
}

TEST_CASE("a posted document without an id has one from its content, the same at the next attempt") {
  const auto first = decode(source(), R"([{"title":"Mill closes"},{"title":"Mill opens"}])");
  REQUIRE(first.size() == 2);
  CHECK(first[0]->id.size() == 32);
  CHECK(first[0]->id != first[1]->id);
  CHECK(first[0]->source == "vendor");
  CHECK(first[0]->published_at == kNow);
  CHECK(decode(source(), R"({"title":"Mill closes"})")[0]->id == first[0]->id);
  CHECK_FALSE(decode(source(), R"({"action":"deleted"})")[0].has_value());  // nothing says what to remove
}

TEST_CASE("CloudEvents come in structured, batch and binary mode") {
  const auto options = source("cloudevents");
  const std::string event =
      R"({"specversion":"1.0","type":"news","id":"e-1","source":"/desk","time":"2026-11-27T13:00:00Z","data":{"title":"Mill closes"}})";
  const auto structured = decode(options, event, {{"Content-Type", "application/cloudevents+json"}});
  REQUIRE(structured.size() == 1);
  CHECK(structured[0]->id == "e-1");
  CHECK(structured[0]->source == "/desk");
  CHECK(structured[0]->published_at == kNow - std::chrono::hours{1});
  CHECK(decode(options, "[" + event + "," + event + "]", {{"Content-Type", "application/cloudevents-batch+json"}})
            .size() == 2);
  const auto binary = decode(options, R"({"title":"Mill closes"})",
                             {{"Content-Type", "application/json"},
                              {"ce-id", "e-2"},
                              {"Ce-Source", "/desk%20two/%E2%82%AC"},
                              {"CE-TIME", "2026-11-27T13:00:00Z"}});
  REQUIRE(binary.size() == 1);
  CHECK(binary[0]->id == "e-2");
  CHECK(binary[0]->source == "/desk two/\xE2\x82\xAC");
  CHECK(binary[0]->published_at == kNow - std::chrono::hours{1});
}

TEST_CASE("a header is found in any case; credentials are never among them") {
  auto options = source();
  options.token_header = "X-Vendor-Token";
  options.fields.source = {{"@header:X-Publisher", "@header:Authorization", "@header:X-Vendor-Token"}};
  const std::vector<RecordHeader> sent = {{"x-publisher", "PR"},
                                          {"authorization", "Bearer hunter2"},
                                          {"x-vendor-token", "hunter2"},
                                          {"cookie", "hunter2"},
                                          {"content-type", "application/json"}};
  CHECK(decode(options, R"({"title":"Mill closes"})", sent)[0]->source == "PR");
  const PostDecoder decoder(options, DocumentLimits{});
  CHECK(decoder.headers(sent) ==
        std::vector<RecordHeader>{{"x-publisher", "PR"}, {"content-type", "application/json"}});
}

TEST_CASE("gzip and the charset of Content-Type are read") {
  CHECK(decode(source(), script_test::gzip(R"({"title":"Mill closes"})"))[0]->title == "Mill closes");
  const auto latin = decode(source(), "{\"title\":\"Soci\xE9t\xE9\"}", {}, "iso-8859-1");
  CHECK(latin[0]->title == "Soci\xC3\xA9t\xC3\xA9");
}

TEST_CASE("words, language and zone of the source are used") {
  auto options = source();
  options.actions = {{"spiked", Action::remove}};
  options.language = "de";
  const auto documents = decode(options, R"([{"id":"1","action":"Spiked"},{"id":"2","title":"Werk schließt"}])");
  CHECK(documents[0]->action == Action::remove);
  CHECK(documents[1]->language == "de");
  options.time_zone = "Mars/Olympus";
  CHECK_THROWS_AS(PostDecoder(options, DocumentLimits{}), std::invalid_argument);
}

TEST_CASE("a path of a source is its own") {
  for (const char* path : {"/in/benzinga", "/in", "/hooks/a/b-c_d~e.f"}) {
    CAPTURE(path);
    CHECK_FALSE(post_path_problem(path));
  }
  for (const char* path : {"", "in/x", "/", "/in/", "/in//x", "/v1/documents", "/v1", "/metrics", "/healthz", "/app.js",
                           "/in/{id}", "/in/a b", "/in/%41", "/in/../v1", "/alerts/x", "/in/?x"}) {
    CAPTURE(path);
    CHECK(post_path_problem(path));
  }
  CHECK(post_path_problem("/" + std::string(200, 'a')));
}

}  // namespace
}  // namespace tapewatch::ingest
