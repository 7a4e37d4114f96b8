// Tested by tests/daemon/client/http_client_test.cpp
#include "daemon/client/http_target.hpp"

#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

#include "config/notation/ascii.hpp"
#include "config/notation/url.hpp"

namespace tapewatch {
namespace {

/// The name as used in DNS; empty when it is not a host name.
std::string ascii_host(const std::string& name) {
  const bool ascii = std::all_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (ascii) return notation::ascii_lower(name);
  UErrorCode status = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, void (*)(UIDNA*)> idna(uidna_openUTS46(UIDNA_NONTRANSITIONAL_TO_ASCII, &status),
                                                      uidna_close);
  if (U_FAILURE(status)) return {};
  std::array<char, 256> out;
  UIDNAInfo info = UIDNA_INFO_INITIALIZER;
  const auto length = uidna_nameToASCII_UTF8(idna.get(), name.data(), static_cast<std::int32_t>(name.size()),
                                             out.data(), static_cast<std::int32_t>(out.size()), &info, &status);
  const bool bad = U_FAILURE(status) || info.errors != 0 || length > static_cast<std::int32_t>(out.size());
  return bad ? std::string() : std::string(out.data(), static_cast<std::size_t>(length));
}

}  // namespace

boost::system::result<HttpTarget, ClientError> parse_http_target(std::string_view url) {
  const auto refuse = [](std::string_view why) { return ClientError(ClientErrorKind::url, std::string(why)); };
  const auto parsed = notation::parse_web_url(url);
  if (!parsed) return refuse("not an http or https URL with a host and a port below 65536");
  HttpTarget target;
  target.tls = parsed->scheme_id() == boost::urls::scheme::https;
  target.port = notation::port_of(*parsed);
  const bool ipv6 = parsed->host_type() == boost::urls::host_type::ipv6;
  target.host = ipv6 ? std::string(parsed->host_address()) : ascii_host(std::string(parsed->host()));
  if (target.host.empty() || target.host.find_first_of(" /@\\") != std::string::npos) return refuse("bad host name");
  target.authority = ipv6 ? "[" + target.host + "]" : target.host;
  const bool default_port = target.port == (target.tls ? 443 : 80);
  if (!default_port) target.authority += ":" + std::to_string(target.port);
  std::string path(parsed->encoded_path());
  if (path.empty()) path = "/";
  if (parsed->has_query()) path += "?" + std::string(parsed->encoded_query());
  target.user = parsed->user();
  target.password = parsed->password();
  target.url = target.origin() + path;
  return target;
}

}  // namespace tapewatch
