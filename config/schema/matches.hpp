#pragma once
#include <string>
#include <vector>

#include "config/config.hpp"
#include "config/schema/schema.hpp"

namespace tapewatch::config {

/// A webhook must match something that an alert can have, or it would silently wait forever. `tables`: of the webhooks.
void check_webhook_matches(Reader& reader, const std::vector<const Node*>& tables, const Config& config);

/// A silence must match alerts of some rule, or it would silence nothing. `tables`: of the silences, in their order.
/// Topics and companies are looked up once the model and the watch list are known.
void check_silence_matches(Reader& reader, const std::vector<const Node*>& tables, const Config& config);

/// Why a silence asked for while the daemon runs may silence nothing: names and values that no rule has, topics and
/// companies that nobody knows. It may be meant for a rule to come: a reason to doubt, not an error.
std::vector<std::string> silence_doubts(const alerts::Silence& silence, const std::vector<alerts::RuleOptions>& rules,
                                        const KnownIds& ids);

}  // namespace tapewatch::config
