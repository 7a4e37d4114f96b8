#pragma once
#include <cstddef>

namespace tapewatch {

/// Raises the soft limit of open descriptors to the hard one and returns how many connections it allows, at most
/// `wanted`: the database, feeds, brokers and webhooks need descriptors as well, and come first.
std::size_t connections_within_limit(std::size_t wanted);

}  // namespace tapewatch
