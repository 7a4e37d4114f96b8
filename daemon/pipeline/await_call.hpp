#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <memory>
#include <type_traits>
#include <utility>

#include "daemon/pipeline/writer_queue.hpp"

namespace tapewatch {

/// Runs a blocking `call` on `pool` and gives its result back to the awaiting coroutine, on that coroutine's executor.
/// An exception of `call` is rethrown there. `call` must not return void.
template <class Call>
boost::asio::awaitable<std::invoke_result_t<Call&>> await_call(boost::asio::thread_pool& pool, Call call) {
  using Result = std::invoke_result_t<Call&>;
  auto start = [&pool](auto handler, Call work) {
    auto executor = boost::asio::get_associated_executor(handler);
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    boost::asio::post(pool, [kept, executor, work = std::move(work)]() mutable {
      auto result = std::make_shared<Result>();
      std::exception_ptr error;
      try {
        *result = work();
      } catch (...) {
        error = std::current_exception();
      }
      boost::asio::post(executor, [kept, result, error]() mutable { (*kept)(error, std::move(*result)); });
    });
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>,
                                                 void(std::exception_ptr, Result)>(
      std::move(start), boost::asio::use_awaitable, std::move(call));
}

/// Hands `apply` to the writer and waits for its commit. False: the lane is full, the daemon is stopping, or the commit
/// failed.
inline boost::asio::awaitable<bool> await_command(WriterQueue& queue,
                                                  std::function<void(storage::Connection&, TimePoint)> apply) {
  auto start = [&queue](auto handler, std::function<void(storage::Connection&, TimePoint)> write) {
    auto executor = boost::asio::get_associated_executor(handler);
    auto kept = std::make_shared<decltype(handler)>(std::move(handler));
    auto finish = [kept, executor](bool committed) {
      boost::asio::post(executor, [kept, committed] { (*kept)(std::exception_ptr(), committed); });
    };
    Command command{std::move(write), finish};
    if (!queue.push_command(command)) finish(false);
  };
  co_return co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void(std::exception_ptr, bool)>(
      std::move(start), boost::asio::use_awaitable, std::move(apply));
}

}  // namespace tapewatch
