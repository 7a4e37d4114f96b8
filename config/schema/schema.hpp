#pragma once
#include "config/config.hpp"
#include "config/toml/key.hpp"

namespace tapewatch::config {

/// The rows of each section; key.hpp explains a row. Built once, on first use.
const Keys<Config>& root_keys();
const Keys<DaemonOptions>& daemon_keys();
const Keys<ingest::IngestOptions>& ingest_keys();
const Keys<ingest::PostOptions>& post_keys();
const Keys<model::ClassifierOptions>& model_keys();
const Keys<storage::StorageOptions>& storage_keys();
const Keys<Config>& output_keys();
const Keys<Config>& alerts_keys();  // rules, calendars, silences and webhooks
const Keys<alerts::CalendarEntry>& calendar_keys();
const Keys<alerts::WebhookOptions>& webhook_keys();
const Keys<alerts::HeartbeatOptions>& heartbeat_keys();
const Keys<alerts::Silence>& silence_keys();
void finish_silence(Reader& reader, const Place& place, alerts::Silence& silence, bool keys_are_fine);

/// A rule's `tz`, with its clock.
void read_zone(Reader& reader, const Place& place, alerts::RuleOptions& into);
void finish_post(Reader& reader, const Place& place, ingest::PostOptions& post, bool keys_are_fine);
void finish_calendar(Reader& reader, const Place& place, alerts::CalendarEntry& entry, bool keys_are_fine);
void finish_webhook(Reader& reader, const Place& place, alerts::WebhookOptions& webhook, bool keys_are_fine);
void finish_heartbeat(Reader& reader, const Place& place, alerts::HeartbeatOptions& heartbeat, bool keys_are_fine);

/// A duration whose bounds the island defines.
template <class T>
Key<T> bounded_key(std::string_view name, std::chrono::milliseconds T::*target, std::string_view help,
                   const alerts::DurationBounds& bounds) {
  return duration_key<T>(name, target, help, bounds.least, bounds.most);
}

/// Checks that several sections share. Each reports at the value's place and never quotes texts from files.
TextCheck not_empty();
TextCheck one_of(std::vector<std::string_view> allowed);
TextCheck plain_name();  // letters, digits, '.', '_', '-'; at most 64: it becomes a metric's label
TextCheck http_url();
TextCheck user_agent_text();
TextCheck proxy_url();                   // or empty: none
TextCheck refers(Reference::Kind kind);  // an id that check_references() looks up

/// A file with lines `key=value` of librdkafka's properties, each of which `check` sees; what is in `into` already
/// takes precedence.
void read_properties_file(Reader& reader, const Place& place, const EntryCheck& check,
                          std::map<std::string, std::string>& into);

/// `alerts.rule[2]: 'name' is missing`.
void require(Reader& reader, const Place& table, std::string_view key, bool present);

/// Where a member is: its value's place, or the table's place when it is absent.
Position place_of(const Place& table, std::string_view key);

}  // namespace tapewatch::config
