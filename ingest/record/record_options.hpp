#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/document/action_options.hpp"

namespace tapewatch::ingest {

/// What a record's value is. `json` recognises XML, MessagePack, and JSON in other encodings, by itself; `text`: the
/// first line is the title; csv and tsv: each line is a list of fields, whose places are "/0", "/1", …; `msgpack`: what
/// is not MessagePack is refused.
enum class RecordFormat { json, text, csv, tsv, msgpack };
inline constexpr std::pair<std::string_view, RecordFormat> kRecordFormats[] = {{"json", RecordFormat::json},
                                                                               {"text", RecordFormat::text},
                                                                               {"csv", RecordFormat::csv},
                                                                               {"tsv", RecordFormat::tsv},
                                                                               {"msgpack", RecordFormat::msgpack}};

/// The places of one field, the best first (see FieldPath); none: the record does not have the field.
using FieldPlaces = std::vector<std::string>;

/// Where each field of a document stands in a record. A field without a value has its place in the preset, or, without
/// a preset, in the canonical document.
struct RecordFields {
  std::optional<FieldPlaces> id, source, title, body, url, published_at, language, entities, revision, action,
      embargo_until, meta;
};

/// How documents are read out of the records of one source.
struct RecordShape {
  RecordFormat format = RecordFormat::json;
  std::string preset;  // a vendor's or standard's shape by name (preset_options.hpp); "": none
  RecordFields fields;
  FieldPlaces items;      // "$.data[*]": each value there is a document; the first place with values counts
  std::string time_zone;  // IANA name, of times that state none; "": UTC
  std::map<std::string, std::string> decode;  // pointer -> steps of base64, gzip, json; "": the record itself
};

/// What [[ingest.kafka]], [[ingest.post]] and `tapewatch import` say of their records.
struct RecordSource : RecordShape {
  std::string name;      // of the source; the document's source if the record names none
  ActionWords actions;   // the source's own words in the field `action`
  std::string language;  // of records that state none; "" = unknown
};

/// The names of RecordFields with their members, in the order in which they are shown.
struct RecordFieldMember {
  const char* name;
  std::optional<FieldPlaces> RecordFields::*member;
};
inline constexpr RecordFieldMember kRecordFieldMembers[] = {{"id", &RecordFields::id},
                                                            {"source", &RecordFields::source},
                                                            {"title", &RecordFields::title},
                                                            {"body", &RecordFields::body},
                                                            {"url", &RecordFields::url},
                                                            {"published_at", &RecordFields::published_at},
                                                            {"language", &RecordFields::language},
                                                            {"entities", &RecordFields::entities},
                                                            {"revision", &RecordFields::revision},
                                                            {"action", &RecordFields::action},
                                                            {"embargo_until", &RecordFields::embargo_until},
                                                            {"meta", &RecordFields::meta}};

}  // namespace tapewatch::ingest
