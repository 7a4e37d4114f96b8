#include "ingest/record/record_mapping.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/kind.hpp>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "config/notation/ascii.hpp"
#include "config/notation/utf8.hpp"
#include "ingest/document/field_text.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/record/decode_step.hpp"
#include "ingest/record/field_path.hpp"
#include "ingest/record/preset_options.hpp"

namespace tapewatch::ingest {
namespace {

namespace json = boost::json;

std::vector<FieldPath> paths_of(const FieldPlaces& places, const std::string& field) {
  std::vector<FieldPath> paths;
  paths.reserve(places.size());
  for (const std::string& place : places) {
    if (place.empty()) continue;
    FieldPathReader reader(place);
    if (!reader.read()) throw std::invalid_argument(field + " = \"" + place + "\": " + reader.error());
    paths.push_back(reader.path());
  }
  return paths;
}

}  // namespace

/// The value that the fields refer to, and what is around it.
struct RecordMapping::Scope {
  const json::value& item;
  const json::value& record;
  const RecordContext& context;
};

RecordMapping::RecordMapping(const RecordShape& given, DocumentReading reading) : reading_(std::move(reading)) {
  const RecordShape shape = with_preset(given);
  lists_ = shape.format == RecordFormat::csv || shape.format == RecordFormat::tsv;
  for (const auto& [name, member] : kRecordFieldMembers) {
    fields_.push_back(paths_of((shape.fields.*member).value_or(FieldPlaces{}), "fields." + std::string(name)));
  }
  items_ = paths_of(shape.items, "items");
  for (const auto& [place, steps] : shape.decode) {
    if (place.empty()) continue;  // for the bytes of the record
    decodings_.push_back({paths_of({place}, "decode").front(), decode_steps(steps)});
  }
}

bool RecordMapping::has_items(const json::value& value) const {
  return std::any_of(items_.begin(), items_.end(), [&](const FieldPath& place) {
    return !place.steps.empty() && !select(place.steps, value).empty();
  });
}

std::vector<Result<Document>> RecordMapping::documents(json::value& value, const RecordContext& context) const {
  std::vector<FieldWarning> warnings;
  decode(value, warnings);
  const auto found = items_of(value);
  if (!found) return {Rejection{items_.front().text, "no items there"}};
  const std::vector<const json::value*>& items = *found;
  if (items.size() == kMaxSelected) {
    return {Rejection{items_.front().text, "more than " + std::to_string(kMaxSelected) + " items in one record"}};
  }
  std::vector<Result<Document>> documents;
  documents.reserve(items.size());
  for (const json::value* item : items) {
    documents.push_back(document({*item, value, context}));
    if (documents.back()) {
      auto& own = documents.back()->warnings;
      own.insert(own.end(), warnings.begin(), warnings.end());
    }
  }
  return documents;
}

std::optional<std::vector<const json::value*>> RecordMapping::items_of(const json::value& value) const {
  if (items_.empty()) return std::vector<const json::value*>{&value};
  for (const FieldPath& place : items_) {
    auto items = select(place.steps, value);
    if (!items.empty()) return items;
    // An empty list has no documents; a record without the list is not what this place is for.
    const bool list = !place.steps.empty() && place.steps.back().kind == PathStep::Kind::all;
    if (list && !select({place.steps.begin(), std::prev(place.steps.end())}, value).empty()) return items;
  }
  return std::nullopt;
}

void RecordMapping::decode(json::value& value, std::vector<FieldWarning>& warnings) const {
  for (const Decoding& decoding : decodings_) {
    for (const json::value* found : select(decoding.place.steps, value)) {
      const json::string* text = found->if_string();
      if (text == nullptr) continue;
      auto decoded = decoded_value({text->data(), text->size()}, decoding.steps, reading_.limits);
      if (!decoded) {
        warnings.push_back({decoding.place.text, decoded.error().reason});
        continue;
      }
      // The value is ours; select() only promises not to change it.
      *const_cast<json::value*>(found) = std::move(*decoded);  // NOLINT(cppcoreguidelines-pro-type-const-cast)
    }
  }
}

FieldValues RecordMapping::values_of(const std::vector<FieldPath>& places, const Scope& scope,
                                     std::deque<json::value>& made) const {
  using Root = FieldPath::Root;
  FieldValues values;
  values.reserve(places.size());
  for (const FieldPath& place : places) {
    FieldValue value{place.text, {}};
    if (place.root == Root::item) value.values = select(place.steps, scope.item);
    if (place.root == Root::record) value.values = select(place.steps, scope.record);
    if (place.root == Root::header) {
      for (const RecordHeader& header : scope.context.headers) {
        const bool meant = scope.context.any_case ? notation::equal_in_any_case(header.name, place.header)
                                                  : header.name == place.header;
        if (!meant || !header.value) continue;
        value.values.push_back(&made.emplace_back(json::string(notation::repaired_utf8(*header.value))));
      }
    }
    if (place.root == Root::key) {
      const json::value& key = made.emplace_back(json::string(notation::repaired_utf8(scope.context.key)));
      std::vector<FieldWarning> ignored;
      auto parsed = place.steps.empty() ? Result<json::value>(key)
                                        : parse_json_text(scope.context.key, reading_.limits.max_json_depth, ignored);
      if (parsed) value.values = select(place.steps, made.emplace_back(std::move(*parsed)));
    }
    values.push_back(std::move(value));
  }
  return values;
}

Result<Document> RecordMapping::tombstone(const RecordContext& context) const {
  const json::value nothing;
  std::deque<json::value> made;
  // Places in the value lead nowhere from here.
  const auto first_text = [&](std::size_t field) {
    for (const FieldValue& place : values_of(fields_[field], {nothing, nothing, context}, made)) {
      for (const json::value* value : place.values) {
        if (is_absent(*value)) continue;
        if (auto text = text_of(*value)) return *text;
      }
    }
    return std::string();
  };
  constexpr std::size_t kId = 0, kSource = 1;  // of kRecordFieldMembers
  Document document;
  document.id = first_text(kId);
  document.source = first_text(kSource);
  document.action = Action::remove;
  if (document.id.empty() || document.id.size() > reading_.limits.max_id_bytes) {
    return Rejection{"", "a tombstone (no value), and its key is not the id: with fields.id = \"@key\" it removes"};
  }
  return document;
}

Result<Document> RecordMapping::document(const Scope& scope) const {
  const bool readable = scope.item.is_object() || (lists_ && scope.item.is_array());
  if (!readable) {
    return Rejection{"", "expected a JSON object, found " + std::string(json::to_string(scope.item.kind()))};
  }
  std::deque<json::value> made;
  DocumentValues values;
  FieldValues* const targets[] = {&values.id,       &values.source,       &values.title,         &values.body,
                                  &values.url,      &values.published_at, &values.language,      &values.entities,
                                  &values.revision, &values.action,       &values.embargo_until, &values.meta};
  static_assert(std::size(targets) == std::size(kRecordFieldMembers));
  for (std::size_t i = 0; i < std::size(targets); ++i) *targets[i] = values_of(fields_[i], scope, made);
  return read_document(values, reading_, scope.context.now);
}

}  // namespace tapewatch::ingest
