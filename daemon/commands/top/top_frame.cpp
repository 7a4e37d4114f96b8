#include "daemon/commands/top/top_frame.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "config/notation/printable.hpp"
#include "config/notation/rfc3339.hpp"
#include "daemon/commands/query/terminal_plot.hpp"
#include "daemon/commands/query/text_table.hpp"

namespace tapewatch {
namespace {

using Look = TopLine::Look;
using Align = TextTable::Align;

constexpr std::size_t kMostTroubles = 3;

/// A list of the screen: its table, and the look of each row.
struct TopList {
  TextTable table;
  std::vector<Look> looks;
  std::string note;  // in place of rows

  void add(std::vector<std::string> cells, Look look) {
    table.add(std::move(cells));
    looks.push_back(look);
  }
};

/// "12s", "5m", "3h", "2d": how long ago.
std::string ago(std::optional<TimePoint> at, TimePoint now) {
  if (!at) return "-";
  const auto seconds = std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(now - *at).count());
  if (seconds < 60) return fmt::format("{}s", seconds);
  if (seconds < 3600) return fmt::format("{}m", seconds / 60);
  if (seconds < 48 * 3600) return fmt::format("{}h", seconds / 3600);
  return fmt::format("{}d", seconds / 86400);
}

std::string note_of(const TopState& state, const std::string& part, std::string_view nothing) {
  const auto refused = state.refused.find(part);
  return refused == state.refused.end() ? std::string(nothing) : refused->second;
}

TopList list_of_alerts(const TopState& state, TimePoint now) {
  TopList list{
      TextTable({{fmt::format("ALERTS FIRING {}", state.alerts.size())}, {"SINCE", Align::right}, {"RULE"}, {"WHAT"}}),
      {},
      note_of(state, "alerts", "none")};
  for (const auto& alert : state.alerts) {
    const bool grave = alert.severity == "critical" || alert.severity == "error";
    list.add({alert.severity, ago(alert.since, now), alert.rule,
              (alert.acknowledged ? "(acknowledged) " : "") + alert.summary},
             alert.acknowledged ? Look::plain
             : grave            ? Look::bad
                                : Look::warning);
  }
  return list;
}

TopList list_of_sources(const TopState& state, TimePoint now) {
  const auto bad =
      std::count_if(state.sources.begin(), state.sources.end(), [](const auto& one) { return one.in_trouble; });
  TopList list{TextTable({{bad > 0 ? fmt::format("SOURCES {}, {} NOT REACHED", state.sources.size(), bad)
                                   : fmt::format("SOURCES {}", state.sources.size())},
                          {"KIND"},
                          {"DOCUMENTS", Align::right},
                          {"ERRORS", Align::right},
                          {"BEHIND", Align::right},
                          {"REACHED", Align::right},
                          {"STATE"}}),
               {},
               note_of(state, "sources", "none")};
  for (const auto& source : state.sources) {
    const bool polled = source.kind == "feed" || source.kind == "kafka";
    const std::string why = source.in_trouble && !source.error.empty() ? ": " + source.error : "";
    list.add({source.name, source.kind, std::to_string(source.documents), std::to_string(source.errors),
              source.lag ? std::to_string(*source.lag) : "-", polled ? ago(source.reached, now) : "-",
              (source.state == "unknown" ? std::string("-") : source.state) + why},
             source.in_trouble ? Look::bad : Look::plain);
  }
  return list;
}

TopList list_of_topics(const TopState& state) {
  TopList list{TextTable({{"TOPICS, LAST HOUR"},
                          {"STORIES", Align::right},
                          {"NEGATIVE", Align::right},
                          {"MEAN", Align::right},
                          {"EACH 5 MINUTES"}}),
               {},
               note_of(state, "topics", "no story")};
  for (const auto& topic : state.topics) {
    list.add({topic.name, std::to_string(topic.stories), std::to_string(topic.negative),
              topic.mean ? fmt::format("{:+.2f}", *topic.mean) : "-", spark_line(topic.means)},
             !topic.mean || std::abs(*topic.mean) < 0.25 ? Look::plain
             : *topic.mean < 0                           ? Look::warning
                                                         : Look::good);
  }
  return list;
}

/// The newest message that the webhook does not have; null: there is none.
const TopState::Undelivered* undelivered_to(const TopState& state, const std::string& webhook) {
  for (const std::string_view part : {"waiting", "given up", "not sent"}) {
    const auto known = state.undelivered.find(part);
    if (known == state.undelivered.end()) continue;
    const auto& messages = known->second;
    const auto found =
        std::find_if(messages.begin(), messages.end(), [&](const auto& one) { return one.webhook == webhook; });
    if (found != messages.end()) return &*found;
  }
  return nullptr;
}

/// "on" is said only of one that has all its messages, as the dashboard says it.
std::string webhook_state(const TopState::Webhook& webhook, const TopState::Undelivered* undelivered, TimePoint now) {
  if (!webhook.enabled) return "switched off: " + webhook.reason;
  if (undelivered == nullptr) return "on";
  const std::string tried =
      fmt::format("{} {}", undelivered->attempts, undelivered->attempts == 1 ? "attempt" : "attempts");
  if (undelivered->state == "disabled") return "on; messages from when it was switched off were not sent";
  if (undelivered->state != "pending") {
    return fmt::format("not delivered: {} (given up after {})", undelivered->answer, tried);
  }
  const std::string next = undelivered->next ? fmt::format(", next in {}", ago(now, *undelivered->next)) : "";
  return fmt::format("not delivered: {} ({}{})", undelivered->answer, tried, next);
}

TopList list_of_webhooks(const TopState& state, TimePoint now) {
  TopList list{TextTable({{"WEBHOOKS"}, {"WAITING", Align::right}, {"HOST"}, {"STATE"}}),
               {},
               note_of(state, "webhooks", "none")};
  for (const auto& webhook : state.webhooks) {
    const auto* undelivered = undelivered_to(state, webhook.name);
    list.add({webhook.name, std::to_string(webhook.pending), webhook.host, webhook_state(webhook, undelivered, now)},
             !webhook.enabled || undelivered ? Look::bad
             : webhook.pending > 0           ? Look::warning
                                             : Look::plain);
  }
  return list;
}

TopList list_of_rules(const TopState& state) {
  TopList list{TextTable({{"RULES"}, {"SERIES", Align::right}, {"FIRED", Align::right}, {"BUDGET"}, {"STATE"}}),
               {},
               note_of(state, "rules", "none")};
  for (const auto& rule : state.rules) {
    list.add({rule.name, std::to_string(rule.series), std::to_string(rule.fired), rule.budget, rule.state},
             Look::plain);
  }
  return list;
}

/// The list's lines: its title, then `rows` of it.
void append_list(const TopList& list, std::size_t rows, std::size_t columns, std::vector<TopLine>& lines) {
  const std::string text = list.table.text(columns);
  // A single row says more than the number of those that there is no room for.
  const bool cut = list.looks.size() > rows && rows > 1;
  const std::size_t shown = cut ? rows - 1 : std::min(rows, list.looks.size());
  std::size_t begin = 0;
  for (std::size_t i = 0; i <= shown; ++i) {
    const std::size_t end = text.find('\n', begin);
    lines.push_back({text.substr(begin, end - begin), i == 0 ? Look::title : list.looks[i - 1]});
    begin = end + 1;
  }
  if (list.looks.empty() && rows > 0) lines.push_back({notation::printable(list.note), Look::plain});
  if (cut) {
    lines.push_back({fmt::format("… and {} more", list.looks.size() - shown), Look::plain});
  }
}

/// How many rows each list gets: one after the other gets one more, as long as there are any. A list without a row for
/// its title gets none.
std::vector<std::size_t> share_rows(const std::vector<TopList>& lists, std::size_t rows) {
  std::vector<std::size_t> given(lists.size(), 0);
  const std::size_t titled = std::min(lists.size(), rows / 2);  // a title, and a row at least
  rows -= std::min(rows, titled);
  for (bool more = true; more && rows > 0;) {
    more = false;
    for (std::size_t i = 0; i < titled && rows > 0; ++i) {
      if (given[i] >= std::max<std::size_t>(1, lists[i].looks.size())) continue;
      ++given[i];
      --rows;
      more = true;
    }
  }
  return given;
}

void append_top_head(const TopState& state, std::string_view url, TimePoint now, std::vector<TopLine>& lines) {
  const std::string time = notation::format_rfc3339(now).substr(0, 19);
  const std::string word = !state.failure.empty() ? "does not answer" : state.status.empty() ? "unknown" : state.status;
  lines.push_back({fmt::format("tapewatch {}  {}  {} UTC", notation::printable(url), notation::printable(word),
                               std::string(time).replace(10, 1, " ")),
                   !state.failure.empty() || state.status == "failed" ? Look::bad
                   : state.status == "ok"                             ? Look::good
                                                                      : Look::warning});
  if (!state.failure.empty()) {
    lines.push_back(
        {notation::printable(state.heard ? fmt::format("last heard {} ago: {}", ago(state.heard, now), state.failure)
                                         : state.failure),
         Look::bad});
  }
  for (std::size_t i = 0; i < std::min(kMostTroubles, state.troubles.size()); ++i) {
    lines.push_back({notation::printable(state.troubles[i]), Look::warning});
  }
  if (const auto refused = state.refused.find("ready"); refused != state.refused.end()) {
    lines.push_back({notation::printable(refused->second), Look::warning});
  }
}

std::string_view look_code(Look look) {
  switch (look) {
    case Look::title:
      return "\x1b[7m";
    case Look::good:
      return "\x1b[32m";
    case Look::warning:
      return "\x1b[33m";
    case Look::bad:
      return "\x1b[1;31m";
    case Look::plain:
      break;
  }
  return "";
}

}  // namespace

