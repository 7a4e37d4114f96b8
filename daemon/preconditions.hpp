#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tapewatch {

/// Conditions checked before a daemon creates anything: the first things that go wrong on a new machine. The `_problem`
/// functions create nothing, check the permissions of the effective user, and name the remedy.

/// Why `data_dir` cannot be used: not a folder, or not writable; if it does not exist yet, why it cannot be
/// created.
std::optional<std::string> data_dir_problem(const std::string& data_dir);

/// Why the database cannot be opened or created; its folder must exist, unless it is `data_dir`, which is created on
/// first use.
std::optional<std::string> database_problem(const std::string& database, const std::string& data_dir);

/// Creates the data folder. Throws std::runtime_error with data_dir_problem().
void prepare_data_dir(const std::string& data_dir);

/// Finds a port in use before anything is created on disk: opens and closes the same listeners. Throws what
/// open_listener throws.
void require_free_ports(const std::vector<std::string>& listen);

}  // namespace tapewatch
