#pragma once

#include <optional>
#include <string>
#include <vector>

namespace tapewatch {

/// What must hold before a daemon makes anything: the first things that go wrong on a new machine. The `_problem`
/// functions make nothing, ask for the rights of the effective user, and name the mend.

/// Why nothing can be kept in `data_dir`: no folder, or not writable; where it does not exist yet, why it cannot be
/// made.
std::optional<std::string> data_dir_problem(const std::string& data_dir);

/// Why the database cannot be opened or made; its folder must exist, unless it is `data_dir`, which is made on first
/// use.
std::optional<std::string> database_problem(const std::string& database, const std::string& data_dir);

/// Makes the folder that everything is kept in. Throws std::runtime_error with data_dir_problem().
void prepare_data_dir(const std::string& data_dir);

/// A port that is taken is found before anything is made on the disk: the same listeners, opened and closed again.
/// Throws what open_listener throws.
void require_free_ports(const std::vector<std::string>& listen);

}  // namespace tapewatch
