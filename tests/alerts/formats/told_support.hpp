#pragma once
// Messages as they stand in the outbox, for the tests of the other formats.
#include <boost/json.hpp>

#include "alerts/formats/webhook_message.hpp"
#include "tests/alerts/detector/news_stream.hpp"

namespace tapewatch::alerts::test {

inline Transition told_transition(const std::string& type = "alert.firing") {
  Transition t;
  t.alert_id = "0123456789abcdef01234567";
  t.rule = "negative-burst";
  t.severity = "critical";
  t.key = {{"topic", "financials"}};
  t.state = type == "alert.resolved" ? AlertState::resolved : AlertState::firing;
  t.sequence = 1;
  t.type = type;
  t.started_at = kMonday + std::chrono::hours{12};
  t.updated_at = t.started_at + std::chrono::minutes{20};
  if (type == "alert.resolved") t.ended_at = t.updated_at;
  t.summary = "Financials: 14 negative stories in 15 minutes, 2.1 expected";
  t.labels = {{"team", "media-risk"}};
  t.runbook_url = "https://wiki.example.com/negative-burst";
  t.evidence.observed = 14;
  t.evidence.expected = 2.1;
  t.evidence.interval_high = 6;
  t.evidence.p_value = 3.1e-7;
  t.evidence.window = std::chrono::minutes{15};
  t.evidence.story_count = 14;
  t.evidence.document_count = 41;
  t.evidence.top_stories = {{"Bank <b>fails</b> | *really*", "https://n.example.com/1?a=1&b=2", -0.9, "wire", 4},
                            {"Second story", "", -0.5, "", 1}};
  return t;
}

inline const MessageContext kTold{"https://tapewatch.example.com", "c0ffee", false, 0};

inline std::string told_body(const Transition& transition, const MessageContext& context = kTold) {
  return webhook_body(transition, context, kMonday + std::chrono::hours{13});
}

}  // namespace tapewatch::alerts::test
