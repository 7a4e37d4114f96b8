#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "alerts/alert.hpp"

namespace tapewatch::alerts {

/// A message of the outbox as the other formats need it: what webhook_body(), account_body() and the functions of
/// service_message.hpp have written. Texts are cut to their room there.
struct ToldMessage {
  std::string
      type;  ///< alert.firing, alert.updated, alert.resolved, digest, account, webhook-disabled, test, heartbeat
  TimePoint timestamp{};
  std::string summary;

  /// Of an alert:
  std::string id, rule, severity, raised_from, reason;
  std::map<std::string, std::string> labels, key;
  TimePoint started_at{};
  std::optional<TimePoint> ended_at;
  std::uint64_t story_count = 0, document_count = 0;
  std::vector<TopStory> top_stories;
  bool missed = false;
  std::chrono::milliseconds firing_for{0};        ///< of one that is told again; 0: it is not
  std::string runbook_url, alert_url, chart_url;  ///< empty: none
  /// Numbers for machines, as JSON: observed, expected, interval, p_value, window.
  std::map<std::string, std::string> evidence;

  /// Of an account: a line for each rule.
  std::vector<std::string> lines;

  /// Of a message about tapewatch itself: the webhook that it is about.
  std::string webhook, enable_url;
  bool over = false;  ///< the end of a test

  /// Of a digest, whose rule is `rule`: its alerts, with the members id, severity, summary, alert_url and times.
  std::vector<ToldMessage> digested;
  std::uint64_t omitted = 0;  ///< further alerts

  /// The chart for receivers that show pictures, but no SVG, and fetch them over https; empty: none.
  std::string picture_url() const;

  bool is_alert() const { return !id.empty(); }
  bool is_digest() const { return type == "digest"; }
  /// What people read first: how an alert stands, and what it is.
  std::string headline() const;
  bool is_resolved() const { return type == "alert.resolved" || over; }
  /// The severity that the alert had when it fired: raising it does not change it.
  const std::string& first_severity() const { return raised_from.empty() ? severity : raised_from; }
};

/// The body is not what this program writes.
struct ToldMessageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws ToldMessageError.
ToldMessage read_told_message(std::string_view body);

}  // namespace tapewatch::alerts
