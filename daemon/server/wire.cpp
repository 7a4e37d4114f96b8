// Tested by tests/daemon/server/http_server_test.cpp
#include "daemon/server/wire.hpp"

#include <fmt/format.h>
#include <algorithm>

#include "config/notation/http_date.hpp"

namespace tapewatch {
namespace {

void append_common(std::string& out, std::string_view request_id) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  fmt::format_to(std::back_inserter(out),
                 "Date: {}\r\nX-Request-Id: {}\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
                 "Cross-Origin-Resource-Policy: same-origin\r\n",
                 notation::format_http_date(now), request_id);
}

bool says(const ApiResponse& response, std::string_view name) {
  return std::ranges::any_of(response.headers, [&](const auto& header) { return header.first == name; });
}

}  // namespace

std::string_view reason_phrase(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "Status";
  }
}

std::string serialise(const ApiResponse& response, std::string_view request_id, bool head, bool keep_alive) {
  std::string out;
  out.reserve(512 + response.body.size());
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append_common(out, request_id);
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless) {
    fmt::format_to(std::back_inserter(out), "Content-Type: {}\r\nContent-Length: {}\r\n", response.content_type,
                   response.body.size());
  }
  if (!says(response, "Cache-Control")) out += "Cache-Control: no-store\r\n";
  for (const auto& [name, value] : response.headers) {
    fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
  }
  out += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  if (!head && !bodiless) out += response.body;
  return out;
}

std::string serialise_chunked_head(const ApiResponse& response, std::string_view request_id, bool chunked,
                                   bool keep_alive) {
  std::string out = fmt::format("HTTP/1.1 {} {}\r\n", response.status, reason_phrase(response.status));
  append_common(out, request_id);
  fmt::format_to(std::back_inserter(out), "Content-Type: {}\r\n", response.content_type);
  if (chunked) out += "Transfer-Encoding: chunked\r\n";
  if (!says(response, "Cache-Control")) out += "Cache-Control: no-store\r\n";
  for (const auto& [name, value] : response.headers) {
    fmt::format_to(std::back_inserter(out), "{}: {}\r\n", name, value);
  }
  out += keep_alive && chunked ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return out;
}

std::string chunk_of(std::string_view part) { return fmt::format("{:x}\r\n{}\r\n", part.size(), part); }

std::string event_stream_head(std::string_view request_id) {
  std::string out = "HTTP/1.1 200 OK\r\n";
  append_common(out, request_id);
  out +=
      "Content-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: no\r\nConnection: "
      "close\r\n\r\n";
  return out;
}

}  // namespace tapewatch
