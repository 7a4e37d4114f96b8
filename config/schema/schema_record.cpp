// Tested by tests/config/toml/load_test.cpp
#include "config/schema/schema_record.hpp"

#include "config/notation/time_zone.hpp"
#include "ingest/record/decode_step_options.hpp"
#include "ingest/record/field_path_options.hpp"
#include "ingest/record/preset_options.hpp"

namespace tapewatch::config {
namespace {

using ingest::FieldPlaces;
using ingest::RecordFields;
using ingest::RecordShape;
using ingest::RecordSource;

void check_place(Reader& reader, const Place& place, const Text& text) {
  if (text.value.empty()) return;
  ingest::FieldPathReader path(text.value);
  if (!path.read()) reader.error(place, path.error());
}

/// A text or a list of texts; "" names none.
FieldPlaces read_places(Reader& reader, const Place& place) {
  FieldPlaces places;
  if (std::holds_alternative<List>(place.node.value)) {
    read_texts(reader, place, check_place, places);
  } else if (auto text = reader.text(place)) {
    check_place(reader, place, *text);
    places.push_back(std::move(text->value));
  }
  std::erase(places, std::string());
  return places;
}

Key<RecordFields> places_key(std::string_view name, std::optional<FieldPlaces> RecordFields::*member,
                             std::string_view help) {
  return {name, "text or list of texts", help, [member](Reader& reader, const Place& place, RecordFields& into) {
            into.*member = read_places(reader, place);
          }};
}

}  // namespace

void read_record_format(Reader& reader, const Place& place, RecordShape& into) {
  const auto text = reader.text(place);
  if (!text) return;
  for (const auto& [name, format] : ingest::kRecordFormats) {
    if (text->value != name) continue;
    into.format = format;
    return;
  }
  if (text->value == "avro" || text->value == "protobuf") {
    reader.not_built(place.node.at, fmt::format("{}: '{}' is not in this version; send JSON", place.path, text->value));
  } else {
    reader.error(place, "expected json, text, csv, tsv or msgpack");
  }
}

void read_preset(Reader& reader, const Place& place, RecordShape& into) {
  auto text = reader.text(place);
  if (!text) return;
  if (ingest::find_preset(text->value) == nullptr) {
    std::vector<std::string_view> names;
    for (const auto& preset : ingest::kPresets) names.push_back(preset.name);
    reader.error(place, fmt::format("there is no preset '{}'{}; there are {}", text->value,
                                    did_you_mean(text->value, names), ingest::preset_names()));
    return;
  }
  into.preset = std::move(text->value);
}

void read_items(Reader& reader, const Place& place, RecordShape& into) { into.items = read_places(reader, place); }

void read_time_zone(Reader& reader, const Place& place, RecordShape& into) {
  auto text = reader.text(place);
  if (!text) return;
  if (!notation::TimeZone::find(text->value)) {
    reader.error(place,
                 fmt::format("'{}' is not a time zone of the IANA database, such as Asia/Hong_Kong", text->value));
  }
  into.time_zone = std::move(text->value);
}

bool is_place_in_record(const std::string& text) {
  ingest::FieldPathReader path(text);
  return path.read() && path.path().root == ingest::FieldPath::Root::item;
}

void read_decode(Reader& reader, const Place& place, RecordShape& into) {
  const Table* table = reader.table(place);
  if (table == nullptr) return;
  for (const Member& member : *table) {
    const Place entry{member.node, fmt::format("{}.\"{}\"", place.path, member.name)};
    auto text = reader.text(entry);
    if (!text) continue;
    if (!member.name.empty() && !is_place_in_record(member.name)) {
      reader.error(member.at,
                   fmt::format("'{}' is not a place in the record such as \"/data\" or \"$.records[*].data\"; "
                               "\"\" is the whole record",
                               member.name));
    }
    for (const std::string& step : ingest::split_decode_steps(text->value)) {
      if (!ingest::is_decode_step(step)) {
        reader.error(entry, fmt::format("'{}' is not base64, gzip, json or xml", step));
      }
    }
    into.decode[member.name] = std::move(text->value);
  }
}

/// The source's own words for actions.
void read_actions(Reader& reader, const Place& place, RecordSource& into) {
  const Table* table = reader.table(place);
  if (table == nullptr) return;
  for (const Member& member : *table) {
    const Place entry{member.node, fmt::format("{}.{}", place.path, member.name)};
    const auto text = reader.text(entry);
    if (!text) continue;
    one_of({"insert", "update", "remove", "hold"})(reader, entry, *text);
    if (const auto action = ingest::find_action(text->value)) into.actions[ingest::bare_action(member.name)] = *action;
  }
}

bool same_record_key(std::string_view key, std::string_view rest, const RecordSource& a, const RecordSource& b) {
  const auto preset = [](const RecordSource& source) { return source.preset.empty() ? "canonical" : source.preset; };
  const auto zone = [](const RecordSource& source) { return source.time_zone.empty() ? "UTC" : source.time_zone; };
  if (key == "preset") return preset(a) == preset(b);
  if (key == "time_zone") return zone(a) == zone(b);
  if (key == "actions") return a.actions == b.actions;
  const RecordShape of_a = ingest::with_preset(a), of_b = ingest::with_preset(b);
  if (key == "format") return of_a.format == of_b.format;
  if (key == "items") return of_a.items == of_b.items;
  if (key == "decode") return of_a.decode == of_b.decode;
  for (const auto& [name, member] : ingest::kRecordFieldMembers) {
    if (rest == fmt::format(".{}", name)) return of_a.fields.*member == of_b.fields.*member;
  }
  return false;
}

const Keys<RecordFields>& record_field_keys() {
  using F = RecordFields;
  static const Keys<F> keys = {
      places_key("id", &F::id, "The document's id; without one: the record's position, or a hash of what was posted."),
      places_key("source", &F::source, "The publisher; without one: this source's name."),
      places_key("title", &F::title, "The headline."),
      places_key("body", &F::body, "The rest of the text."),
      places_key("url", &F::url, "Where the document can be read."),
      places_key("published_at", &F::published_at, "When it was published; without it: the record's time."),
      places_key("language", &F::language, "Its language, as `en`."),
      places_key("entities", &F::entities, "Companies as the record names them; of a list all places count."),
      places_key("revision", &F::revision, "The publisher's revision: a whole number or a time."),
      places_key("action", &F::action, "What to do with the document: a word such as `usable`, `update`, `deleted`."),
      places_key("embargo_until", &F::embargo_until, "Not to be seen before this time."),
      places_key("meta", &F::meta,
                 "Metadata: an object of names and texts, or a text whose name is the place's; all places count."),
  };
  return keys;
}

}  // namespace tapewatch::config
