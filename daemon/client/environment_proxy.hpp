#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "daemon/client/client.hpp"

namespace tapewatch {

/// The proxy that the environment names, and what in it cannot be used: one sentence each, without the value, which may
/// hold a password.
struct EnvironmentProxy {
  ProxyOptions proxy;
  std::vector<std::string> warnings;
};

using ReadVariable = std::function<std::optional<std::string_view>(const char* name)>;

/// `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, also in capitals; lower case comes first, and an empty
/// value counts as none. A value without a scheme is an http proxy. `no_proxy` is a list of names (with their
/// subdomains), addresses, networks or "*", by commas or blanks; a port in it is ignored. This machine's own addresses
/// are always reached directly.
EnvironmentProxy environment_proxy(const ReadVariable& read);

}  // namespace tapewatch
