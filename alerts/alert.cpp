// Tested by tests/alerts/detector/life_cycle_test.cpp
#include "alerts/alert.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cmath>
#include <stdexcept>

#include "alerts/formats/alert_text.hpp"
#include "config/notation/duration.hpp"
#include "config/notation/hex.hpp"
#include "config/notation/json_writer.hpp"

namespace tapewatch::alerts {
namespace {

std::string expected_text(double expected) {
  return expected < 0.1 ? std::string("fewer than 0.1 expected") : fmt::format("{:.1f} expected", expected);
}

/// What a summary adds to its sentence.
std::string remarks(const Transition& t) {
  std::string text;
  if (!t.evidence.single_source.empty()) text += fmt::format("; all from one source, {}", t.evidence.single_source);
  if (!t.raised_from.empty()) text += fmt::format("; severity raised from {}", t.raised_from);
  return text;
}

std::string stories_text(std::uint64_t n) { return fmt::format("{} negative {}", n, n == 1 ? "story" : "stories"); }

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

void append_evidence(notation::JsonWriter& json, const Evidence& e) {
  json.field("observed", e.observed).key("expected").rounded(e.expected, 4);
  json.key("interval").begin_array().value(e.interval_low).value(e.interval_high).end_array();
  json.key("p_value").rounded(e.p_value, 3).key("p_threshold").rounded(e.p_threshold, 3);
  json.field("window", notation::format_duration(e.window));
  json.field("window_start", e.window_start).field("window_end", e.window_end);
  json.key("dispersion").rounded(e.dispersion, 3);
  json.field("story_count", e.story_count).field("document_count", e.document_count);
  if (!e.single_source.empty()) json.field("single_source", e.single_source);
  json.field("series_count", e.series_count).field("warming", e.warming);
  json.field("baseline_from", e.baseline_from).field("baseline_to", e.baseline_to);
  json.key("top_stories").begin_array();
  for (const TopStory& story : e.top_stories) append_story(json, story);
  json.end_array();
}

std::string evidence_json(const Evidence& e) {
  notation::JsonWriter json;
  json.begin_object();
  append_evidence(json, e);
  return json.end_object().take();
}

void append_story(notation::JsonWriter& json, const TopStory& story) {
  json.begin_object().field("title", story.title).key("url");
  if (story.url.empty()) {
    json.null();
  } else {
    json.value(story.url);
  }
  json.key("sentiment").rounded(story.sentiment, 3);
  json.field("source", story.source).field("documents", story.documents);
  if (story.turned) json.field("turned", true);
  json.end_object();
}

std::string alert_id(std::string_view rule, std::string_view key, TimePoint start, bool late) {
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}", rule, key, start.time_since_epoch().count(), late ? "late" : "");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw std::runtime_error("SHA-256 is not available in this OpenSSL");
  }
  return notation::to_hex(std::span(digest).first(12));
}

std::string summary_of(const Transition& t, std::string_view display) {
  const Evidence& e = t.evidence;
  const std::string surge = fmt::format("{} in {}, {}", stories_text(e.observed), notation::duration_in_words(e.window),
                                        expected_text(e.expected));
  if (t.state == AlertState::resolved) {
    const std::string length = notation::duration_in_words(t.ended_at.value_or(t.updated_at) - t.started_at);
    if (t.reason == "not confirmed") return fmt::format("{}: not confirmed ({})", display, surge);
    if (t.reason == "reconfigured") return fmt::format("{}: the rule was changed ({})", display, surge);
    if (t.reason == "new level") {
      return fmt::format("{}: no end after {} in {}; this is the normal level from now on", display,
                         stories_text(e.story_count), length);
    }
    if (t.reason == "late") return fmt::format("{}: seen late, over ({})", display, surge);
    return fmt::format("{}: calm again after {} in {}{}", display, stories_text(e.story_count), length, remarks(t));
  }
  if (t.type == "alert.updated") {
    return fmt::format("{}: {} so far ({} in {}, {}){}", display, stories_text(e.story_count), e.observed,
                       notation::duration_in_words(e.window), expected_text(e.expected), remarks(t));
  }
  return fmt::format("{}: {}{}", display, surge, remarks(t));
}

}  // namespace tapewatch::alerts
