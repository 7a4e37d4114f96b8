#include "daemon/server/framing.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "config/notation/ascii.hpp"
#include "daemon/server/problem.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";

bool is_chunked(std::string_view coding) { return notation::equal_in_any_case(coding, "chunked"); }

std::vector<std::string_view> values(const ApiRequest& request, std::string_view name) {
  std::vector<std::string_view> found;
  for (const auto& [key, value] : request.headers) {
    if (key == name) found.push_back(value);
  }
  return found;
}

/// The codings of all Transfer-Encoding lines, in order. An empty element is kept and therefore refused.
std::vector<std::string_view> codings(const std::vector<std::string_view>& lines) {
  std::vector<std::string_view> all;
  for (std::string_view line : lines) {
    for (std::size_t comma = 0; comma != std::string_view::npos;) {
      comma = line.find(',');
      all.push_back(notation::trimmed(line.substr(0, comma), notation::kBlanks));
      if (comma != std::string_view::npos) line.remove_prefix(comma + 1);
    }
  }
  return all;
}

}  // namespace

std::size_t head_end(std::string_view bytes, std::size_t from) {
  const std::size_t at = bytes.find(kEndOfHead, from < kEndOfHead.size() ? 0 : from - (kEndOfHead.size() - 1));
  return at == std::string_view::npos ? at : at + kEndOfHead.size();
}

std::optional<ApiResponse> framing_problem(std::string_view head, unsigned version, const ApiRequest& request) {
  const auto bad = [&](std::string_view why) { return problem(problems::kBadRequest, why, request.request_id); };
  if (head.find("\n ") != std::string_view::npos || head.find("\n\t") != std::string_view::npos) {
    return bad("a header line that begins with a space continues the line before it: write it on one line");
  }
  const auto lengths = values(request, "content-length");
  const auto encodings = values(request, "transfer-encoding");
  if (lengths.size() > 1 || (lengths.size() == 1 && lengths[0].find(',') != std::string_view::npos)) {
    return bad("more than one Content-Length: send one");
  }
  if (encodings.empty()) return std::nullopt;
  if (version < 11) return bad("HTTP/1.0 has no Transfer-Encoding: send Content-Length");
  if (!lengths.empty()) return bad("Transfer-Encoding and Content-Length exclude each other: send one of them");
  const auto order = codings(encodings);
  if (!is_chunked(order.back()) || std::count_if(order.begin(), order.end(), is_chunked) > 1) {
    return bad("the last transfer coding must be chunked, and only the last one: send Transfer-Encoding: chunked");
  }
  if (order.size() == 1) return std::nullopt;
  return problem(problems::kNotBuilt, "chunked is the only transfer coding accepted: send the body without another one",
                 request.request_id);
}

}  // namespace tapewatch
