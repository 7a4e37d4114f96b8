// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/document_fields.hpp"

#include <unicode/uloc.h>

#include <array>
#include <boost/json/kind.hpp>
#include <charconv>
#include <cmath>
#include <string>

#include "config/notation/utf8.hpp"
#include "ingest/document/action.hpp"
#include "ingest/document/timestamp.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

// Reads one object by its pointers. The first error is kept; later reads then give nothing.
class FieldReader {
 public:
  explicit FieldReader(const json::value& value) : value_(value) {}

  const json::value* find(const std::string& pointer) const {
    if (pointer.empty()) return nullptr;
    boost::system::error_code ignored;  // a path through something that is not a container: absent
    const json::value* found = value_.find_pointer(pointer, ignored);
    return found != nullptr && found->is_null() ? nullptr : found;
  }

  void reject(const std::string& pointer, std::string reason) {
    if (!rejection_) {
      rejection_ = Rejection{pointer, std::move(reason)};
    }
  }

  void text(const std::string& pointer, std::size_t limit, std::string& into) {
    const json::value* found = find(pointer);
    if (found == nullptr) return;
    if (const auto* string = found->if_string()) {
      if (string->size() > limit) {
        reject(pointer, std::to_string(string->size()) + " bytes, at most " + std::to_string(limit));
        return;
      }
      into = notation::repaired_utf8(*string);
    } else {
      wrong_kind(pointer, "a string", *found);
    }
  }

  // Whole numbers are accepted as ids and revisions too.
  void text_or_integer(const std::string& pointer, std::size_t limit, std::string& into) {
    const json::value* found = find(pointer);
    if (found != nullptr && (found->is_int64() || found->is_uint64())) {
      into = found->is_int64() ? std::to_string(found->get_int64()) : std::to_string(found->get_uint64());
    } else {
      text(pointer, limit, into);
    }
  }

  void wrong_kind(const std::string& pointer, std::string_view expected, const json::value& found) {
    reject(pointer, "expected " + std::string(expected) + ", found " + std::string(json::to_string(found.kind())));
  }

  const std::optional<Rejection>& rejection() const { return rejection_; }

 private:
  const json::value& value_;
  std::optional<Rejection> rejection_;
};

void read_time(FieldReader& reader, const std::string& pointer, Document& document) {
  const json::value* found = reader.find(pointer);
  if (found == nullptr) return;
  const Result<TimePoint> time = parse_timestamp(*found, pointer);
  if (time) {
    document.published_at = *time;
    document.published_from = PublishedFrom::source;
  } else {
    reader.reject(pointer, time.error().reason);
  }
}

void read_entities(FieldReader& reader, const std::string& pointer, const DocumentLimits& limits, Document& document) {
  const json::value* found = reader.find(pointer);
  if (found == nullptr) return;
  if (found->is_string()) {
    document.entities.emplace_back();
    reader.text(pointer, limits.max_entity_bytes, document.entities.back());
    return;
  }
  const json::array* list = found->if_array();
  if (list == nullptr) {
    reader.wrong_kind(pointer, "an array of strings", *found);
    return;
  }
  for (std::size_t i = 0; i < list->size() && i < limits.max_entities; ++i) {
    const std::string place = pointer + "/" + std::to_string(i);
    if (reader.find(place) == nullptr) continue;  // null
    std::string entity;
    reader.text(place, limits.max_entity_bytes, entity);
    if (!entity.empty()) document.entities.push_back(std::move(entity));
  }
}

void read_revision(FieldReader& reader, const std::string& pointer, Document& document) {
  constexpr std::size_t kLongest = 20;  // of a 64-bit number in digits
  std::string digits;
  reader.text_or_integer(pointer, kLongest, digits);
  if (digits.empty()) return;
  std::int64_t revision = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), revision);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    reader.reject(pointer, "not a whole number of 64 bits");
  } else if (revision < 0) {
    reader.reject(pointer, digits + ": a revision must be 0 or more");
  } else {
    document.revision = revision;
  }
}

void read_action(FieldReader& reader, const std::string& pointer, const ActionWords& own, Document& document) {
  constexpr std::size_t kLongest = 128;
  std::string word;
  const json::value* found = reader.find(pointer);
  if (found != nullptr && found->is_bool()) {
    word = found->get_bool() ? "true" : "false";
  } else {
    reader.text(pointer, kLongest, word);
  }
  const auto action = action_of(word, own);
  document.action = action.value_or(Action::none);
  if (!action) document.unknown_action = bare_action(word);
}

void read_embargo(FieldReader& reader, const std::string& pointer, Document& document) {
  const json::value* found = reader.find(pointer);
  if (found == nullptr) return;
  const Result<TimePoint> until = parse_timestamp(*found, pointer);
  if (until) {
    document.embargo_until = *until;
  } else if (document.action != Action::remove) {
    document.action = Action::hold;
  }
}

void read_title(FieldReader& reader, const std::string& pointer, const DocumentLimits& limits, Document& document) {
  static const std::string kDefault = KafkaFields{}.title;
  static const std::string kAlias = "/text";
  if (reader.find(pointer) != nullptr) {
    reader.text(pointer, limits.max_title_bytes, document.title);
  } else if (pointer == kDefault && reader.find(kAlias) != nullptr) {
    reader.text(kAlias, limits.max_title_bytes, document.title);
  } else if (document.action == Action::hold && document.body.empty()) {
    document.action = Action::remove;  // of what was told before, as there is nothing to hold
  } else if (document.action != Action::remove) {
    reader.reject(pointer, "missing");
  }
}

}  // namespace

Result<Document> read_document_fields(const json::value& value, const KafkaFields& fields, const DocumentLimits& limits,
                                      const ActionWords& own) {
  FieldReader reader(value);
  if (!value.is_object()) {
    reader.wrong_kind("", "a JSON object", value);
    return *reader.rejection();
  }
  constexpr std::size_t kLongestLanguage = 64;
  Document document;
  read_action(reader, fields.action, own, document);
  read_embargo(reader, fields.embargo_until, document);
  read_title(reader, fields.title, limits, document);
  reader.text_or_integer(fields.id, limits.max_id_bytes, document.id);
  reader.text(fields.source, limits.max_source_bytes, document.source);
  reader.text(fields.body, limits.max_body_bytes, document.body);
  reader.text(fields.url, limits.max_url_bytes, document.url);
  reader.text(fields.language, kLongestLanguage, document.language);
  document.language = primary_language(document.language);
  read_time(reader, fields.published_at, document);
  read_entities(reader, fields.entities, limits, document);
  read_revision(reader, fields.revision, document);
  if (document.action == Action::remove && document.id.empty()) {
    reader.reject(fields.id, "missing: without an id nothing can be removed");
  }
  if (reader.rejection()) return *reader.rejection();
  return document;
}

std::string primary_language(std::string_view text) {
  std::string tag = single_line(text);
  std::array<char, ULOC_LANG_CAPACITY> language{};
  UErrorCode status = U_ZERO_ERROR;
  const auto length =
      uloc_getLanguage(tag.c_str(), language.data(), static_cast<std::int32_t>(language.size()), &status);
  if (U_FAILURE(status) || length <= 0 || length >= static_cast<std::int32_t>(language.size())) {
    return tag;  // not a language tag: kept as it is, so that the reason for `unscored` can name it
  }
  std::string primary(language.data(), static_cast<std::size_t>(length));
  return primary == "und" ? std::string() : primary;
}

}  // namespace tapewatch::ingest
