#include "daemon/client/environment_proxy.hpp"

#include <algorithm>
#include <array>

#include "config/notation/ascii.hpp"
#include "config/notation/url.hpp"

namespace tapewatch {
namespace {

struct Variable {
  std::string name, value;
};

/// The variable in lower case, else in capitals; an empty value when neither is set.
Variable find_variable(const ReadVariable& read, std::string lower) {
  std::string upper = lower;
  for (char& c : upper) c = notation::ascii_upper(c);
  for (std::string& name : std::array<std::string, 2>{std::move(lower), std::move(upper)}) {
    if (const auto value = read(name.c_str()); value && !value->empty()) return {name, std::string(*value)};
  }
  return {};
}

/// The proxy's URL, or "" after a warning.
std::string usable(const Variable& variable, std::vector<std::string>& warnings) {
  if (variable.value.empty()) return {};
  const bool has_scheme = variable.value.find("://") != std::string::npos;
  const std::string url = has_scheme ? variable.value : "http://" + variable.value;
  static constexpr std::array<std::string_view, 4> kSchemes = {"http", "https", "socks5", "socks5h"};
  const std::size_t end = url.find("://");
  const bool known = std::find(kSchemes.begin(), kSchemes.end(), url.substr(0, end)) != kSchemes.end();
  if (known && notation::parse_web_url("http" + url.substr(end))) return url;
  warnings.push_back("the environment variable " + variable.name +
                     " is not the address of an http, https, socks5 or socks5h proxy and is ignored");
  return {};
}

/// "*.example.com:8080" as "example.com"; brackets around an IPv6 address go too.
std::string exception(std::string_view entry) {
  if (entry.starts_with("*.")) entry.remove_prefix(1);
  if (entry.starts_with('[')) return std::string(entry.substr(1, entry.find(']') - 1));
  const bool has_port = std::count(entry.begin(), entry.end(), ':') == 1;
  return std::string(has_port ? entry.substr(0, entry.find(':')) : entry);
}

std::vector<std::string> exceptions(std::string_view list) {
  std::vector<std::string> hosts = {"localhost", "127.0.0.0/8", "::1"};
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(", \t"), list.size());
    if (end > 0) hosts.push_back(exception(list.substr(0, end)));
    list.remove_prefix(std::min(list.size(), end + 1));
  }
  return hosts;
}

}  // namespace

EnvironmentProxy environment_proxy(const ReadVariable& read) {
  EnvironmentProxy found;
  const std::string all = usable(find_variable(read, "all_proxy"), found.warnings);
  const auto choose = [&](const char* name) {
    const std::string own = usable(find_variable(read, name), found.warnings);
    return own.empty() ? all : own;
  };
  found.proxy.url = choose("http_proxy");
  found.proxy.https_url = choose("https_proxy");
  found.proxy.except = exceptions(find_variable(read, "no_proxy").value);
  return found;
}

}  // namespace tapewatch
