#include "ingest/feed/parse/feed_link.hpp"

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>

#include "config/notation/ascii.hpp"
#include "config/notation/url.hpp"

namespace tapewatch::ingest {
namespace {

namespace urls = boost::urls;

bool is_tracking(std::string_view key) {
  static constexpr std::array<std::string_view, 16> kTracking = {
      "fbclid", "gclid", "dclid", "msclkid", "yclid",   "igshid", "mc_cid",     "mc_eid",
      "cmpid",  "cmp",   "ocid",  "ncid",    "ref_src", "taid",   "guccounter", "spm"};
  const std::string name = notation::ascii_lower(key);
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
  return notation::resolve_web_url(base, reference);
}

std::string normalised_link(std::string_view link) {
  const std::string text = notation::encode_stray(notation::stripped(link));
  const auto parsed = urls::parse_uri(text);
  if (!parsed || !notation::detail::is_web(*parsed)) return std::string(notation::stripped(link));
  std::string out = "https://" + notation::encoded_host(*parsed);
  const std::string_view port = parsed->port();
  if (!port.empty() && port != "80" && port != "443") out.append(":").append(port);
  std::string path(parsed->encoded_path());
  while (!path.empty() && path.back() == '/') path.pop_back();
  out += path;
  const std::string query = without_tracking(std::string(parsed->encoded_query()));
  if (!query.empty()) out.append("?").append(query);
  return out;
}

std::string identity_link(std::string_view link) {
  std::string out = normalised_link(link);
  const std::size_t hash = link.find('#');
  if (hash == std::string_view::npos || out.find('#') != std::string::npos) return out;
  const std::string_view fragment = notation::stripped(link.substr(hash + 1));
  const bool route = fragment.starts_with('!') || fragment.starts_with('/');
  if (fragment.empty() || (!route && fragment.find('=') != std::string_view::npos)) return out;
  return out.append("#").append(fragment);
}

}  // namespace tapewatch::ingest
