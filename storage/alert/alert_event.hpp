#pragma once
#include <cstdint>
#include <string>

#include "storage/alert/acknowledgements.hpp"
#include "storage/alert/alert_writer.hpp"

namespace tapewatch::storage {

/// What the event streams send of a transition (`alert`); `seq`: of it.
std::string alert_event(const AlertRow& row, std::int64_t seq);

/// What they send when the alert is acknowledged: its members as they are, of the type alert.acknowledged.
std::string acknowledged_event(const AlertRow& row, std::int64_t seq, const Acknowledgement& said);

}  // namespace tapewatch::storage
