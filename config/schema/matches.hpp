#pragma once
#include <vector>

#include "config/config.hpp"
#include "config/schema/schema.hpp"

namespace tapewatch::config {

/// A webhook must match something that an alert can have, or it would silently wait forever. `tables`: of the webhooks.
void check_webhook_matches(Reader& reader, const std::vector<const Node*>& tables, const Config& config);

/// A silence must match alerts of some rule, or it would silence nothing. `tables`: of the silences, in their order.
/// Topics and companies are looked up once the model and the watch list are known.
void check_silence_matches(Reader& reader, const std::vector<const Node*>& tables, const Config& config);

}  // namespace tapewatch::config
