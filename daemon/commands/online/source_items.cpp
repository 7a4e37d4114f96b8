// Tested by tests/daemon/commands/online/online_check_test.cpp
#include "daemon/commands/online/source_items.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "config/notation/ascii.hpp"
#include "daemon/client/connection_probe.hpp"
#include "daemon/commands/daemon_request.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/feed_report.hpp"
#include "ingest/feed/feed_state.hpp"

namespace tapewatch {
namespace {

using ingest::FeedOutcome;

std::string property_of(const ingest::KafkaOptions& source, const std::string& name) {
  const auto found = source.properties.find(name);
  return found == source.properties.end() ? "" : found->second;
}

/// Accepted or not: librdkafka judges it by properties of its own.
std::optional<std::chrono::sys_seconds> broker_certificate(const ingest::KafkaOptions& source,
                                                           std::chrono::milliseconds timeout) {
  if (!notation::ascii_lower(property_of(source, "security.protocol")).ends_with("ssl")) return std::nullopt;
  ProbeRequest request;
  std::string first = source.brokers.substr(0, source.brokers.find(','));
  first = std::string(notation::trimmed(first));
  if (const auto scheme = first.find("://"); scheme != std::string::npos) first.erase(0, scheme + 3);
  request.url = "https://" + first;
  request.timeout = timeout;
  return probe_connection(request).certificate_expires;
}

std::string_view mend_of_status(unsigned status) {
  if (status == 401 || status == 407) return "; see `auth` of the feed";
  if (status == 403) return "; some publishers want `auth`, or to know whom they serve (daemon.contact)";
  if (status == 404 || status == 410) return "; look for the feed's new address";
  if (status == 429) return "; it was asked too often: a longer `interval`";
  return "";
}

std::string plural(std::size_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

OnlineItem judge_outcome(OnlineItem item, unsigned status, const FeedOutcome& outcome) {
  if (outcome.kind != FeedOutcome::Kind::read) {
    item.detail = fmt::format("{}: {}{}", outcome.error_kind, outcome.error, mend_of_status(status));
    return item;
  }
  item.ok = true;
  item.detail = fmt::format("{}, {}", status, plural(outcome.items.size(), "item"));
  if (!outcome.rejected.empty()) item.detail += fmt::format(", {} refused", outcome.rejected.size());
  const auto warnings = describe_warnings(outcome.warnings);
  if (!warnings.empty()) item.detail += fmt::format(", warnings: {}", fmt::join(warnings, "; "));
  return item;
}

}  // namespace

OnlineItem judge_brokers(const ingest::KafkaOptions& source, const ingest::KafkaProbe& probe) {
  OnlineItem item{"kafka " + source.name, false, ""};
  if (!probe.error.empty()) {
    item.detail = fmt::format("{}: {}; see `brokers` and `properties`, and whether the broker is up", source.brokers,
                              probe.error);
    return item;
  }
  std::vector<std::string> fine, bad;
  for (const auto& topic : probe.topics) {
    const std::string of_topic = topic.name + (topic.name == source.dead_letter_topic ? " (dead letters)" : "");
    if (topic.error.empty()) {
      fine.push_back(fmt::format("{} ({})", of_topic, plural(topic.partitions, "partition")));
    } else {
      bad.push_back(fmt::format("topic {}: {}", of_topic, topic.error));
    }
  }
  if (!probe.group_error.empty()) bad.push_back(fmt::format("group {}: {}", source.group, probe.group_error));
  item.ok = bad.empty();
  item.detail = item.ok ? fmt::format("{}, {}", plural(probe.brokers, "broker"), fmt::join(fine, ", "))
                        : fmt::format("{}; make the topic, correct its name, or let this user read it (ACL)",
                                      fmt::join(bad, "; "));
  return item;
}

OnlineItem kafka_item(const ingest::KafkaOptions& source, const OnlineOptions& options) {
  OnlineItem item = judge_brokers(source, ingest::probe_kafka(source, options.timeout));
  if (!item.ok) return item;
  const auto expires = broker_certificate(source, options.timeout);
  item.detail += certificate_words(expires);
  judge_certificate(item, expires, options, std::chrono::floor<std::chrono::seconds>(wall_now()));
  return item;
}

OnlineItem output_item(const ingest::KafkaOutputOptions& output, const OnlineOptions& options) {
  OnlineItem item = kafka_item(ingest::client_options(output), options);
  item.thing = "output " + output.name;
  return item;
}

OnlineItem feed_item(const ingest::FeedOptions& feed, const ingest::DocumentLimits& limits, const FeedAccess& access,
                     const OnlineOptions& options) {
  OnlineItem item{"feed " + feed.name, false, ""};
  ingest::FeedState state(feed, limits, "");
  ClientRequest request = to_client_request(state.next_request(wall_now()), feed, access);
  request.deadline = std::min(request.deadline, options.timeout);
  ProbeRequest same_place{feed.url, feed.ca_file, request.proxy, request.reach, options.timeout};
  ClientResult result = send_and_wait(std::move(request), feed_client_options(feed));
  if (!result) {
    item.detail = failure_words(result.error());
    return item;
  }
  const TimePoint now = wall_now();
  const unsigned status = result->status;
  item = judge_outcome(std::move(item), status, state.on_response(to_feed_response(std::move(*result), now), now, 0.0));
  if (!item.ok || !feed.url.starts_with("https:")) return item;
  const auto expires = probe_connection(same_place).certificate_expires;
  item.detail += certificate_words(expires);
  judge_certificate(item, expires, options, std::chrono::floor<std::chrono::seconds>(now));
  return item;
}

}  // namespace tapewatch
