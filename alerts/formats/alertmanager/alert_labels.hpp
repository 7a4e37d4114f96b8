#pragma once
#include <map>
#include <string>

#include "alerts/formats/told_message.hpp"

namespace tapewatch::alerts {

/// The labels by which Prometheus's Alertmanager knows an alert: `alertname` is the rule, then its first severity, the
/// dimensions of the series and the rule's own labels. They are the same in every message of the alert, and no two open
/// alerts of one rule have the same. Names that Alertmanager refuses ([a-zA-Z_][a-zA-Z0-9_]*) have '_' in place of what
/// is not allowed; of two that become one the series' dimension stays.
std::map<std::string, std::string> alert_labels(const ToldMessage&);

/// What people read, and the evidence: never a part of the identity.
std::map<std::string, std::string> alert_annotations(const ToldMessage&);

}  // namespace tapewatch::alerts
