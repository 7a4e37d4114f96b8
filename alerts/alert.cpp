#include "alerts/alert.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <cmath>
#include <stdexcept>

#include "alerts/formats/alert_text.hpp"
#include "alerts/formats/json_text.hpp"

namespace tapewatch::alerts {
namespace {

/// "15 minutes", "1 hour 40 minutes"
std::string long_duration(std::chrono::milliseconds length) {
  const auto total = std::chrono::round<std::chrono::minutes>(length).count();
  const auto part = [](std::int64_t n, const char* unit) { return fmt::format("{} {}{}", n, unit, n == 1 ? "" : "s"); };
  if (total <= 90) return part(total, "minute");
  std::string text = part(total / 60, "hour");
  if (total % 60 != 0) text += " " + part(total % 60, "minute");
  return text;
}

std::string expected_text(double expected) {
  return expected < 0.1 ? std::string("fewer than 0.1 expected") : fmt::format("{:.1f} expected", expected);
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

std::string key_json(const std::map<std::string, std::string>& key) {
  std::string out = "{";
  for (const auto& [dimension, id] : key) {
    if (out.size() > 1) out.push_back(',');
    append_json_string(out, dimension);
    out.push_back(':');
    append_json_string(out, id);
  }
  return out + "}";
}

std::string duration_text(std::chrono::milliseconds length) {
  const auto ms = length.count();
  if (ms != 0 && ms % 86'400'000 == 0) return fmt::format("{}d", ms / 86'400'000);
  if (ms != 0 && ms % 3'600'000 == 0) return fmt::format("{}h", ms / 3'600'000);
  if (ms != 0 && ms % 60'000 == 0) return fmt::format("{}m", ms / 60'000);
  if (ms % 1000 == 0) return fmt::format("{}s", ms / 1000);
  return fmt::format("{}ms", ms);
}

std::string evidence_json(const Evidence& e) {
  std::string out = fmt::format(R"({{"observed":{},"expected":)", e.observed);
  append_json_number(out, e.expected, 4);
  out += fmt::format(R"(,"interval":[{},{}],"p_value":)", e.interval_low, e.interval_high);
  append_json_number(out, e.p_value, 3);
  out += R"(,"p_threshold":)";
  append_json_number(out, e.p_threshold, 3);
  out += fmt::format(R"(,"window":"{}","window_start":)", duration_text(e.window));
  append_json_time(out, e.window_start);
  out += R"(,"window_end":)";
  append_json_time(out, e.window_end);
  out += R"(,"dispersion":)";
  append_json_number(out, e.dispersion, 3);
  out += fmt::format(R"(,"story_count":{},"document_count":{},"series_count":{},"baseline_from":)", e.story_count,
                     e.document_count, e.series_count);
  append_json_time(out, e.baseline_from);
  out += R"(,"baseline_to":)";
  append_json_time(out, e.baseline_to);
  out += R"(,"top_stories":[)";
  for (std::size_t i = 0; i < e.top_stories.size(); ++i) {
    if (i > 0) out.push_back(',');
    append_story(out, e.top_stories[i]);
  }
  return out + "]}";
}

void append_story(std::string& out, const TopStory& story) {
  out += R"({"title":)";
  append_json_string(out, story.title);
  out += R"(,"url":)";
  if (story.url.empty())
    out += "null";
  else
    append_json_string(out, story.url);
  out += R"(,"sentiment":)";
  append_json_number(out, story.sentiment, 3);
  out += R"(,"source":)";
  append_json_string(out, story.source);
  out += fmt::format(R"(,"documents":{}}})", story.documents);
}

std::string alert_id(std::string_view rule, std::string_view key, TimePoint start, bool late) {
  const std::string text =
      fmt::format("{}\n{}\n{}\n{}", rule, key, start.time_since_epoch().count(), late ? "late" : "");
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("SHA-256 is not available in this OpenSSL");
  std::string id;
  for (std::size_t i = 0; i < 12; ++i) id += fmt::format("{:02x}", digest[i]);
  return id;
}

std::string summary_of(const Transition& t, std::string_view display) {
  const Evidence& e = t.evidence;
  const std::string surge =
      fmt::format("{} in {}, {}", stories_text(e.observed), long_duration(e.window), expected_text(e.expected));
  if (t.state == AlertState::resolved) {
    const std::string length = long_duration(t.ended_at.value_or(t.updated_at) - t.started_at);
    if (t.reason == "not confirmed") return fmt::format("{}: not confirmed ({})", display, surge);
    if (t.reason == "reconfigured") return fmt::format("{}: the rule was changed ({})", display, surge);
    if (t.reason == "late") return fmt::format("{}: seen late, over ({})", display, surge);
    return fmt::format("{}: calm again after {} in {}", display, stories_text(e.story_count), length);
  }
  if (t.type == "alert.updated")
    return fmt::format("{}: {} so far ({} in {}, {})", display, stories_text(e.story_count), e.observed,
                       long_duration(e.window), expected_text(e.expected));
  return fmt::format("{}: {}", display, surge);
}

}  // namespace tapewatch::alerts
