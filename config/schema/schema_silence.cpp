// Tested by tests/config/schema/silence_test.cpp
#include "config/notation/hex.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/sha256.hpp"
#include "config/schema/schema.hpp"

namespace tapewatch::config {
namespace {

using alerts::Silence;

/// A time as text, or as TOML's own.
void read_silence_time(Reader& reader, const Place& place, alerts::TimePoint& into) {
  std::string written;
  bool may_be_shown = true;
  if (const auto* time = std::get_if<TimeText>(&place.node.value)) {
    written = time->text;
  } else if (const auto text = reader.text(place)) {
    written = text->value;
    may_be_shown = text->may_be_shown;
  } else {
    return;
  }
  if (const auto time = notation::parse_rfc3339(written)) {
    into = *time;
  } else {
    reader.error(place, fmt::format("{} is not a time with its zone; write 2026-12-24T18:00:00Z or "
                                    "2026-12-24T18:00:00+01:00",
                                    may_be_shown ? "'" + written + "'" : "this value"));
  }
}

/// 24 hex digits of SHA-256 over the content: the same silence has the same id after a restart and a reload.
std::string silence_id(const Silence& silence) {
  notation::JsonWriter json;
  json.begin_object().key("match").begin_object();
  for (const auto& [name, values] : silence.match) {
    json.key(name).begin_array();
    for (const std::string& value : values) json.value(value);
    json.end_array();
  }
  json.end_object().field("from", silence.from).field("to", silence.to);
  json.field("by", silence.by).field("comment", silence.comment).end_object();
  constexpr std::size_t kBytes = 12;
  const auto digest = notation::sha256(json.take());
  return notation::to_hex(std::span(digest).first(kBytes));
}

}  // namespace

const Keys<Silence>& silence_keys() {
  using S = Silence;
  static const Keys<S> keys = {
      text_lists_key<S>("match", &S::match,
                        "rule, severity, topic, entity, source or a label, each with the values meant; all must hold."),
      {"from", "time", "When it begins; left out: it has begun.",
       [](Reader& reader, const Place& place, S& into) { read_silence_time(reader, place, into.from); }},
      {"to", "time", "When it ends.",
       [](Reader& reader, const Place& place, S& into) { read_silence_time(reader, place, into.to); }},
      text_key<S>("by", &S::by, "Who wants it."),
      text_key<S>("comment", &S::comment, "Why."),
  };
  return keys;
}

void finish_silence(Reader& reader, const Place& place, Silence& silence, bool keys_are_fine) {
  const auto* members = std::get_if<Table>(&place.node.value);
  bool complete = members != nullptr;
  for (const char* key : {"match", "to", "by"}) {
    const bool present = members != nullptr && find(*members, key) != nullptr;
    require(reader, place, key, present);
    complete = complete && present;
  }
  if (!keys_are_fine || !complete) return;
  if (const auto wrong = alerts::validate(silence)) {
    const std::string_view key = std::string_view(wrong->member).substr(0, wrong->member.find('.'));
    reader.error(place_of(place, key), fmt::format("{}.{}: {}", place.path, wrong->member, wrong->what));
    return;
  }
  silence.id = silence_id(silence);  // only where all is well: what has none is not checked further
}

}  // namespace tapewatch::config
