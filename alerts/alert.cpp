// Tested by tests/alerts/detector/life_cycle_test.cpp
#include "alerts/alert.hpp"

#include <fmt/format.h>

#include <cmath>
#include <span>

#include "alerts/formats/alert_text.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/hex.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/rfc3339.hpp"
#include "config/notation/sha256.hpp"

namespace tapewatch::alerts {
namespace {

void append_or_null(notation::JsonWriter& json, std::string_view name, bool known, double number, int digits) {
  json.key(name);
  if (known) {
    json.rounded(number, digits);
  } else {
    json.null();
  }
}

void append_text_or_null(notation::JsonWriter& json, std::string_view name, std::string_view text) {
  json.key(name);
  if (text.empty()) {
    json.null();
  } else {
    json.value(text);
  }
}

void append_band(notation::JsonWriter& json, const ExpectedBand& band) {
  if (band.bucket.count() == 0) return;
  const auto append = [&](std::string_view name, const auto& value_of) {
    json.key(name).begin_array();
    for (const auto& bucket : band.buckets) {
      if (bucket) {
        value_of(*bucket);
      } else {
        json.null();
      }
    }
    json.end_array();
  };
  json.key("band").begin_object().field("from", band.from).field("bucket", notation::format_duration(band.bucket));
  append("expected", [&](const ExpectedBand::Bucket& b) { json.rounded(b.mean, 3); });
  append("low", [&](const ExpectedBand::Bucket& b) { json.value(b.low); });
  append("high", [&](const ExpectedBand::Bucket& b) { json.value(b.high); });
  json.end_object();
}

}  // namespace

std::string_view to_string(AlertState state) {
  switch (state) {
    case AlertState::pending:
      return "pending";
    case AlertState::firing:
      return "firing";
    case AlertState::resolved:
      return "resolved";
  }
  return "";
}

std::string key_json(const std::map<std::string, std::string>& key) { return notation::to_json(key); }

void append_judgement(notation::JsonWriter& json, const Evidence& e) {
  if (e.mean) {
    json.key("observed").rounded(e.mean->observed, 4).key("expected").rounded(e.mean->expected, 4);
    json.key("interval").begin_array().rounded(e.mean->low, 4).rounded(e.mean->high, 4).end_array();
    json.field("stories", e.observed);
  } else {
    json.field("observed", e.observed);
    append_or_null(json, "expected", e.judged, e.expected, 4);
    json.key("interval");
    if (e.judged) {
      json.begin_array().value(e.interval_low).value(e.interval_high).end_array();
    } else {
      json.null();
    }
  }
  append_or_null(json, "p_value", e.judged, e.p_value, 3);
}

void append_evidence(notation::JsonWriter& json, const Evidence& e) {
  append_judgement(json, e);
  append_or_null(json, "p_threshold", e.judged, e.p_threshold, 3);
  json.field("window", notation::format_duration(e.window));
  json.field("window_start", e.window_start).field("window_end", e.window_end);
  append_or_null(json, "dispersion", e.judged, e.dispersion, 3);
  json.field("story_count", e.story_count).field("document_count", e.document_count);
  json.field("source_count", e.source_count);
  if (!e.single_source.empty()) json.field("single_source", e.single_source);
  json.field("series_count", e.series_count).field("warming", e.warming);
  json.field("baseline_from", e.baseline_from).field("baseline_to", e.baseline_to);
  append_calendar(json, e.calendar);
  json.key("top_stories").begin_array();
  for (const TopStory& story : e.top_stories) append_story(json, story);
  json.end_array();
  append_band(json, e.band);
}

std::string evidence_json(const Evidence& e) {
  notation::JsonWriter json;
  json.begin_object();
  append_evidence(json, e);
  return json.end_object().take();
}

void append_calendar(notation::JsonWriter& json, const std::vector<CalendarNote>& notes) {
  if (notes.empty()) return;
  json.key("calendar").begin_array();
  for (const CalendarNote& note : notes) {
    const std::chrono::sys_days day{note.day.time_since_epoch()};
    json.begin_object().field("name", note.name).field("day", notation::format_date(day));
    json.field("learn", note.learn).field("notify", note.notify).key("as");
    if (note.as) {
      json.value(to_string(*note.as));
    } else {
      json.null();
    }
    json.end_object();
  }
  json.end_array();
}

void append_story(notation::JsonWriter& json, const TopStory& story) {
  json.begin_object().field("title", story.title);
  append_text_or_null(json, "url", story.url);
  json.key("sentiment").rounded(story.sentiment, 3);
  json.field("source", story.source).field("documents", story.documents);
  if (story.turned) json.field("turned", true);
  append_text_or_null(json, "event", story.event);
  append_text_or_null(json, "gravity", story.gravity == Gravity::none ? std::string_view() : to_string(story.gravity));
  json.end_object();
}

std::string alert_id(std::string_view rule, std::string_view key, TimePoint start, bool late) {
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}", rule, key, start.time_since_epoch().count(), late ? "late" : "");
  const auto digest = notation::sha256(text);
  return notation::to_hex(std::span(digest).first(12));
}

}  // namespace tapewatch::alerts
