#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "daemon/client/client.hpp"

namespace tapewatch {

/// An http(s) URL split into the parts a request needs.
struct HttpTarget {
  bool tls = false;
  std::string host;  ///< ASCII (international names in Punycode), an IPv6 address without brackets
  std::uint16_t port = 0;
  std::string authority;  ///< host, and port unless it is the scheme's own
  std::string user;       ///< decoded; empty when there is none
  std::string password;   ///< likewise
  std::string url;        ///< without credentials and fragment

  /// Scheme, host and port, which decide whether credentials may be sent.
  std::string origin() const { return (tls ? "https://" : "http://") + authority; }
};

/// The error is of kind `url` and names no credentials.
boost::system::result<HttpTarget, ClientError> parse_http_target(std::string_view url);

}  // namespace tapewatch
