#pragma once
#include "config/schema/schema.hpp"
#include "config/toml/key.hpp"
#include "ingest/record/record_options.hpp"

namespace tapewatch::config {

void read_record_format(Reader& reader, const Place& place, ingest::RecordShape& into);
void read_preset(Reader& reader, const Place& place, ingest::RecordShape& into);
void read_items(Reader& reader, const Place& place, ingest::RecordShape& into);
void read_time_zone(Reader& reader, const Place& place, ingest::RecordShape& into);
void read_decode(Reader& reader, const Place& place, ingest::RecordShape& into);

/// The source's own words for actions.
void read_actions(Reader& reader, const Place& place, ingest::RecordSource& into);

/// `[ingest.….fields]`.
const Keys<ingest::RecordFields>& record_field_keys();

/// SameValue of a key that says how documents are read, `rest` leading on from it: what the preset, or the canonical
/// document, has without it is its default.
bool same_record_key(std::string_view key, std::string_view rest, const ingest::RecordSource& a,
                     const ingest::RecordSource& b);

/// The keys that say how documents are read out of records, for a table of options that are a RecordSource too.
template <class T>
void add_record_keys(Keys<T>& keys) {
  keys.push_back(text_key<T>("name", &T::name, "What this source is called, in metrics and as its documents' source.",
                             plain_name()));
  keys.push_back(text_key<T>("language", &T::language, "Language of records that state none."));
  const std::size_t first = keys.size();
  keys.push_back({"actions", "table of texts", "Own words in `action`: insert, update, remove, hold.", read_actions});
  keys.push_back({"format", "text",
                  "json (XML and MessagePack too), text (the first line is the headline), csv, tsv or msgpack.",
                  read_record_format});
  keys.push_back(
      {"preset", "text", "A vendor's or standard's shape by name, as `check --print-fields` lists them.", read_preset});
  keys.push_back(
      {"items", "text or list of texts", "Where a record has several documents, as `$.data[*]`.", read_items});
  keys.push_back({"decode", "table of texts", "JSON Pointers with steps: base64, gzip, json, xml.", read_decode});
  keys.push_back({"time_zone", "text", "IANA zone of times that state none; without it UTC.", read_time_zone});
  keys.push_back(table_key<T>(
      "fields", [](T& into) -> ingest::RecordFields& { return into.fields; }, record_field_keys));
  for (std::size_t i = first; i < keys.size(); ++i) {
    keys[i].same = [key = keys[i].name](T& a, std::string_view rest_a, T& b, std::string_view rest_b) {
      return rest_a == rest_b && same_record_key(key, rest_a, a, b);
    };
  }
}

}  // namespace tapewatch::config
