#pragma once
#include <functional>
#include <optional>

#include "alerts/formats/signed_links.hpp"
#include "daemon/api/request/parameters.hpp"
#include "daemon/server/message.hpp"

namespace tapewatch {

/// Why the link of a request about the alert `{id}` opens nothing; nothing: it shows that alert. See Route.
using LinkRefusal = std::function<std::optional<ApiResponse>(const ApiRequest&)>;
LinkRefusal alert_link_refusal(const alerts::AlertLinks& links);

/// The parameters of such a link are known; what they say was checked before.
void accept_link(Parameters& parameters);

}  // namespace tapewatch
