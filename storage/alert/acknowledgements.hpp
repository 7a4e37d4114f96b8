#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// Somebody has seen an alert, and perhaps says what it was worth.
struct Acknowledgement {
  std::int64_t number = 0;  ///< over all alerts, in the order in which they came
  TimePoint at{};           ///< wall time
  std::string by, comment;
  std::optional<std::string> verdict;  ///< useful noise duplicate
  std::string token;                   ///< the name of the access token, "" without one
};

/// The history of acknowledgements, which outlives restarts. Const members work on a reader, add() inside the caller's
/// Transaction. Throws StorageError.
class Acknowledgements {
 public:
  explicit Acknowledgements(Connection& connection) : connection_(connection) {}

  /// Adds one to an alert that exists and returns it with its number; nothing where the alert's last one says the same.
  std::optional<Acknowledgement> add(std::string_view alert_id, const Acknowledgement& said);
  /// All of an alert, oldest first.
  std::vector<Acknowledgement> of(std::string_view alert_id) const;
  /// The last one, with the last verdict that was given. Nothing: the alert is not acknowledged.
  std::optional<Acknowledgement> latest(std::string_view alert_id) const;
  /// The webhooks that a message was written for when the alert fired: who may hear of an acknowledgement.
  std::set<std::string> told_of(std::string_view alert_id) const;

 private:
  Connection& connection_;
};

}  // namespace tapewatch::storage
