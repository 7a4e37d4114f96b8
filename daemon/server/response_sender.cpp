// Tested by tests/daemon/server/http_server_test.cpp
#include "daemon/server/response_sender.hpp"

#include <spdlog/spdlog.h>

#include "daemon/server/as_tuple.hpp"
#include "daemon/server/gate.hpp"
#include "daemon/server/wire.hpp"

namespace tapewatch {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kLingerBytes = 256 * 1024;
constexpr std::chrono::seconds kLingerTime{2};

struct Part {
  NextPart make;
  std::optional<std::string> made;
  bool failed = false;
};

}  // namespace

void ResponseSender::begin(std::string request_id) {
  request_id_ = std::move(request_id);
  head_ = begun_ = false;
}

asio::awaitable<bool> ResponseSender::write(std::string bytes) {
  stream_.expires_after(core_->options.write_timeout);
  begun_ = true;
  const boost::system::error_code error = co_await stream_.write(asio::buffer(bytes));
  co_return !error;
}

asio::awaitable<bool> ResponseSender::send(ApiResponse response, bool keep_alive) {
  const bool sent = co_await write(serialise(response, request_id_, head_, keep_alive));
  co_return sent;
}

asio::awaitable<bool> ResponseSender::send_parts(ApiResponse response, bool keep_alive, bool chunked) {
  const auto framed = [chunked](const std::string& part) { return chunked ? chunk_of(part) : part; };
  bool sent = co_await write(serialise_chunked_head(response, request_id_, chunked, keep_alive));
  if (head_) co_return sent;
  const auto part = std::make_shared<Part>();  // the query thread may outlive this session
  part->make = std::move(response.more);
  part->made = std::move(response.body);
  while (sent && part->made) {
    if (!part->made->empty()) sent = co_await write(framed(*part->made));
    if (!sent) co_return false;
    const auto deadline = std::chrono::steady_clock::now() + core_->options.request_deadline;
    std::function<void()> make = [part, deadline, core = core_, id = request_id_] {
      part->failed = true;
      try {
        part->made = part->make(deadline);
        part->failed = false;
      } catch (const std::exception& error) {
        core->log->warn("an export is cut off, id={}: {}", id, error.what());
      }
    };
    const bool finished = co_await run_on(core_->query_threads.executor(), std::move(make), deadline);
    if (!finished || part->failed || core_->stopping) co_return false;
  }
  if (sent && chunked) sent = co_await write(chunk_of(""));
  co_return sent;
}

asio::awaitable<void> ResponseSender::send_and_close(ApiResponse response) {
  if (response.status == 0) co_return;
  const bool sent = co_await send(std::move(response), false);
  if (!sent) co_return;
  stream_.end_sending();
  stream_.expires_after(kLingerTime);
  std::string rest(kReadSize, '\0');
  for (std::size_t total = 0; total < kLingerBytes;) {
    const ByteStream::Read read = co_await stream_.read_some(asio::buffer(rest));
    if (read.error) co_return;
    total += read.bytes;
  }
}

}  // namespace tapewatch