std::vector<TopLine> draw_top(const TopState& state, std::string_view url, TopSize size, TimePoint now) {
  std::vector<TopLine> lines;
  append_top_head(state, url, now, lines);
  const bool known = state.heard.has_value();
  if (known) {
    std::vector<TopList> lists = {list_of_alerts(state, now), list_of_sources(state, now), list_of_topics(state),
                                  list_of_webhooks(state, now), list_of_rules(state)};
    const std::size_t room = size.rows == 0 ? 100'000 : size.rows - std::min(size.rows, lines.size());
    const auto rows = share_rows(lists, room);
    for (std::size_t i = 0; i < lists.size(); ++i) {
      if (rows[i] > 0) append_list(lists[i], rows[i], size.columns, lines);
    }
  }
  if (size.rows > 0 && lines.size() > size.rows) lines.resize(size.rows);
  if (size.columns == 0) return lines;
  for (TopLine& line : lines) line.text = cut_to_width(line.text, size.columns);
  return lines;
}

std::string plain_text(const std::vector<TopLine>& lines) {
  std::string text;
  for (const TopLine& line : lines) text += line.text + "\n";
  return text;
}

std::string screen_text(const std::vector<TopLine>& lines, std::size_t columns, bool colours) {
  std::string text = "\x1b[H";
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool styled = lines[i].look == Look::title || (colours && lines[i].look != Look::plain);
    if (i > 0) text += "\r\n";
    if (styled) text += look_code(lines[i].look);
    text += lines[i].text;
    if (styled) text += "\x1b[0m";
    // At the right edge it would take the last letter with it.
    if (display_width(lines[i].text) < columns) text += "\x1b[K";
  }
  return text + "\x1b[J";
}

}  // namespace tapewatch
