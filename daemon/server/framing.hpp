#pragma once
// Determines where a request ends. If a proxy in front sees a different end, a client can smuggle a second request past
// it, so ambiguous requests are refused and the connection closes.
#include <optional>
#include <string_view>

#include "daemon/server/message.hpp"

namespace tapewatch {

/// The end of the first head in `bytes`, just after its empty line; npos while it is incomplete. `from`: how much has
/// already been searched.
std::size_t head_end(std::string_view bytes, std::size_t from = 0);

/// Checks what decides the length of the body (RFC 9112, sections 5.2, 6.1 to 6.3): folded lines, Transfer-Encoding,
/// Content-Length. `head`: the raw bytes, since Beast's parser is more lenient than some
/// proxies. `version`: 10 or 11. `request`: its headers and request_id are set. Returns 400,
/// or 501 for a coding before `chunked`; the caller closes the connection then. Nothing:
/// without Transfer-Encoding the length is Content-Length or zero, and with it the body is
/// chunked.
std::optional<ApiResponse> framing_problem(std::string_view head, unsigned version, const ApiRequest& request);

}  // namespace tapewatch
