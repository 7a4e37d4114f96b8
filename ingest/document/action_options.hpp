#pragma once
// Header only: the configuration reads a source's own words with the code that understands them.
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "config/notation/ascii.hpp"

namespace tapewatch::ingest {

/// What a record asks to be done with its document. `none`: it does not say; it is stored like an insert, but does not
/// bring back a document that was removed.
enum class Action : std::uint8_t { none, insert, update, remove, hold };

/// The actions by their names in [ingest.kafka.actions].
inline std::optional<Action> find_action(std::string_view name) {
  if (name == "insert") return Action::insert;
  if (name == "update") return Action::update;
  if (name == "remove") return Action::remove;
  if (name == "hold") return Action::hold;
  return std::nullopt;
}

/// A source's own words for actions, beside those that everybody uses; as bare_action() has them.
using ActionWords = std::map<std::string, Action, std::less<>>;

/// The word without what vendors put around it: blanks, case, a prefix such as "stat:", the address of a vocabulary.
inline std::string bare_action(std::string_view word) {
  word = notation::trimmed(word);
  const bool address = word.find("://") != std::string_view::npos;
  if (const std::size_t prefix = word.find_last_of(address ? ":/#" : ":"); prefix != std::string_view::npos) {
    word.remove_prefix(prefix + 1);
  }
  return notation::ascii_lower(notation::trimmed(word));
}

}  // namespace tapewatch::ingest
