#pragma once
#include <map>
#include <string>
#include <vector>

#include "alerts/delivery/heartbeat_options.hpp"
#include "alerts/delivery/webhook_options.hpp"
#include "alerts/notification/silence_options.hpp"
#include "alerts/rules/calendar_options.hpp"
#include "alerts/rules/rule_options.hpp"
#include "config/daemon_options.hpp"
#include "ingest/ingest_options.hpp"
#include "ingest/kafka/output_options.hpp"
#include "model/classifier_options.hpp"
#include "storage/storage_options.hpp"

namespace tapewatch::config {

/// Everything one configuration file says, checked: every value in range, every secret read, every path resolved.
/// A plain value: copy it, compare its `version`, hand its parts to the modules.
struct Config {
  DaemonOptions daemon;
  ingest::IngestOptions ingest;
  model::ClassifierOptions model;
  storage::StorageOptions storage;
  std::vector<alerts::CalendarEntry> calendars;
  std::vector<alerts::RuleOptions> rules;  // with the entries of their calendars
  std::vector<alerts::Silence> silences;   // each with an id that follows from its content
  std::vector<alerts::WebhookOptions> webhooks;
  std::vector<alerts::HeartbeatOptions> heartbeats;
  std::vector<ingest::KafkaOutputOptions> outputs;
  std::string version;  // 12 hex digits of the content: comments, order and spelling of the file do not change it
  std::string path;     // the file it came from; "" for a text in memory
  /// A digest of the value of each key in the file, by its path (`alerts.rule[1].severity`): what a reload compares.
  /// Files and environment variables that a value names count with their content.
  std::map<std::string, std::string> values;
};

}  // namespace tapewatch::config
