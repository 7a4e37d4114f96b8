// Tested by tests/alerts/detector/story_test.cpp
#include <fmt/format.h>

#include "alerts/detector/recent_stories.hpp"
#include "alerts/formats/alert_text.hpp"
#include "config/notation/duration.hpp"

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

std::string length_of(const Transition& t) {
  return notation::duration_in_words(t.ended_at.value_or(t.updated_at) - t.started_at);
}

/// An end that reads the same whatever the measure; `what` is what the alert was about.
std::string ended(const Transition& t, std::string_view what) {
  if (t.reason == "not confirmed") return fmt::format("not confirmed ({})", what);
  if (t.reason == "reconfigured") return fmt::format("the rule was changed ({})", what);
  if (t.reason == "removed") return "all of its news were taken back by their sources";
  if (t.reason == "late") return fmt::format("seen late, over ({})", what);
  return {};
}

std::string surge_text(const Transition& t) {
  const Evidence& e = t.evidence;
  const std::string window = notation::duration_in_words(e.window);
  const std::string surge = fmt::format("{} in {}, {}", stories_text(e.observed), window, expected_text(e.expected));
  if (t.state == AlertState::resolved) {
    if (std::string end = ended(t, surge); !end.empty()) return end;
    if (t.reason == "new level") {
      return fmt::format("no end after {} in {}; this is the normal level from now on", stories_text(e.story_count),
                         length_of(t));
    }
    return fmt::format("calm again after {} in {}{}", stories_text(e.story_count), length_of(t), remarks(t));
  }
  if (t.type == "alert.updated") {
    return fmt::format("{} so far ({} in {}, {}){}", stories_text(e.story_count), e.observed, window,
                       expected_text(e.expected), remarks(t));
  }
  return surge + remarks(t);
}

std::string mean_text(const Transition& t) {
  const MeanEvidence mean = t.evidence.mean.value_or(MeanEvidence{});
  const std::string fall = fmt::format("mean sentiment {:.2f} over {}, {:.2f} expected", mean.observed,
                                       notation::duration_in_words(t.evidence.window), mean.expected);
  if (t.state == AlertState::resolved) {
    if (std::string end = ended(t, fall); !end.empty()) return end;
    if (t.reason == "new level") {
      return fmt::format("mean sentiment {:.2f} for {}; this is normal from now on", mean.observed, length_of(t));
    }
    return fmt::format("mean sentiment is normal again after {}{}", length_of(t), remarks(t));
  }
  if (t.type == "alert.updated") {
    const std::uint64_t n = t.evidence.story_count;
    return fmt::format("{}, {} {} so far{}", fall, n, n == 1 ? "story" : "stories", remarks(t));
  }
  return fall + remarks(t);
}

std::string story_text(const Transition& t) {
  constexpr std::size_t kTitleBytes = 160;
  const Evidence& e = t.evidence;
  const TopStory story = e.top_stories.empty() ? TopStory{} : e.top_stories.front();
  const std::string title = fmt::format("\"{}\"", cut_text(story.title, kTitleBytes));
  const std::string told = fmt::format("{} {}", e.document_count, e.document_count == 1 ? "document" : "documents");
  const std::string turned = story.turned ? "; a correction says the opposite" : "";
  if (t.state == AlertState::resolved) {
    if (std::string end = ended(t, title); !end.empty()) return end;
    return fmt::format("no more news of {} after {} in {}{}", title, told, length_of(t), turned);
  }
  const std::string risk = risk_text(story);
  if (t.type == "alert.updated") return fmt::format("{}{} in {} so far{}", title, risk, told, turned);
  return risk.empty() ? fmt::format("{}, sentiment {:.2f}", title, story.sentiment) : title + risk;
}

std::string silence_text(const Transition& t) {
  const Evidence& e = t.evidence;
  const std::string silence =
      fmt::format("silent for {}, {:.1f} stories expected", notation::duration_in_words(e.window), e.expected);
  if (t.state != AlertState::resolved) return silence;
  if (std::string end = ended(t, silence); !end.empty()) return end;
  const std::string length = notation::duration_in_words(t.ended_at.value_or(t.updated_at) - e.window_start);
  if (t.reason == "new level") return fmt::format("silent for {}; no longer expected to speak", length);
  return fmt::format("heard again after {}", length);
}

}  // namespace

std::string risk_text(const TopStory& story) {
  if (story.event.empty() || story.gravity == Gravity::none) return {};
  return fmt::format(" ({}, {})", story.event, to_string(story.gravity));
}

std::string summary_of(const Transition& t, std::string_view display) {
  std::string text;
  switch (t.measure) {
    case Measure::negative_stories:
      text = surge_text(t);
      break;
    case Measure::mean_sentiment:
      text = mean_text(t);
      break;
    case Measure::story:
      text = story_text(t);
      break;
    case Measure::no_data:
      text = silence_text(t);
      break;
  }
  return fmt::format("{}: {}", display, text);
}

}  // namespace tapewatch::alerts
