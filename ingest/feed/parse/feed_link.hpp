#pragma once

#include <string>
#include <string_view>

namespace tapewatch::ingest {

/// `reference` made absolute by `base` (RFC 3986); spaces and non-ASCII are percent-encoded first, as browsers do.
/// Empty when the result is not an http or https URL.
std::string resolve_link(std::string_view base, std::string_view reference);

/// The link as an identity: https for http, host in lower case, no default port, no fragment, no user, no tracking
/// parameters (utm_*, fbclid, …), no trailing slash or "?". Two spellings of one page give one string. A text that is
/// not a URL is returned trimmed.
std::string normalised_link(std::string_view link);

/// The same with the fragment, unless it is a tracking parameter ("#xtor=RSS-1"): publishers put several items on one
/// page ("#a", "#b") or route by it ("#!/news/1").
std::string identity_link(std::string_view link);

}  // namespace tapewatch::ingest
