#pragma once
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>

namespace tapewatch {

/// How the server's coroutines wait: errors come back as values, `const auto [error, bytes] = co_await …`.
inline constexpr auto kTuple = boost::asio::as_tuple(boost::asio::use_awaitable);
/// The most that one read of a socket takes.
inline constexpr std::size_t kReadSize = 8 * 1024;

}  // namespace tapewatch
