#include "daemon/io_thread.hpp"

#include <boost/asio/post.hpp>
#include <future>
#include <memory>

namespace tapewatch {

void IoThread::start(std::function<void(const std::exception& failure)> on_exception) {
  thread_ = std::thread([this, on_exception = std::move(on_exception)] {
    while (true) {
      try {
        context_.run();
        return;
      } catch (const std::exception& failure) {
        on_exception(failure);
      }
    }
  });
}

void IoThread::run_and_wait(const std::function<void(std::function<void()> done)>& begin) {
  auto ended = std::make_shared<std::promise<void>>();
  boost::asio::post(context_, [begin, ended] { begin([ended] { ended->set_value(); }); });
  ended->get_future().wait();
}

void IoThread::stop() {
  work_.reset();
  context_.stop();
  if (thread_.joinable()) thread_.join();
}

}  // namespace tapewatch
