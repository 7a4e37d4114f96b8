// Tested by tests/daemon/server/dispatch_test.cpp
#include "daemon/server/gate.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace tapewatch {

namespace asio = boost::asio;

void Gate::open(std::function<void()> first) {
  asio::post(executor_, [self = shared_from_this(), first = std::move(first)] {
    if (self->open_) return;
    self->open_ = true;
    if (first) first();
    self->timer_.cancel();
  });
}

void Gate::give_up() {
  asio::post(executor_, [self = shared_from_this()] {
    self->given_up_ = true;
    self->timer_.cancel();
  });
}

asio::awaitable<bool> Gate::wait_until(std::chrono::steady_clock::time_point deadline) {
  const auto self = shared_from_this();
  if (!open_ && !given_up_) {
    timer_.expires_at(deadline);
    const auto [error] = co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    (void)error;  // cancelled by open() or give_up(), or expired: `open_` tells which
  }
  co_return open_;
}

asio::awaitable<bool> run_on(asio::any_io_executor pool, std::function<void()> work,
                             std::chrono::steady_clock::time_point deadline) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto gate = std::make_shared<Gate>(executor);
  asio::post(pool, [gate, work = std::move(work)] {
    work();
    gate->open();
  });
  const bool finished = co_await gate->wait_until(deadline);
  co_return finished;
}

}  // namespace tapewatch
