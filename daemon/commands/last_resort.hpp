#pragma once

namespace tapewatch {

/// For std::set_terminate, when an exception leaves a library's thread. A lack of memory, threads or descriptors ends
/// the process like other failures, with status 1 and the reason, so that it is restarted; a bug of our own aborts and
/// leaves a core dump.
[[noreturn]] void last_resort() noexcept;

}  // namespace tapewatch
