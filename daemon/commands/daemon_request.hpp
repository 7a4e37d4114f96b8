#pragma once

#include <string>
#include <string_view>

#include "daemon/client/client.hpp"

namespace tapewatch {

/// A request of a command to the daemon at `url`, to be waited for up to five minutes. `token`: may be empty.
ClientRequest daemon_request(std::string_view method, std::string url, std::string_view path, const std::string& token);

/// Sends it and waits for the answer, on this thread.
ClientResult send_and_wait(ClientRequest request, const ClientOptions& options = {});

/// "the daemon answers 503: ingestion is paused …": the status, and the detail of application/problem+json.
std::string refusal_in_words(const ClientResponse& response);

}  // namespace tapewatch
