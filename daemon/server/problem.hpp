#pragma once
#include "daemon/server/message.hpp"

namespace tapewatch {

/// One error: in a query parameter, at a place in the body (JSON Pointer), or in a file (file:line:column).
struct FieldError {
  enum class In { parameter, pointer, place };
  In in = In::parameter;
  std::string name;
  std::string detail;
};

/// The kinds of problems: their `type` is "urn:tapewatch:problem:" + slug and never changes.
struct ProblemKind {
  unsigned status;
  std::string_view slug;
  std::string_view title;
};
namespace problems {
inline constexpr ProblemKind kInvalidParameter{400, "invalid-parameter", "A parameter is not valid"};
inline constexpr ProblemKind kInvalidBody{400, "invalid-body", "The body is not valid"};
inline constexpr ProblemKind kBadRequest{400, "bad-request", "The request cannot be read"};
inline constexpr ProblemKind kUnauthorized{401, "unauthorized", "A token is needed"};
inline constexpr ProblemKind kForbidden{403, "forbidden", "This is not allowed"};
inline constexpr ProblemKind kNotFound{404, "not-found", "Not found"};
inline constexpr ProblemKind kMethodNotAllowed{405, "method-not-allowed", "This method is not allowed here"};
inline constexpr ProblemKind kConflict{409, "conflict", "This conflicts with the present state"};
inline constexpr ProblemKind kReloading{409, "reload-running", "Another reload is running"};
inline constexpr ProblemKind kTooLarge{413, "too-large", "The request is too large"};
inline constexpr ProblemKind kMediaType{415, "media-type", "This content type is not supported"};
inline constexpr ProblemKind kMisdirected{421, "misdirected", "This server does not answer for that host"};
inline constexpr ProblemKind kConfiguration{422, "configuration", "The configuration is not taken over"};
inline constexpr ProblemKind kTooManyRequests{429, "too-many-requests", "Too many requests"};
inline constexpr ProblemKind kHeaderTooLarge{431, "header-too-large", "The request header is too large"};
inline constexpr ProblemKind kInternal{500, "internal", "Internal error"};
inline constexpr ProblemKind kNotBuilt{501, "not-in-this-version", "Not in this version"};
inline constexpr ProblemKind kBusy{503, "busy", "The server is busy"};
inline constexpr ProblemKind kDeadline{503, "deadline", "The answer took too long"};
inline constexpr ProblemKind kUnavailable{503, "unavailable", "Not available right now"};
}  // namespace problems

/// A limit that a request exceeds: its name ("body_bytes", "documents", "texts") and its value.
struct Limit {
  std::string_view name;
  std::uint64_t value = 0;
};

/// application/problem+json (RFC 9457) with `type`, `title`, `status`, `detail`, `errors`, `limit` and `request_id`.
/// 503 carries Retry-After.
ApiResponse problem(const ProblemKind& kind, std::string_view detail, std::string_view request_id,
                    const std::vector<FieldError>& errors = {}, const std::optional<Limit>& limit = std::nullopt);

/// 413: a body of more bytes than a route accepts.
ApiResponse body_too_large(std::uint64_t max_body_bytes, std::string_view request_id);

}  // namespace tapewatch
