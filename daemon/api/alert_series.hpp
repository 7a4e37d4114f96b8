#pragma once
#include <span>
#include <string>
#include <vector>

#include "alerts/rules/rule_options.hpp"
#include "daemon/api/format/alert_chart.hpp"
#include "ingest/entity/entity_finder.hpp"
#include "storage/alert/alert_reader.hpp"
#include "storage/sentiment/sentiment_reader.hpp"

namespace tapewatch {

/// The series that an alert is of: its key, and what its rule selects beside it. `rule` null: the rule is gone, the key
/// alone counts. Tags are those of the watch list as it is.
storage::SentimentQuery series_of(const storage::AlertRow& alert, const alerts::RuleOptions* rule,
                                  const ingest::EntityFinder* watched);

/// The chart of an alert: counts from the stored history, the expected band as the alert's last transition recorded it.
/// While the alert fires it goes on to event time.
AlertChart read_alert_chart(storage::Connection& connection, const storage::AlertRow& alert,
                            storage::SentimentQuery series);

}  // namespace tapewatch
