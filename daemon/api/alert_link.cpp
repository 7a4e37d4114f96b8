// Tested by tests/daemon/api/alert_link_api_test.cpp
#include "daemon/api/alert_link.hpp"

#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

std::string_view link_field(const ApiRequest& request, std::string_view name) {
  for (const auto& [field, value] : request.query) {
    if (field == name) return value;
  }
  return {};
}

}  // namespace

LinkRefusal alert_link_refusal(const alerts::AlertLinks& links) {
  using Verdict = alerts::AlertLinks::Verdict;
  return [links](const ApiRequest& request) -> std::optional<ApiResponse> {
    switch (links.check(request.path_parameter("id"), link_field(request, "expires"), link_field(request, "signature"),
                        request.now)) {
      case Verdict::good:
        return std::nullopt;
      case Verdict::expired:
        return problem(problems::kForbidden, "this link has expired; sign in with a token, or open a newer message",
                       request.request_id);
      case Verdict::wrong:
        break;
    }
    return problem(problems::kForbidden,
                   "the signature of this link is not one for this alert; open the link as the message has it",
                   request.request_id);
  };
}

void accept_link(Parameters& parameters) {
  parameters.text("expires");
  parameters.text("signature");
}

}  // namespace tapewatch
