#include "config/secret.hpp"

#include <algorithm>
#include <cctype>

namespace tapewatch::config {

std::optional<std::string> secret_problem(std::string_view secret) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!secret.starts_with(kPrefix)) return "a webhook's secret begins with whsec_";
  secret.remove_prefix(kPrefix.size());
  std::size_t padding = 0;
  while (!secret.empty() && secret.back() == '=' && padding < 2) {
    secret.remove_suffix(1);
    ++padding;
  }
  const bool base64 = std::all_of(secret.begin(), secret.end(),
                                  [](unsigned char c) { return std::isalnum(c) != 0 || c == '+' || c == '/'; });
  const std::size_t rest = secret.size() % 4;
  if (!base64 || rest == 1 || (padding != 0 && (rest + padding) % 4 != 0)) {
    return "what follows whsec_ is not base64";
  }
  const std::size_t bytes = secret.size() * 3 / 4;
  if (bytes < 24 || bytes > 64) return "a webhook's secret holds 24 to 64 bytes";
  return std::nullopt;
}

}  // namespace tapewatch::config
