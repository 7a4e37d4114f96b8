#pragma once
#include <optional>

#include "config/notation/json_writer.hpp"
#include "storage/alert/acknowledgements.hpp"

namespace tapewatch {

/// {"at","by","comment","verdict","token"}, or null where there is none.
inline void append_acknowledgement(notation::JsonWriter& json, const std::optional<storage::Acknowledgement>& said) {
  if (!said) {
    json.null();
    return;
  }
  json.begin_object().field("at", said->at).field("by", said->by).field("comment", said->comment);
  json.field("verdict", said->verdict);
  json.field("token", said->token.empty() ? std::nullopt : std::optional(said->token)).end_object();
}

}  // namespace tapewatch
