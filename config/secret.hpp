#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace tapewatch::config {

/// What is wrong with a Standard Webhooks secret (`whsec_` and 24 to 64 bytes in base64), in words that do not repeat
/// any of it; nullopt when it can be used.
std::optional<std::string> secret_problem(std::string_view secret);

}  // namespace tapewatch::config
