#pragma once

#include <string>
#include <vector>

namespace tapewatch {

/// What must hold before a daemon makes anything: both are the first things that go wrong on a new machine.

/// The folder that everything is kept in; made on first use. Throws std::runtime_error that names the mend.
void prepare_data_dir(const std::string& data_dir);

/// A port that is taken is found before anything is made on the disk: the same listeners, opened and closed again.
/// Throws what open_listener throws.
void require_free_ports(const std::vector<std::string>& listen);

}  // namespace tapewatch
