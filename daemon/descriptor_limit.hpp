#pragma once
#include <cstddef>

namespace tapewatch {

/// Raises the soft limit of open descriptors to the hard one and gives how many connections it allows at most, `wanted`
/// where that many: the database, feeds, brokers and webhooks need descriptors as well, and go first.
std::size_t connections_within_limit(std::size_t wanted);

}  // namespace tapewatch
