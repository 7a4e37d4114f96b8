#pragma once
#include <optional>
#include <string_view>

#include "ingest/document/action_options.hpp"

namespace tapewatch::ingest {

/// What a word means: by `own`, else by the vocabulary that wires, change-data capture and change feeds share. Nothing
/// for a word that neither knows; `none` for an empty one.
std::optional<Action> action_of(std::string_view word, const ActionWords& own = {});

}  // namespace tapewatch::ingest
