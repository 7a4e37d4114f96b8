// Tested by tests/ingest/text/text_test.cpp
#include "ingest/text/html_tag.hpp"

#include <gumbo.h>

#include <algorithm>
#include <array>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\f/", kNameEnds = " \t\r\n\f/<>";

bool is_known_element(std::string_view name) {
  static constexpr std::array<std::string_view, 4> kNewer = {"dialog", "picture", "search", "slot"};
  const auto same = [&](std::string_view newer) { return notation::equal_in_any_case(newer, name); };
  return gumbo_tagn_enum(name.data(), static_cast<unsigned>(name.size())) != GUMBO_TAG_UNKNOWN ||
         std::any_of(kNewer.begin(), kNewer.end(), same);
}

/// Attributes that have no value.
bool is_boolean_attribute(std::string_view name) {
  static constexpr std::array<std::string_view, 24> kNames = {
      "allowfullscreen", "async",    "autofocus", "autoplay",   "checked",   "compact", "controls", "default",
      "defer",           "disabled", "hidden",    "ismap",      "itemscope", "loop",    "multiple", "muted",
      "nohref",          "noresize", "noshade",   "novalidate", "nowrap",    "open",    "readonly", "required"};
  return std::find(kNames.begin(), kNames.end(), notation::ascii_lower(name)) != kNames.end();
}

bool is_name(std::string_view name) {
  const auto fits = [](char c) { return notation::is_ascii_alphanumeric(c) || c == '-' || c == ':' || c == '_'; };
  return !name.empty() && notation::is_ascii_letter(name.front()) && name.back() != ':' &&
         std::all_of(name.begin(), name.end(), fits);
}

bool is_lower(std::string_view name) { return std::none_of(name.begin(), name.end(), notation::is_ascii_upper); }

/// "o:p", "fb:like", "my-card"; not "NYSE:KSA", not "BRK-B".
bool is_custom(std::string_view name) {
  return notation::is_ascii_lower(name.front()) && name.find_first_of("-:") != std::string_view::npos;
}

/// What follows the name up to '>': nothing, something with a value, or attributes that need none.
bool may_be_attributes(std::string_view text) {
  const std::size_t mark = text.find_first_of("=>");
  if (mark == std::string_view::npos || text[mark] == '=') return mark != std::string_view::npos;
  text = text.substr(0, mark);
  while (!(text = notation::trimmed(text, kBlanks)).empty()) {
    const std::size_t end = std::min(text.size(), text.find_first_of(kBlanks));
    if (!is_boolean_attribute(text.substr(0, end))) return false;
    text.remove_prefix(end);
  }
  return true;
}

bool has_quoted_attribute(std::string_view text) {
  const std::size_t mark = text.find_first_of("=>");
  if (mark == std::string_view::npos || text[mark] != '=' || mark + 1 >= text.size()) return false;
  return text[mark + 1] == '"' || text[mark + 1] == '\'';
}

}  // namespace

bool TagFinder::is_tag(std::size_t at) {
  constexpr std::size_t kLongest = 512;
  std::string_view rest = html_.substr(at + 1, kLongest);
  const bool closes = rest.starts_with('/');
  if (closes) rest.remove_prefix(1);
  const std::string_view name = rest.substr(0, rest.find_first_of(kNameEnds));
  if (!is_name(name)) return false;
  const bool known = is_known_element(name);
  if (closes) return known || is_lower(name) || is_custom(name);
  const std::string_view attributes = rest.substr(name.size());
  if (known) return may_be_attributes(attributes);
  return is_custom(name) || has_quoted_attribute(attributes) || is_closed_later(name);
}

bool TagFinder::is_closed_later(std::string_view name) {
  constexpr std::size_t kLongestName = 64;
  if (!searched_) {
    searched_ = true;
    for (std::size_t at = 0; (at = html_.find("</", at)) != std::string_view::npos; at += 2) {
      const std::string_view rest = html_.substr(at + 2, kLongestName);
      const std::string_view closed = rest.substr(0, rest.find_first_of(kNameEnds));
      if (is_name(closed)) closed_.insert(notation::ascii_lower(closed));
    }
  }
  return closed_.contains(notation::ascii_lower(name));
}

}  // namespace tapewatch::ingest
