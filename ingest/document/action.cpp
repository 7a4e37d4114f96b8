#include "ingest/document/action.hpp"

#include <string>
#include <utility>

namespace tapewatch::ingest {
namespace {

/// NewsML-G2 and ninjs (usable, canceled, withheld), Debezium (c, r, u, d), FIX and exchange feeds (A, I, U, D, X),
/// change feeds in words.
constexpr std::pair<std::string_view, Action> kVocabulary[] = {
    {"a", Action::insert},
    {"add", Action::insert},
    {"added", Action::insert},
    {"c", Action::insert},
    {"create", Action::insert},
    {"created", Action::insert},
    {"i", Action::insert},
    {"insert", Action::insert},
    {"inserted", Action::insert},
    {"n", Action::insert},
    {"new", Action::insert},
    {"publish", Action::insert},
    {"published", Action::insert},
    {"r", Action::insert},
    {"read", Action::insert},
    {"snapshot", Action::insert},
    {"upsert", Action::insert},
    {"usable", Action::insert},
    {"change", Action::update},
    {"changed", Action::update},
    {"correct", Action::update},
    {"corrected", Action::update},
    {"correction", Action::update},
    {"edit", Action::update},
    {"edited", Action::update},
    {"m", Action::update},
    {"modified", Action::update},
    {"modify", Action::update},
    {"rep", Action::update},
    {"replace", Action::update},
    {"replaced", Action::update},
    {"replacement", Action::update},
    {"revise", Action::update},
    {"revised", Action::update},
    {"u", Action::update},
    {"update", Action::update},
    {"updated", Action::update},
    {"cancel", Action::remove},
    {"canceled", Action::remove},
    {"cancelled", Action::remove},
    {"d", Action::remove},
    {"del", Action::remove},
    {"delete", Action::remove},
    {"deleted", Action::remove},
    {"kill", Action::remove},
    {"killed", Action::remove},
    {"remove", Action::remove},
    {"removed", Action::remove},
    {"retract", Action::remove},
    {"retracted", Action::remove},
    {"withdraw", Action::remove},
    {"withdrawn", Action::remove},
    {"x", Action::remove},
    {"embargo", Action::hold},
    {"embargoed", Action::hold},
    {"hold", Action::hold},
    {"withheld", Action::hold},
    // A flag such as `__deleted` in place of a word.
    {"true", Action::remove},
    {"false", Action::none},
};

}  // namespace

std::optional<Action> action_of(std::string_view word, const ActionWords& own) {
  const std::string bare = bare_action(word);
  if (bare.empty()) return Action::none;
  if (const auto mapped = own.find(bare); mapped != own.end()) return mapped->second;
  for (const auto& [known, action] : kVocabulary) {
    if (known == bare) return action;
  }
  return std::nullopt;
}

}  // namespace tapewatch::ingest
