// Tested by tests/ingest/document/canonical_document_test.cpp
#include "ingest/document/document_fields.hpp"

#include <algorithm>
#include <array>
#include <boost/json/array.hpp>
#include <boost/json/kind.hpp>
#include <boost/json/object.hpp>
#include <charconv>
#include <string_view>
#include <utility>

#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"
#include "ingest/document/action.hpp"
#include "ingest/document/content_hash.hpp"
#include "ingest/document/entity_values.hpp"
#include "ingest/document/field_text.hpp"
#include "ingest/document/field_time.hpp"
#include "ingest/text/language_tag.hpp"
#include "ingest/text/white_space.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

std::string shown(const json::value& value) {
  constexpr std::size_t kMost = 60;
  if (const auto text = text_of(value)) {
    return "\"" + std::string(notation::utf8_prefix(single_line(*text), kMost)) + "\"";
  }
  return std::string(json::to_string(value.kind()));
}

std::string size_error(std::size_t size, std::size_t limit) {
  return std::to_string(size) + " bytes, at most " + std::to_string(limit);
}

/// Reads the fields one by one into a document. The first rejection is kept.
class DocumentReader {
 public:
  DocumentReader(const DocumentReading& reading, TimePoint now)
      : limits_(reading.limits), own_(reading.actions), zone_(reading.zone), context_{reading.language, now} {}

  Result<Document> run(const DocumentValues& values) {
    read_action(values.action);  // first: a document to be removed need not have a title
    read_embargo(values.embargo_until);
    read_text(values.title, limits_.max_title_bytes, document_.title);
    read_text(values.body, limits_.max_body_bytes, document_.body);
    read_id(values.id);
    document_.source = short_text(values.source, limits_.max_source_bytes);
    document_.url = short_text(values.url, limits_.max_url_bytes);
    read_language_of(values.language);
    if (!document_.language.empty()) context_.language = document_.language;
    read_time(values.published_at);
    read_entities(values.entities);
    read_metadata(values.meta);
    read_revision(values.revision);
    check_text(values.title);
    if (document_.action == Action::remove && document_.id.empty()) {
      reject(first_place(values.id), "missing: without an id nothing can be removed");
    }
    if (rejection_) return std::move(*rejection_);
    return std::move(document_);
  }

 private:
  static std::string first_place(const FieldValues& field) {
    return field.empty() ? std::string() : field.front().place;
  }

  void check_text(const FieldValues& title) {
    if (!document_.title.empty() || !document_.body.empty()) return;
    if (document_.action == Action::hold) document_.action = Action::remove;  // what was told before: nothing to hold
    if (document_.action != Action::remove) reject(first_place(title), "missing");
  }

  void reject(const std::string& place, std::string reason) {
    if (!rejection_) rejection_ = Rejection{place, std::move(reason)};
  }

  void warn(const std::string& place, std::string detail) { document_.warnings.push_back({place, std::move(detail)}); }

  void warn_unreadable(const std::string& place, std::string_view expected, const json::value& value) {
    warn(place, "expected " + std::string(expected) + ", found " + shown(value));
  }

  /// Calls `read` with each value that is there, in order, until one can be read; warns of those that cannot.
  template <class Read>
  void first_readable(const FieldValues& field, std::string_view expected, const Read& read) {
    for (const FieldValue& place : field) {
      for (const json::value* value : place.values) {
        if (is_absent(*value)) continue;
        if (read(*value, place.place)) return;
        warn_unreadable(place.place, expected, *value);
      }
    }
  }

  /// A title or body: the first place with text; several values there are paragraphs.
  void read_text(const FieldValues& field, std::size_t limit, std::string& into) {
    for (const FieldValue& place : field) {
      std::string text;
      for (const json::value* value : place.values) {
        if (is_absent(*value)) continue;
        const auto lines = lines_of(*value);
        if (!lines) {
          warn_unreadable(place.place, "a text", *value);
        } else {
          text += (text.empty() ? "" : "\n") + *lines;
        }
      }
      if (text.empty()) continue;
      if (text.size() > limit) return reject(place.place, size_error(text.size(), limit));
      into = std::move(text);
      return;
    }
  }

