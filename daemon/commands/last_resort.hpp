#pragma once

namespace tapewatch {

/// For std::set_terminate, where an exception leaves a thread of a library. A lack of memory, threads or descriptors
/// ends the process as other failures do, with status 1 and why, so that it is started again; a fault of our own aborts
/// and leaves a core.
[[noreturn]] void last_resort() noexcept;

}  // namespace tapewatch
