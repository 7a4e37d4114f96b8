#pragma once

#include <spdlog/logger.h>

#include <span>
#include <string>

#include "alerts/notification/silence_options.hpp"
#include "storage/alert/silences.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

storage::SilenceRow to_silence_row(const alerts::Silence& silence);

/// What a silence is, on one line: "silence 4f… (rule = burst; team = desk or night) from … to …, by Ana ("comment")".
std::string silence_in_words(const storage::SilenceRow& row);
/// For the audit: match, from, to, by, comment.
std::string silence_detail(const storage::SilenceRow& row);

/// Makes the stored silences of the configuration those of this one, with the audit of what that adds and ends; the log
/// tells of it. At the start and at a reload: inside the caller's storage::Transaction. Writer thread.
void apply_silences(storage::Connection& connection, std::span<const alerts::Silence> configured,
                    storage::TimePoint now, spdlog::logger& log);

/// The same in a transaction of its own: before the first record.
void put_silences_in_force(storage::Connection& connection, std::span<const alerts::Silence> configured,
                           storage::TimePoint now, spdlog::logger& log);

}  // namespace tapewatch