  /// A text that the news can do without: one over its limit is left out.
  std::string short_text(const FieldValues& field, std::size_t limit) {
    std::string found;
    first_readable(field, "a text", [&](const json::value& value, const std::string& place) {
      auto text = text_of(value);
      if (!text) return false;
      if (text->size() <= limit) {
        found = std::move(*text);
      } else {
        warn(place, size_error(text->size(), limit) + ": left out");
      }
      return true;
    });
    return found;
  }

  void read_id(const FieldValues& field) {
    first_readable(field, "an id", [&](const json::value& value, const std::string& place) {
      auto text = text_of(value);
      if (!text) return false;
      document_.id = std::move(*text);
      if (document_.id.size() > limits_.max_id_bytes) {
        warn(place, size_error(document_.id.size(), limits_.max_id_bytes) + ": its hash is the id");
        document_.id = "hash:" + hash_hex(document_.id);
      }
      return true;
    });
  }

  void read_language_of(const FieldValues& field) {
    constexpr std::size_t kLongest = 128;
    first_readable(field, "a language", [&](const json::value& value, const std::string&) {
      const auto text = text_of(value, Prefer::code);
      if (!text || text->size() > kLongest) return false;
      const StatedLanguage stated = read_language(*text);
      document_.language = stated.tag;
      return !stated.unreadable;
    });
  }

  void read_time(const FieldValues& field) {
    document_.without_time = FieldWarning{first_place(field), "missing"};
    bool stated = false;
    for (std::size_t i = 0; i < field.size(); ++i) {
      for (const json::value* value : field[i].values) {
        if (is_no_time(*value)) continue;
        auto date = time_of(*value, context_);
        if (!date) {
          warn_unreadable(field[i].place, "a time", *value);
          if (!std::exchange(stated, true)) document_.without_time = document_.warnings.back();
          continue;
        }
        const bool followed = date->day_only && i + 1 < field.size() && !field[i + 1].values.empty();
        if (followed) {
          if (const auto both = time_of(*value, *field[i + 1].values.front(), context_)) date = both;
        }
        return set_time(field[i].place, std::move(*date));
      }
    }
  }

  void set_time(const std::string& place, NewsDate date) {
    if (date.zone_missing && zone_) {  // where clocks going back bring a time twice, the second
      date.at -= zone_->offset(date.at - zone_->offset(date.at));
      date.zone_missing = false;
    }
    document_.published_at = std::chrono::floor<std::chrono::milliseconds>(date.at);
    document_.published_day = date.day_only;
    document_.published_from = PublishedFrom::source;
    document_.without_time.reset();
    if (date.day_only) {
      warn(place, "no time of day");
    } else if (date.zone_missing && date.layout != "compact") {
      warn(place, "no time zone: read as UTC");
    }
    if (date.guessed_order) warn(place, "day and month guessed");
  }

  void read_entities(const FieldValues& field) {
    for (const FieldValue& place : field) {
      for (const json::value* value : place.values) {
        for (std::string& entity : entity_texts(*value)) {
          if (document_.entities.size() == limits_.max_entities) return;
          const auto& known = document_.entities;
          if (std::find(known.begin(), known.end(), entity) != known.end()) continue;
          if (entity.size() > limits_.max_entity_bytes) {
            warn(place.place, size_error(entity.size(), limits_.max_entity_bytes) + ": left out");
          } else {
            document_.entities.push_back(std::move(entity));
          }
        }
      }
    }
  }

  /// Of an object its members, a list's elements singly; any other value is named after its place.
  void read_metadata(const FieldValues& field) {
    for (const FieldValue& place : field) {
      for (const json::value* value : place.values) {
        if (const json::object* object = value->if_object()) {
          for (const auto& [name, of_name] : *object) add_pairs(place.place, name, of_name);
        } else {
          add_pairs(place.place, last_name(place.place), *value);
        }
      }
    }
  }

