// Tested by tests/e2e/demo/demo_test.py
#include "daemon/commands/demo/demo_view.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "alerts/formats/alert_text.hpp"
#include "config/notation/environment.hpp"
#include "config/notation/printable.hpp"
#include "daemon/commands/query/text_table.hpp"

namespace tapewatch {
namespace {

constexpr const char* kRed = "31";
constexpr const char* kGreen = "32";
constexpr const char* kDim = "2";
constexpr const char* kAlarm = "1;97;41";
constexpr const char* kBold = "1";

bool is_terminal() { return isatty(STDOUT_FILENO) == 1 && !notation::environment("NO_COLOR"); }

/// Shortened to `width` columns with an ellipsis, because titles can be of any length.
std::string cut(const std::string& written, std::size_t width) {
  return cut_to_width(notation::printable(written), width);
}

std::string hour_minute(storage::TimePoint time) {
  return fmt::format("{:%H:%M}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

void say(const std::string& line) {
  std::fputs((line + "\n").c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

DemoView::DemoView() : colour_(is_terminal()) {}

std::string DemoView::paint(const char* code, const std::string& text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

void DemoView::start(const std::string& dashboard, const std::string& database, std::size_t history, std::size_t live) {
  const MutexLock lock(mutex_);
  say(paint(kBold, "tapewatch demo") + ": a sample news wire of two days, invented companies, no network");
  say("  dashboard  " + paint(kBold, dashboard));
  say("  database   " + database);
  say(fmt::format("  loading 42 hours of history ({} headlines), then 6 hours live in 50 seconds ({} headlines)",
                  history, live));
}

void DemoView::history_loaded(std::size_t documents) {
  const MutexLock lock(mutex_);
  live_ = true;
  say(fmt::format("  history loaded: {} headlines scored and stored ({} negative, {} neutral, {} positive)\n",
                  documents, counts_.negative, counts_.neutral, counts_.positive));
  say(paint(kDim, "time   score  label     topic                    headline"));
}

void DemoView::document(const storage::DocumentRow& row, const storage::Inserted& inserted) {
  const MutexLock lock(mutex_);
  if (inserted.outcome != storage::Outcome::inserted) return;
  ++counts_.documents;
  counts_.positive += row.label == storage::Label::positive;
  counts_.neutral += row.label == storage::Label::neutral;
  counts_.negative += row.label == storage::Label::negative;
  if (!live_ || !row.probabilities) return;
  const auto line = fmt::format("{}  {:+.2f}  {:<8}  {:<23}  {}", hour_minute(row.published_at), *row.sentiment(),
                                storage::to_string(row.label), cut(row.topic, 23),
                                cut(row.title, 90) + "  [" + notation::printable(row.source) + "]");
  say(row.label == storage::Label::negative   ? paint(kRed, line)
      : row.label == storage::Label::positive ? paint(kGreen, line)
                                              : line);
}

void DemoView::transition(const alerts::Transition& transition) {
  if (transition.type.empty()) return;
  const MutexLock lock(mutex_);
  const bool firing = transition.type == "alert.firing";
  counts_.firing += firing;
  counts_.resolved += transition.type == "alert.resolved";
  const auto headline = fmt::format(" {} {} ",
                                    transition.type == "alert.resolved" ? "ALERT RESOLVED"
                                    : firing                            ? "ALERT"
                                                                        : "ALERT UPDATED",
                                    notation::printable(transition.summary));
  say(paint(transition.type == "alert.resolved" ? kBold : kAlarm, headline));
  const auto& evidence = transition.evidence;
  const std::string chance = evidence.judged ? fmt::format(", p = {:.1e}", evidence.p_value) : std::string();
  say(fmt::format("       rule {}{}, {} stories in {} documents", transition.rule, chance, evidence.story_count,
                  evidence.document_count));
  if (!firing) return;
  for (const auto& story : evidence.top_stories) {
    say(fmt::format("       · {}{}  ({}×, {})", cut(story.title, 90), alerts::risk_text(story), story.documents,
                    notation::printable(story.source)));
  }
}

void DemoView::webhook(const ReceivedWebhook& webhook) {
  const MutexLock lock(mutex_);
  ++counts_.webhooks;
  counts_.bad_signatures += webhook.signature_ok ? 0 : 1;
  say(paint(kBold, fmt::format("WEBHOOK received: {} \"{}\"", notation::printable(webhook.type),
                               notation::printable(webhook.summary))));
  say(fmt::format("       {} , signature {}, {} bytes", notation::printable(webhook.id),
                  webhook.signature_ok ? "verified" : "WRONG", webhook.body.size()));
}

void DemoView::summary(const std::string& dashboard) {
  const MutexLock lock(mutex_);
  say("");
  say(paint(kBold, "summary"));
  say(fmt::format("  {} documents: {} negative, {} neutral, {} positive", counts_.documents, counts_.negative,
                  counts_.neutral, counts_.positive));
  say(fmt::format("  {} alert{} fired, {} resolved", counts_.firing, counts_.firing == 1 ? "" : "s", counts_.resolved));
  say(fmt::format("  {} webhook{} received, {} with a wrong signature", counts_.webhooks,
                  counts_.webhooks == 1 ? "" : "s", counts_.bad_signatures));
  say("  the dashboard was at " + dashboard);
}

}  // namespace tapewatch
