#pragma once
#include <cstdint>
#include <functional>
#include <string>

#include "storage/connection/connection.hpp"

namespace tapewatch::storage {

/// The stored sequence as it was, in the order of `seq`, one JSON object a line: what `tapewatch replay` needs to print
/// the transitions of the live run again.
///
///   {"seq":…,"source":…,"id":…,"title":…,"body":…,"url":…,"language":…,"entities":[…],"published_at":…,"received_at":…,
///    "dated_by":"source"|"record"|"received","clamped":…,"action":"insert"}
///                                    a document as it arrived, or a later revision of it, with what was named by then
///   {"seq":…,"removed":{"source":…,"id":…,"revision":…,"at":…}}   a document is taken back
///   {"seq":…,"tick":…}                                      time alone
///   {"seq":…,"reanchored":{"from":…,"to":…}}                event time put right
///
/// Documents have the times that they arrived with, also where a re-anchoring has corrected them since. Without what
/// retention has deleted, and without documents that were taken back, whose text is erased: of an alert that they had a
/// part in the replay tells what is left. `url`, `language` are those of the last revision.
/// `write` is given each line without its end. One read transaction. Throws StorageError.
void export_sequence(Connection& connection, const std::function<void(const std::string& line)>& write);

}  // namespace tapewatch::storage