  void add_pairs(const std::string& place, std::string_view name, const json::value& value) {
    if (const json::array* list = value.if_array()) {
      for (const json::value& element : *list) add_pair(place, name, element);
    } else {
      add_pair(place, name, value);
    }
  }

  void add_pair(const std::string& place, std::string_view name, const json::value& value) {
    const auto text =
        value.is_bool() ? std::optional<std::string>(value.get_bool() ? "true" : "false") : text_of(value);
    if (!text) return;
    std::string fault = add_metadata(document_.metadata, name, *text, limits_);
    if (!fault.empty()) warn(place, std::move(fault));
  }

  /// The last name in a place: "form" of "/_source/form", "items" of "$._source.items[*]" and "/items/0".
  static std::string_view last_name(std::string_view place) {
    constexpr std::string_view kMarks = "$/.:@[]*'\"";
    while (!place.empty()) {
      const std::size_t end = place.find_last_not_of(kMarks);
      if (end == std::string_view::npos) return {};
      const std::size_t before = place.find_last_of(kMarks, end);
      const std::string_view name = place.substr(before + 1, end - before);  // npos + 1: the place begins with it
      if (name.find_first_not_of("0123456789") != std::string_view::npos) return name;
      place = place.substr(0, before == std::string_view::npos ? 0 : before);
    }
    return {};
  }

  /// A whole number from 0, or a time, in milliseconds since 1970.
  void read_revision(const FieldValues& field) {
    first_readable(field, "a whole number or a time", [&](const json::value& value, const std::string&) {
      const auto text = text_of(value);
      if (!text) return false;
      const std::string_view digits = notation::stripped(*text);
      std::int64_t number = 0;
      const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
      if (error == std::errc() && end == digits.data() + digits.size()) {
        if (number >= 0) document_.revision = number;
        return number >= 0;
      }
      // 1.2 is a version, not a date: that has a separator other than a point, or words.
      if (digits.find_first_of(":/-T ") == std::string_view::npos) return false;
      const auto time = time_of(value, context_);
      if (time) document_.revision = time->at.time_since_epoch().count();
      return time.has_value();
    });
  }

  /// The first place that says something decides; a flag such as `__deleted` counts where it is true.
  void read_action(const FieldValues& field) {
    for (const FieldValue& place : field) {
      for (const json::value* value : place.values) {
        if (is_absent(*value)) continue;
        const auto word = value->is_bool() ? std::optional<std::string>("true") : text_of(*value);
        if (!word) {
          warn_unreadable(place.place, "a word", *value);
          continue;
        }
        const auto action = action_of(*word, own_);
        document_.action = action.value_or(Action::none);
        if (!action) document_.unknown_action = notation::utf8_prefix(bare_action(*word), kLongestAction);
        return;
      }
    }
  }

  /// An embargo whose time cannot be read holds the document until somebody lifts it.
  void read_embargo(const FieldValues& field) {
    first_readable(field, "a time", [&](const json::value& value, const std::string&) {
      if (is_no_time(value)) return true;
      if (const auto until = time_of(value, context_)) {
        document_.embargo_until = until->at;
        return true;
      }
      if (document_.action != Action::remove) document_.action = Action::hold;
      return false;
    });
  }

  static constexpr std::size_t kLongestAction = 128;

  const DocumentLimits& limits_;
  const ActionWords& own_;
  const std::optional<notation::TimeZone>& zone_;
  DateContext context_;
  Document document_;
  std::optional<Rejection> rejection_;
};

}  // namespace

Result<Document> read_document(const DocumentValues& values, const DocumentReading& reading, TimePoint now) {
  return DocumentReader(reading, now).run(values);
}

}  // namespace tapewatch::ingest
