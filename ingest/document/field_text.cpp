// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/field_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <span>
#include <string_view>

#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

constexpr int kTextNesting = 4;  // objects and lists around a text

constexpr std::array<std::string_view, 16> kNamesFirst = {"#text",  "value",    "text", "$oid", "name", "title",
                                                          "code",   "id",       "href", "url",  "uri",  "content",
                                                          "@qcode", "@literal", "html", "body"};
constexpr std::array<std::string_view, 16> kCodesFirst = {"#text", "code",   "tag",  "$oid",  "id",   "@qcode",
                                                          "@tag",  "symbol", "name", "value", "text", "content",
                                                          "uri",   "title",  "html", "body"};

std::optional<std::string> number_text(double number) {
  constexpr double kExact = 9'007'199'254'740'992.0;  // 2^53
  if (!std::isfinite(number)) return std::nullopt;
  if (std::trunc(number) == number && std::abs(number) <= kExact) {
    return std::to_string(static_cast<std::int64_t>(number));
  }
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number).ptr;
  return std::string(text.data(), end);
}

std::optional<std::string> read(const json::value& value, Prefer prefer, int nesting) {
  if (const auto* text = value.if_string()) {
    return notation::repaired_utf8(std::string_view(text->data(), text->size()));
  }
  if (value.is_int64()) return std::to_string(value.get_int64());
  if (value.is_uint64()) return std::to_string(value.get_uint64());
  if (value.is_double()) return number_text(value.get_double());
  if (nesting == 0) return std::nullopt;
  if (const auto* list = value.if_array()) {
    for (const json::value& element : *list) {
      if (is_absent(element)) continue;
      if (auto text = read(element, prefer, nesting - 1)) return text;
    }
  }
  if (const auto* object = value.if_object()) {
    for (const std::string_view name : prefer == Prefer::name ? kNamesFirst : kCodesFirst) {
      const json::value* member = object->if_contains(name);
      if (member == nullptr || is_absent(*member)) continue;
      if (auto text = read(*member, prefer, nesting - 1)) return text;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> text_of(const json::value& value, Prefer prefer) {
  return read(value, prefer, kTextNesting);
}

std::optional<std::string> lines_of(const json::value& value) {
  const auto* list = value.if_array();
  if (list == nullptr) return text_of(value);
  std::optional<std::string> lines;
  for (const json::value& element : *list) {
    const auto text = text_of(element);
    if (!text) continue;
    if (lines) {
      *lines += "\n" + *text;
    } else {
      lines = text;
    }
  }
  return lines;
}

bool is_absent(const json::value& value) {
  if (value.is_null()) return true;
  if (const auto* text = value.if_string()) {
    return std::string_view(text->data(), text->size()).find_first_not_of(notation::kWhiteSpace) ==
           std::string_view::npos;
  }
  if (const auto* list = value.if_array()) return list->empty();
  if (const auto* object = value.if_object()) return object->empty();
  return value.is_bool() && !value.get_bool();
}

}  // namespace tapewatch::ingest
