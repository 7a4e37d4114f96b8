#include "daemon/api/post_source_api.hpp"

#include <fmt/format.h>

#include "config/notation/ascii.hpp"
#include "daemon/api/push_results.hpp"
#include "daemon/api/request/push_body.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

std::string_view shown_token(const ingest::PostOptions& options, const ApiRequest& request) {
  if (options.token_header.empty()) return bearer_token(request.header("authorization"));
  return request.header(notation::ascii_lower(options.token_header));
}

std::optional<ApiResponse> admit(PostSource& source, const ApiRequest& request) {
  const auto& options = source.options();
  if (source.admits(shown_token(options, request))) return std::nullopt;
  source.refused("unauthorized", "a request without the token of this source was refused");
  const std::string place = options.token_header.empty() ? "as Authorization: Bearer" : "in " + options.token_header;
  auto refusal =
      problem(problems::kUnauthorized, fmt::format("send the token of this source {}", place), request.request_id);
  refusal.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"tapewatch\"");
  return refusal;
}

void receive(PostSource& source, const PostSourceRoutes& options, const ApiRequest& request, const Reply& reply) {
  if (options.paused && options.paused()) return reply(push_paused(request.request_id));
  if (notation::trimmed(request.body).empty()) {
    return reply(problem(problems::kInvalidBody, "the body is empty", request.request_id));
  }
  std::vector<ingest::RecordHeader> headers;
  headers.reserve(request.headers.size());
  for (const auto& [name, value] : request.headers) headers.push_back({name, value});
  auto items = source.read(request.body, headers, request.request_id);
  const std::size_t most = source.intake().capacity();
  if (items.size() > most) return reply(too_many_documents(most, request.request_id));
  std::vector<PushEntry> entries;
  entries.reserve(items.size());
  for (auto& item : items) {
    PushEntry& entry = entries.emplace_back();
    entry.result.source = std::move(item.source);
    entry.result.id = std::move(item.id);
    entry.result.warnings = std::move(item.warnings);
    entry.result.rejection = std::move(item.rejection);
    entry.content = std::move(item.content);
  }
  PushAnswerOptions answer;
  answer.ndjson = is_ndjson(request);
  answer.all_or_refused = true;
  submit_push(std::move(entries), answer, source.intake(), request, reply,
              [&source](const Commit& commit) { source.committed(commit); });
}

}  // namespace

void add_post_source_routes(Router& router, std::span<const std::unique_ptr<PostSource>> sources,
                            const PostSourceRoutes& options) {
  for (const auto& source : sources) {
    PostSource& own = *source;
    DeferredHandler handler{[&own, options](const ApiRequest& request, const Reply& reply) {
      receive(own, options, request, reply);
      return std::shared_ptr<DeferredAnswer>();
    }};
    Route route{"POST", own.options().path, Access::ingest, std::move(handler), options.max_body_bytes};
    route.admit = [&own](const ApiRequest& request) { return admit(own, request); };
    route.compressed = true;
    route.reach.any_host = !own.options().token.empty();
    router.add(std::move(route));
  }
}

}  // namespace tapewatch
