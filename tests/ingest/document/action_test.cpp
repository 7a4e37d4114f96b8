#include "ingest/document/action.hpp"

#include "tests/support/catch.hpp"

namespace tapewatch::ingest {
namespace {

TEST_CASE("the words of wires and change feeds are understood in any case, with and without a prefix") {
  for (const char* word : {"usable", "stat:usable", "Created", "add", "A", "c", "r", "I", "insert", "new", "upsert",
                           "http://cv.iptc.org/newscodes/pubstatusg2/usable"}) {
    CHECK(action_of(word) == Action::insert);
  }
  for (const char* word : {"UPDATE", "updated", "u", "rep", "Correction", " corrected "}) {
    CHECK(action_of(word) == Action::update);
  }
  for (const char* word : {"canceled", "cancelled", "stat:canceled", "withdrawn", "KILLED", "deleted", "REMOVED", "D",
                           "del", "x", "true"}) {
    CHECK(action_of(word) == Action::remove);
  }
  for (const char* word : {"withheld", "stat:withheld", "Embargoed"}) CHECK(action_of(word) == Action::hold);
  for (const char* word : {"", "  ", "false"}) CHECK(action_of(word) == Action::none);
}

TEST_CASE("an unknown word has no meaning, and a source's own words come first") {
  CHECK_FALSE(action_of("spiked"));
  CHECK_FALSE(action_of("n/d"));
  const ActionWords own = {{"spiked", Action::remove}, {"d", Action::insert}};
  CHECK(action_of("Spiked", own) == Action::remove);
  CHECK(action_of("wire:D", own) == Action::insert);
  CHECK(action_of("deleted", own) == Action::remove);
  CHECK(find_action("hold") == Action::hold);
  CHECK_FALSE(find_action("usable"));
}

}  // namespace
}  // namespace tapewatch::ingest
