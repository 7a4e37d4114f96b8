#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/rules/rule_options.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

struct AccountOptions {
  std::vector<alerts::RuleOptions> rules;
  std::vector<alerts::WebhookOptions> webhooks;  ///< those whose events list "account" are told
  std::string config_version;
};

/// The latest Monday, 08:00 UTC, that is not after `now`.
TimePoint account_due(TimePoint now);

/// Writes the account of the week that ended at account_due(now), wall time, into the outbox, unless it was written
/// before, for each webhook of the rules that its `match` holds for: the mark of it is raised in the same transaction,
/// the caller's. A database without the mark gets it, and the first account a week later; of several weeks missed only
/// the last is told. Returns the number of messages; nothing where no account was due. Throws StorageError.
std::optional<std::size_t> write_account(storage::Connection& connection, const AccountOptions& options, TimePoint now);

}  // namespace tapewatch
