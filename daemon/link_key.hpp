#pragma once

#include <string>

namespace tapewatch {

/// The secret that signs the links in messages: 32 bytes in `data_dir`/link.key, as hex digits and readable by its
/// owner alone. Made by the first call. Throws std::runtime_error with the remedy where it can be neither read nor
/// made.
std::string link_key(const std::string& data_dir);

}  // namespace tapewatch
