#pragma once
// Where a request ends. A proxy in front that sees another end than we do lets a client smuggle a second request past
// it, so what two readers could take differently is refused, and the connection closes.
#include <optional>
#include <string_view>

#include "daemon/server/message.hpp"

namespace tapewatch {

/// The end of the first head in `bytes`, just after its empty line; npos while it is incomplete. `from`: how much was
/// searched before.
std::size_t head_end(std::string_view bytes, std::size_t from = 0);

/// Checks what decides the length of the body (RFC 9112, sections 5.2, 6.1 to 6.3): folded lines, Transfer-Encoding,
/// Content-Length. `head`: the bytes as they came, which Beast's parser forgives more than a proxy may. `version`: 10
/// or
/// 11. `request`: its headers and request_id are set. Returns 400, or 501 for a coding before `chunked`; the caller
/// closes the connection then. Nothing: without Transfer-Encoding the length is Content-Length or zero, and with it the
/// body is chunked.
std::optional<ApiResponse> framing_problem(std::string_view head, unsigned version, const ApiRequest& request);

}  // namespace tapewatch
