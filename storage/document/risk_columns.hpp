#pragma once
#include <cstdint>
#include <optional>

#include "storage/connection/statement.hpp"
#include "storage/document/dictionary.hpp"
#include "storage/document/risk.hpp"

namespace tapewatch::storage {

/// A risk in the columns of a table: the event's key in `risk_event` and the number of its gravity, or both NULL.
struct RiskColumns {
  std::optional<std::int64_t> event, gravity;
};

/// Throws std::invalid_argument for a risk without an event, and for a gravity that is none of the three.
void require_valid(const std::optional<Risk>& risk);
/// `events`: the dictionary `risk_event`. Throws like require_valid().
RiskColumns risk_columns(Dictionary& events, const std::optional<Risk>& risk);
/// The risk with the id of its event and the number of its gravity; nothing for a number that is none of the three.
std::optional<Risk> risk_from(std::string_view event, std::int64_t number);
/// From a result's column with the event's id and the one behind it with the gravity.
std::optional<Risk> risk_in(const Statement& read, int column);

}  // namespace tapewatch::storage
