#include "ingest/feed/parse/feed_link.hpp"

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <boost/url/url.hpp>
#include <cctype>

#include "ingest/feed/parse/feed_text.hpp"

namespace tapewatch::ingest {
namespace {

namespace urls = boost::urls;

/// Where the authority of an absolute URL ends: brackets belong there (IPv6) and nowhere else.
std::size_t authority_end(std::string_view text) {
  const std::size_t scheme = text.find("://");
  if (scheme == text.npos || text.find_first_of("/?#") < scheme) return 0;
  return std::min(text.size(), text.find_first_of("/?#", scheme + 3));
}

/// Percent-encodes what may not stand in a URL, and a '%' that begins no escape. Line breaks inside are dropped.
std::string encode_stray(std::string_view text) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  static constexpr std::string_view kForbidden = " \"<>\\^`{|}";
  const auto is_hex = [&](std::size_t i) {
    return i < text.size() && std::isxdigit(static_cast<unsigned char>(text[i]));
  };
  const std::size_t path = authority_end(text);
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '\n' || c == '\r' || c == '\t') continue;
    const bool stray_percent = c == '%' && !(is_hex(i + 1) && is_hex(i + 2));
    const bool stray_bracket = (c == '[' || c == ']') && i >= path;
    if (c < 0x20 || c >= 0x7F || stray_percent || stray_bracket || kForbidden.find(text[i]) != kForbidden.npos) {
      out += {'%', kHex[c >> 4], kHex[c & 15]};
    } else {
      out += text[i];
    }
  }
  return out;
}

bool is_web(const urls::url_view_base& url) {
  return (url.scheme_id() == urls::scheme::http || url.scheme_id() == urls::scheme::https) && !url.host().empty();
}

bool is_tracking(std::string_view key) {
  static constexpr std::array<std::string_view, 16> kTracking = {
      "fbclid", "gclid", "dclid", "msclkid", "yclid",   "igshid", "mc_cid",     "mc_eid",
      "cmpid",  "cmp",   "ocid",  "ncid",    "ref_src", "taid",   "guccounter", "spm"};
  const std::string name = ascii_lower(key);
  return name.rfind("utm_", 0) == 0 || name.rfind("at_", 0) == 0 ||
         std::find(kTracking.begin(), kTracking.end(), name) != kTracking.end();
}

std::string without_tracking(std::string_view query) {
  std::string kept;
  while (!query.empty()) {
    const std::size_t end = std::min(query.size(), query.find('&'));
    const std::string_view parameter = query.substr(0, end);
    query.remove_prefix(std::min(query.size(), end + 1));
    if (parameter.empty() || is_tracking(parameter.substr(0, parameter.find('=')))) continue;
    if (!kept.empty()) kept += '&';
    kept += parameter;
  }
  return kept;
}

}  // namespace

std::string resolve_link(std::string_view base, std::string_view reference) {
  const std::string wanted = encode_stray(trimmed(reference));
  if (wanted.empty()) return {};
  const auto relative = urls::parse_uri_reference(wanted);
  if (!relative) return {};
  if (relative->has_scheme()) return is_web(*relative) ? wanted : std::string();
  const std::string from = encode_stray(trimmed(base));
  const auto root = urls::parse_uri(from);
  if (!root) return {};
  urls::url resolved;
  if (!urls::resolve(*root, *relative, resolved) || !is_web(resolved)) return {};
  return std::string(resolved.buffer());
}

std::string normalised_link(std::string_view link) {
  const std::string text = encode_stray(trimmed(link));
  const auto parsed = urls::parse_uri(text);
  if (!parsed || !is_web(*parsed)) return std::string(trimmed(link));
  std::string out = "https://" + ascii_lower(std::string(parsed->encoded_host()));
  const std::string_view port = parsed->port();
  if (!port.empty() && port != "80" && port != "443") out.append(":").append(port);
  std::string path(parsed->encoded_path());
  while (!path.empty() && path.back() == '/') path.pop_back();
  out += path;
  const std::string query = without_tracking(std::string(parsed->encoded_query()));
  if (!query.empty()) out.append("?").append(query);
  return out;
}

std::string url_origin(std::string_view url) {
  const std::string text = encode_stray(trimmed(url));
  const auto parsed = urls::parse_uri(text);
  if (!parsed || !is_web(*parsed)) return {};
  std::string out =
      ascii_lower(std::string(parsed->scheme())) + "://" + ascii_lower(std::string(parsed->encoded_host()));
  const bool default_port =
      parsed->port().empty() || parsed->port() == (parsed->scheme_id() == urls::scheme::https ? "443" : "80");
  if (!default_port) out.append(":").append(std::string_view(parsed->port()));
  return out;
}

std::string url_host(std::string_view url) {
  const std::string text = encode_stray(trimmed(url));
  const auto parsed = urls::parse_uri(text);
  return parsed && is_web(*parsed) ? ascii_lower(std::string(parsed->encoded_host())) : std::string();
}

}  // namespace tapewatch::ingest
