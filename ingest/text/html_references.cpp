#include "ingest/text/html_references.hpp"

#include <gumbo.h>

#include <algorithm>
#include <cstdint>
#include <memory>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

/// A reference to a number beyond Unicode as one to U+FFFD, which the standard makes of it: the parser counts in 32
/// bits and would take the number's last ones. Others as they are.
std::string within_unicode(std::string_view reference) {
  constexpr std::uint32_t kLast = 0x10FFFF;
  if (!reference.starts_with("&#")) return std::string(reference);
  const bool hex = reference.size() > 2 && notation::ascii_lower(reference[2]) == 'x';
  std::uint32_t number = 0;
  std::size_t at = hex ? 3 : 2;
  for (; at < reference.size(); ++at) {
    const char c = notation::ascii_lower(reference[at]);
    const bool letter = hex && c >= 'a' && c <= 'f';
    if (!letter && !notation::is_digit(c)) break;
    const auto digit = static_cast<std::uint32_t>(letter ? c - 'a' + 10 : c - '0');
    number = std::min(number * (hex ? 16 : 10) + digit, kLast + 1);
  }
  if (number <= kLast) return std::string(reference);
  const bool closed = at < reference.size() && reference[at] == ';';
  return "&#xFFFD;" + std::string(reference.substr(closed ? at + 1 : at));
}

}  // namespace

std::size_t reference_length(std::string_view text) {
  if (!text.starts_with('&')) return 0;
  std::size_t end = text.substr(1).starts_with('#') ? 2 : 1;
  while (end < text.size() && (notation::is_ascii_alphanumeric(text[end]))) ++end;
  return end < text.size() && text[end] == ';' ? end + 1 : end;
}

std::vector<std::string> read_references(const std::vector<std::string_view>& references) {
  std::string html;  // a comment after each
  for (const auto reference : references) html.append(within_unicode(reference)).append("<!---->");
  GumboOptions options = kGumboDefaultOptions;
  options.fragment_context = GUMBO_TAG_DIV;  // nothing before the first character is dropped
  options.max_errors = 0;
  const auto destroy = [&options](GumboOutput* output) { gumbo_destroy_output(&options, output); };
  const std::unique_ptr<GumboOutput, decltype(destroy)> parsed(
      gumbo_parse_with_options(&options, html.data(), html.size()), destroy);

  std::vector<std::string> characters(references.size());
  auto current = characters.begin();
  const GumboVector& nodes = parsed->root->v.element.children;  // without tags the tree is flat
  for (unsigned i = 0; i < nodes.length && current != characters.end(); ++i) {
    const auto* node = static_cast<const GumboNode*>(nodes.data[i]);
    if (node->type == GUMBO_NODE_COMMENT) {
      ++current;
    } else if (node->type == GUMBO_NODE_TEXT || node->type == GUMBO_NODE_WHITESPACE) {
      *current += node->v.text.text;
    }
  }
  return characters;
}

}  // namespace tapewatch::ingest
