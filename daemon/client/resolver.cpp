#include "daemon/client/resolver.hpp"

#include <netdb.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <thread>

#include "config/notation/mutex.hpp"

namespace tapewatch {

namespace asio = boost::asio;
using asio::ip::tcp;

/// One caller's wait. Lives on the executor's thread alone.
struct Resolver::Lookup {
  explicit Lookup(const asio::any_io_executor& executor) : timer(executor) {}

  asio::steady_timer timer;
  bool done = false;
  bool stopped = false;
  Endpoints endpoints;
  std::string error;
};

/// What the threads share. A job knows its lookup only weakly and never takes hold of it on its own thread.
struct Resolver::Shared {
  struct Job {
    std::string host;
    std::uint16_t port;
    std::weak_ptr<Lookup> lookup;
  };

  Mutex mutex;
  Condition changed;
  std::deque<Job> jobs GUARDED_BY(mutex);
  bool stopped GUARDED_BY(mutex) = false;
  unsigned threads GUARDED_BY(mutex) = 0, busy GUARDED_BY(mutex) = 0;
  asio::any_io_executor executor GUARDED_BY(mutex);  // not used once `stopped`
};

namespace {

struct Found {
  Endpoints endpoints;
  std::string error;
};

Found look_up(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  Found found;
  const int status = getaddrinfo(host.c_str(), nullptr, &hints, &list);
  if (status != 0) {
    found.error = gai_strerror(status);
    return found;
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> owner(list, freeaddrinfo);
  for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
    tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    endpoint.resize(entry->ai_addrlen);
    std::copy_n(reinterpret_cast<const char*>(entry->ai_addr), entry->ai_addrlen,
                reinterpret_cast<char*>(endpoint.data()));
    endpoint.port(port);
    found.endpoints.push_back(endpoint);
  }
  if (found.endpoints.empty()) found.error = "the name has no address";
  return found;
}

}  // namespace

Resolver::Resolver(asio::any_io_executor executor, unsigned threads)
    : executor_(std::move(executor)), threads_(std::max(1U, threads)), shared_(std::make_shared<Shared>()) {
  const MutexLock lock(shared_->mutex);
  shared_->executor = executor_;
}

Resolver::~Resolver() {
  MutexLock lock(shared_->mutex);
  shared_->stopped = true;
  shared_->jobs.clear();
  shared_->changed.notify_all();
  shared_->changed.wait(lock, [&]() REQUIRES(shared_->mutex) { return shared_->threads == shared_->busy; });
  shared_->executor = asio::any_io_executor();  // the threads still busy must not keep it
}

void Resolver::stop() {
  stopped_ = true;
  for (const auto& entry : std::exchange(waiting_, {})) {
    if (const auto lookup = entry.lock()) {
      lookup->stopped = true;
      lookup->timer.cancel();
    }
  }
}

asio::awaitable<boost::system::result<Endpoints, ClientError>> Resolver::resolve(
    std::string host, std::uint16_t port, std::chrono::steady_clock::time_point deadline) {
  boost::system::error_code error;
  if (const auto address = asio::ip::make_address(host, error); !error) {
    co_return Endpoints{tcp::endpoint(address, port)};
  }
  if (stopped_) co_return ClientError(ClientErrorKind::cancelled, "stopped");
  auto lookup = std::make_shared<Lookup>(executor_);
  std::erase_if(waiting_, [](const auto& entry) { return entry.expired(); });
  waiting_.push_back(lookup);
  lookup->timer.expires_at(deadline);
  submit(host, port, lookup);
  if (!lookup->done) co_await lookup->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  if (lookup->stopped) co_return ClientError(ClientErrorKind::cancelled, "stopped");
  if (!lookup->done) co_return ClientError(ClientErrorKind::timeout, host + ": no address within the time allowed");
  if (!lookup->error.empty()) co_return ClientError(ClientErrorKind::resolve, host + ": " + lookup->error);
  co_return std::move(lookup->endpoints);
}

void Resolver::submit(const std::string& host, std::uint16_t port, const std::shared_ptr<Lookup>& lookup) {
  bool start = false;
  {
    const MutexLock lock(shared_->mutex);
    shared_->jobs.push_back({host, port, lookup});
    start = shared_->threads < threads_ && shared_->threads - shared_->busy < shared_->jobs.size();
    if (start) ++shared_->threads;
  }
  if (start) {
    std::thread([shared = shared_] { work(shared); }).detach();
  } else {
    shared_->changed.notify_one();
  }
}

void Resolver::work(const std::shared_ptr<Shared>& shared) {
  MutexLock lock(shared->mutex);
  while (true) {
    shared->changed.wait(lock, [&]() REQUIRES(shared->mutex) { return shared->stopped || !shared->jobs.empty(); });
    if (shared->stopped) break;
    Shared::Job job = std::move(shared->jobs.front());
    shared->jobs.pop_front();
    ++shared->busy;
    lock.unlock();
    Found found = look_up(job.host, job.port);
    lock.lock();
    --shared->busy;
    if (shared->stopped) break;
    asio::post(shared->executor, [lookup = std::move(job.lookup), found = std::move(found)]() mutable {
      const auto waiting = lookup.lock();
      if (!waiting) return;
      waiting->endpoints = std::move(found.endpoints);
      waiting->error = std::move(found.error);
      waiting->done = true;
      waiting->timer.cancel();
    });
  }
  --shared->threads;
  shared->changed.notify_all();
}

}  // namespace tapewatch
