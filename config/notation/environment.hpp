#pragma once

#include <cstdlib>
#include <optional>
#include <string_view>

namespace tapewatch::notation {

/// An environment variable's value; nullopt where it is not set. Any thread: nothing here sets one.
inline std::optional<std::string_view> environment(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): unsafe beside setenv(), which nobody calls
  return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
}

}  // namespace tapewatch::notation
