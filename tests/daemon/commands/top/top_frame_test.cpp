#include "daemon/commands/top/top_frame.hpp"

#include <algorithm>

#include "daemon/commands/query/text_table.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const TimePoint kNow{std::chrono::milliseconds(1'767'600'000'000)};  // 2026-01-05T08:00:00Z

/// `sources` of them, the first in trouble, and two alerts.
TopState state_with(int sources) {
  TopState state;
  state.status = "degraded";
  state.heard = kNow;
  state.troubles = {"disk: below storage.min_free: ingestion is paused"};
  state.alerts = {{"negative-burst", "critical", "Halden Bank: 5 negative stories", kNow - 12min, false},
                  {"quiet", "info", "wire: no story for an hour", kNow - 3h, true}};
  for (int i = 0; i < sources; ++i) {
    TopState::Source source;
    source.name = "feed-" + std::to_string(i);
    source.kind = "feed";
    source.state = i == 0 ? "backing_off" : "running";
    source.in_trouble = i == 0;
    source.error = i == 0 ? "http_status: HTTP 403" : "";
    source.documents = 10;
    source.reached = kNow - 5s;
    state.sources.push_back(source);
  }
  state.topics = {{"earnings", 12, 5, -0.5, {-1.0, std::nullopt, 1.0}}};
  state.webhooks = {{"desk", "https://alerts.example.com", "HTTP 410", 3, false}};
  state.refused["rules"] = "403: this needs the role read";
  return state;
}

std::string text_of(const TopState& state, TopSize size) {
  return plain_text(draw_top(state, "http://127.0.0.1:8080", size, kNow));
}

bool has(const std::string& text, const std::string& part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("top: the whole state, with as much room as it takes") {
  const std::string text = text_of(state_with(3), {0, 0});
  CHECK(has(text, "tapewatch http://127.0.0.1:8080  degraded  2026-01-05 08:00:00 UTC\n"));
  CHECK(has(text, "disk: below storage.min_free: ingestion is paused\n"));
  CHECK(has(text,
            "ALERTS FIRING 2  SINCE  RULE            WHAT\n"
            "critical           12m  negative-burst  Halden Bank: 5 negative stories\n"
            "info                3h  quiet           (acknowledged) wire: no story for an hour\n"));
  CHECK(has(text, "SOURCES 3, 1 NOT REACHED"));
  CHECK(has(text, "5s  backing_off: http_status: HTTP 403\n"));
  CHECK(has(text, "earnings                12         5  -0.50  ▁ █\n"));
  CHECK(has(text, "desk            3  https://alerts.example.com  switched off: HTTP 410\n"));
  CHECK(has(text, "403: this needs the role read\n"));
  CHECK_FALSE(text.find('\x1b') != std::string::npos);
}

TEST_CASE("top: a webhook that does not take its messages is not on") {
  TopState state = state_with(1);
  state.webhooks = {{"desk", "https://alerts.example.com", "", 1, true},
                    {"pager", "https://pager.example.com", "", 0, true},
                    {"chat", "https://chat.example.com", "", 0, true}};
  state.undelivered["waiting"] = {{"desk", "pending", "answer 500", 3, kNow + 8s},
                                  {"desk", "pending", "answer 502", 9, {}}};
  state.undelivered["given up"] = {{"chat", "exhausted", "Connection refused", 1, {}}};
  const std::string text = text_of(state, {0, 0});
  CHECK(
      has(text, "desk            1  https://alerts.example.com  not delivered: answer 500 (3 attempts, next in 8s)\n"));
  CHECK(has(text, "pager           0  https://pager.example.com   on\n"));
  CHECK(has(
      text,
      "chat            0  https://chat.example.com    not delivered: Connection refused (given up after 1 attempt)\n"));
  const auto lines = draw_top(state, "http://h", {0, 0}, kNow);
  for (const auto& line : lines) {
    if (line.text.starts_with("desk") || line.text.starts_with("chat")) CHECK(line.look == TopLine::Look::bad);
    if (line.text.starts_with("pager")) CHECK(line.look == TopLine::Look::plain);
  }
}

TEST_CASE("top: whatever the size, it fits, and each list that is there shows something") {
  const TopState state = state_with(50);
  for (const TopSize size : {TopSize{80, 24}, TopSize{132, 50}, TopSize{40, 10}, TopSize{20, 5}, TopSize{10, 1}}) {
    const auto lines = draw_top(state, "http://127.0.0.1:8080", size, kNow);
    CHECK(lines.size() <= size.rows);
    for (const auto& line : lines) CHECK(display_width(line.text) <= size.columns);
  }
  const std::string usual = text_of(state, {80, 24});
  CHECK(std::count(usual.begin(), usual.end(), '\n') == 24);
  for (const char* part : {"ALERTS", "SOURCES 50", "TOPICS", "WEBHOOKS", "RULES", "… and "}) CHECK(has(usual, part));
  CHECK(has(text_of(state, {40, 10}), "critical"));
}

TEST_CASE("top: a daemon that does not answer, with and without an earlier answer") {
  TopState state;
  state.failure = "127.0.0.1 port 8080: Connection refused";
  CHECK(text_of(state, {80, 24}) ==
        "tapewatch http://127.0.0.1:8080  does not answer  2026-01-05 08:00:00 UTC\n"
        "127.0.0.1 port 8080: Connection refused\n");
  state = state_with(1);
  state.heard = kNow - 90s;
  state.failure = "no answer in time";
  CHECK(has(text_of(state, {80, 24}), "last heard 1m ago: no answer in time\n"));
  CHECK(has(text_of(state, {80, 24}), "ALERTS FIRING 2"));  // what was known is still shown
}

TEST_CASE("top: a stranger's text cannot move the cursor") {
  TopState state = state_with(1);
  state.alerts[0].summary = "\x1b[2Jcleared\nforged";
  state.troubles = {"x\x1b]0;title\x07"};
  state.sources[0].error = "\u202eesrever";
  const auto lines = draw_top(state, "http://h/\x1b[1m", {200, 24}, kNow);
  for (const auto& line : lines) {
    CHECK(std::none_of(line.text.begin(), line.text.end(), [](char c) { return c >= 0 && c < ' '; }));
  }
  CHECK(has(plain_text(lines), "\\x1b[2Jcleared\\nforged"));
}

TEST_CASE("top: what the terminal is sent begins at the top left, resets each look and clears what was there") {
  const std::vector<TopLine> lines = {{"title", TopLine::Look::title}, {"bad", TopLine::Look::bad}, {"plain", {}}};
  CHECK(screen_text(lines, 80, true) ==
        "\x1b[H\x1b[7mtitle\x1b[0m\x1b[K\r\n\x1b[1;31mbad\x1b[0m\x1b[K\r\nplain\x1b[K\x1b[J");
  CHECK(screen_text(lines, 5, false) == "\x1b[H\x1b[7mtitle\x1b[0m\r\nbad\x1b[K\r\nplain\x1b[J");
}
