#pragma once
// Header only: the configuration checks a path with the code that knows which ones are free.
#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "ingest/record/record_options.hpp"

namespace tapewatch::ingest {

// [[ingest.post]]: documents that somebody else's program sends, such as a vendor's webhook.
struct PostOptions : RecordSource {
  std::string path;          // where it is received: "/in/benzinga"
  std::string token;         // what the sender shows; "": nothing, and only loopback may be listened on
  std::string token_header;  // the header that is the token; "": Authorization: Bearer

  /// Limits without configuration keys.
  std::size_t max_dead_letter_bytes = 512 * 1024;  // of a request's body in its dead letters
};

/// The first segments of the daemon's own paths. Segments with a dot are files of the page.
inline constexpr std::array<std::string_view, 6> kReservedSegments = {"v1",      "alerts",  "silences",
                                                                      "metrics", "healthz", "readyz"};

/// What is wrong with the path of a source; nothing: it can be received there.
inline std::optional<std::string> post_path_problem(std::string_view path) {
  constexpr std::size_t kMost = 128;
  const auto fits = [](char c) { return notation::is_ascii_alphanumeric(c) || std::string_view("-._~/").find(c) < 5; };
  if (!path.starts_with('/') || path.size() > kMost || !std::all_of(path.begin(), path.end(), fits) ||
      path.ends_with('/') || path.find("//") != std::string_view::npos) {
    return "expected a path such as \"/in/benzinga\": at most 128 letters, digits, '-', '_', '.', '~' and '/'";
  }
  std::string_view rest = path.substr(1);
  const std::string_view first = rest.substr(0, rest.find('/'));
  const auto& reserved = kReservedSegments;
  if (first.find('.') != std::string_view::npos ||
      std::find(reserved.begin(), reserved.end(), first) != reserved.end()) {
    return "'/" + std::string(first) + "' belongs to the daemon's own interface; take a path such as \"/in/benzinga\"";
  }
  for (; !rest.empty(); rest.remove_prefix(std::min(rest.find('/'), rest.size() - 1) + 1)) {
    const std::string_view segment = rest.substr(0, rest.find('/'));
    if (segment == "." || segment == "..") return "must not have '.' or '..' as a segment";
  }
  return std::nullopt;
}

}  // namespace tapewatch::ingest
