#pragma once

#include <map>
#include <string>
#include <string_view>

#include "storage/alert/outbox.hpp"

namespace tapewatch {

/// What messages of the outbox have in common, whatever they tell. Pure.

/// The `webhook-id` of a message, which follows from what tells it apart: the same message always has the same id.
std::string message_id(const std::string& identity);

/// A message about no alert, written `now`; its id is that of `identity`.
storage::OutboxMessage outbox_message(std::string_view type, std::string_view webhook, const std::string& identity,
                                      std::string body, storage::TimePoint now);

/// The texts of a stored JSON object, such as an alert's key or labels.
std::map<std::string, std::string> texts_of(const std::string& object);

}  // namespace tapewatch
