// Tested by tests/storage/document/risk_test.cpp
#include "storage/document/risk_columns.hpp"

#include <stdexcept>

namespace tapewatch::storage {

namespace {
bool is_one(Gravity gravity) { return gravity >= Gravity::minor && gravity <= Gravity::grave; }
}  // namespace

void require_valid(const std::optional<Risk>& risk) {
  if (!risk) return;
  if (risk->event.empty()) throw std::invalid_argument("a risk without the id of its event");
  if (is_one(risk->gravity)) return;
  throw std::invalid_argument("the risk " + risk->event + " is neither minor nor serious nor grave");
}

RiskColumns risk_columns(Dictionary& events, const std::optional<Risk>& risk) {
  require_valid(risk);
  if (!risk) return {};
  return {events.key(risk->event), static_cast<std::int64_t>(risk->gravity)};
}

std::optional<Risk> risk_from(std::string_view event, std::int64_t number) {
  const Gravity gravity{number};
  if (!is_one(gravity)) return std::nullopt;
  return Risk{std::string(event), gravity};
}

std::optional<Risk> risk_in(const Statement& read, int column) {
  if (read.is_null(column)) return std::nullopt;
  return risk_from(read.view(column), read.integer(column + 1));
}

}  // namespace tapewatch::storage
