#pragma once

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/grammar/charset.hpp>
#include <boost/url/grammar/hexdig_chars.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch::notation {

/// Boost.URL plus what the web allows and RFC 3986 does not. Version 1.81 refuses what browsers accept (a space, raw
/// UTF-8, `|`, `?a[]=1`), so encode_stray() comes first; `normalize()` and `resolve()` decode `%2F`, which merges two
/// paths, so they are unsafe for identities; it keeps default ports, which url_origin() drops.

namespace detail {

/// Where the authority of an absolute URL ends: brackets (IPv6) are allowed there and nowhere else.
inline std::size_t authority_end(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos || text.find_first_of("/?#") < scheme) return 0;
  return std::min(text.size(), text.find_first_of("/?#", scheme + 3));
}

inline bool is_web(const boost::urls::url_view_base& url) {
  const auto scheme = url.scheme_id();
  return (scheme == boost::urls::scheme::http || scheme == boost::urls::scheme::https) && !url.host().empty();
}

/// 1 to 65535; nothing for anything else. (Boost.URL's own port_number() wraps: 99999 is 34463.)
inline std::optional<std::uint16_t> port_number(std::string_view digits) {
  std::uint16_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number == 0) return std::nullopt;
  return number;
}

}  // namespace detail

/// Percent-encodes, as browsers do, characters that a URL must not contain, and a '%' that begins no escape. Line
/// breaks and tabs inside are dropped.
inline std::string encode_stray(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kForbidden = " \"<>\\^`{|}";
  const auto is_hex = [&](std::size_t i) { return i < text.size() && boost::urls::grammar::hexdig_chars(text[i]); };
  const std::size_t path = detail::authority_end(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' || c == '\r' || c == '\t') continue;
    const bool stray_percent = c == '%' && !(is_hex(i + 1) && is_hex(i + 2));
    const bool stray_bracket = (c == '[' || c == ']') && i >= path;
    if (c < 0x20 || c >= 0x7F || stray_percent || stray_bracket || kForbidden.find(text[i]) != std::string_view::npos) {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    } else {
      out += text[i];
    }
  }
  return out;
}

/// An absolute http or https URL with a host and a port below 65536, unchanged except for encode_stray() and
/// surrounding space; nothing for anything else.
inline std::optional<boost::urls::url> parse_web_url(std::string_view text) {
  const std::string encoded = encode_stray(stripped(text));
  const auto parsed = boost::urls::parse_uri(encoded);
  if (!parsed || !detail::is_web(*parsed)) return std::nullopt;
  if (!parsed->port().empty() && !detail::port_number(parsed->port())) return std::nullopt;
  const std::string_view path = parsed->encoded_path();
  if (!path.empty() && path.front() != '/') return std::nullopt;  // "http://a:b/": the path "b/" behind an empty port
  return boost::urls::url(*parsed);
}

/// `reference` made absolute by `base` (RFC 3986, 5.2), each after encode_stray(); empty when that is not an http or
/// https URL. A relative path loses the escape of a slash (`resolve()`): stored document ids depend on
/// that.
inline std::string resolve_web_url(std::string_view base, std::string_view reference) {
  namespace urls = boost::urls;
  const std::string wanted = encode_stray(stripped(reference));
  if (wanted.empty()) return {};
  const auto relative = urls::parse_uri_reference(wanted);
  if (!relative) return {};
  if (relative->has_scheme()) return detail::is_web(*relative) ? wanted : std::string();
  const std::string from = encode_stray(stripped(base));
  const auto root = urls::parse_uri(from);
  urls::url resolved;
  if (!root || !urls::resolve(*root, *relative, resolved) || !detail::is_web(resolved)) return {};
  return std::string(resolved.buffer());
}

/// The host in lower case, as written in a URL: escapes stay, an IPv6 address is in brackets.
inline std::string encoded_host(const boost::urls::url_view_base& url) {
  return ascii_lower(std::string(url.encoded_host()));
}

/// The port that a web URL of parse_web_url() leads to.
inline std::uint16_t port_of(const boost::urls::url_view_base& url) {
  const std::uint16_t scheme_port = url.scheme_id() == boost::urls::scheme::https ? 443 : 80;
  return url.port().empty() ? scheme_port : detail::port_number(url.port()).value_or(scheme_port);
}

/// Whether the URL names no port or the default port of its scheme.
inline bool has_default_port(const boost::urls::url_view_base& url) {
  return url.port().empty() || url.port() == (url.scheme_id() == boost::urls::scheme::https ? "443" : "80");
}

/// The host of a web URL in lower case, an IPv6 address without brackets, a name without the dot of the root; empty
/// when `text` is not a web URL.
inline std::string url_host(std::string_view text) {
  const auto url = parse_web_url(text);
  if (!url) return {};
  std::string host = encoded_host(*url);
  if (host.starts_with('[')) return host.substr(1, host.size() - 2);
  if (host.ends_with('.')) host.pop_back();
  return host;
}

/// "https://host" or "https://host:port" in lower case, without a default port; empty when `text` is not a web URL.
inline std::string url_origin(std::string_view text) {
  const auto url = parse_web_url(text);
  if (!url) return {};
  std::string origin = ascii_lower(std::string(url->scheme())) + "://" + encoded_host(*url);
  if (!has_default_port(*url)) origin.append(":").append(std::string_view(url->port()));
  return origin;
}

/// Whether a web URL carries a user name or a password.
inline bool has_credentials(std::string_view text) {
  const auto url = parse_web_url(text);
  return url && url->has_userinfo();
}

/// In a query `+` is a space, in a path it is a plus.
enum class PlusIs { space, plus };

/// Nothing for a broken escape ("%", "%4", "%zz"), for %00 and for bytes that are not UTF-8.
inline std::optional<std::string> percent_decode(std::string_view text, PlusIs plus) {
  const auto checked = boost::urls::make_pct_string_view(text);
  if (!checked) return std::nullopt;
  boost::urls::encoding_opts options;
  options.space_as_plus = plus == PlusIs::space;
  std::string decoded = checked->decode(options);
  if (text.find("%00") != std::string_view::npos || !is_utf8(decoded)) return std::nullopt;
  return decoded;
}

/// For a path segment or a query: everything but letters, digits and "-._~" becomes an escape.
inline std::string percent_encode(std::string_view text) {
  return boost::urls::encode(text, boost::urls::unreserved_chars);
}

}  // namespace tapewatch::notation
