#pragma once
#include "daemon/server/message.hpp"

namespace tapewatch {

/// The response as bytes: status line, headers, body (not for HEAD, 204 and 304; Content-Length is still sent). Adds
/// Date, X-Request-Id and the security headers for browsers.
std::string serialise(const ApiResponse& response, std::string_view request_id, bool head, bool keep_alive);

/// The head of an answer of unknown length. HTTP/1.0 has no chunks: there the end of the connection ends it.
std::string serialise_chunked_head(const ApiResponse& response, std::string_view request_id, bool chunked,
                                   bool keep_alive);
/// "<size in hex>CRLF<part>CRLF"; an empty part is the last one.
std::string chunk_of(std::string_view part);

/// The head of an event stream: no length, no keep-alive.
std::string event_stream_head(std::string_view request_id);

std::string_view reason_phrase(unsigned status);

}  // namespace tapewatch
