// Tested by tests/e2e/daemon/top_test.py
#include "daemon/commands/top/top.hpp"

#include <unistd.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <iostream>
#include <optional>

#include "config/file.hpp"
#include "config/notation/ascii.hpp"
#include "config/notation/environment.hpp"
#include "config/notation/printable.hpp"
#include "daemon/client/client.hpp"
#include "daemon/commands/daemon_request.hpp"
#include "daemon/commands/query/text_table.hpp"
#include "daemon/commands/top/terminal_screen.hpp"
#include "daemon/commands/top/top_frame.hpp"
#include "daemon/commands/top/top_state.hpp"

namespace tapewatch {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMostTokenBytes = 4096;
constexpr std::size_t kMostAnswerBytes = std::size_t{16} << 20;

void rethrow_failure(const std::exception_ptr& failure) {
  if (failure) std::rethrow_exception(failure);
}

/// Asks a daemon for all parts, over one connection. One thread.
class TopReader {
 public:
  TopReader(asio::io_context& io, const TopOptions& options)
      : options_(options), client_(io.get_executor(), kept_connections(options.ca_file)) {}

  asio::awaitable<void> look() {
    for (const TopPart& part : kTopParts) {
      ClientRequest request = daemon_request("GET", options_.url, part.path, options_.token);
      request.deadline = options_.timeout;
      request.max_response_bytes = kMostAnswerBytes;
      const ClientResult result = co_await client_.send(std::move(request));
      if (!result) {
        state_.failure = result.error().message;
        co_return;
      }
      state_.failure.clear();
      state_.heard = wall_now();
      take_answer(state_, part.name, result->status, result->body);
    }
  }
  const TopState& state() const { return state_; }
  void stop() { client_.stop(); }

 private:
  static ClientOptions kept_connections(const std::string& ca_file) {
    ClientOptions options;
    options.ca_file = ca_file;
    options.keep_connections = true;
    return options;
  }

  const TopOptions options_;
  HttpClient client_;
  TopState state_;
};

/// The screen as long as it is looked at: a look every interval, a new frame at each change of size.
class TopView {
 public:
  explicit TopView(const TopOptions& options)
      : options_(options),
        reader_(io_, options),
        timer_(io_),
        ends_(io_, SIGINT, SIGTERM, SIGHUP),
        size_(io_, SIGWINCH) {
    if (::isatty(STDIN_FILENO) == 1) keyboard_.emplace(io_, ::dup(STDIN_FILENO));
  }

  void run() {
    ends_.async_wait([this](const boost::system::error_code& error, int) {
      if (!error) end();
    });
    wait_for_size();
    wait_for_key();
    asio::co_spawn(io_, follow(), rethrow_failure);
    io_.run();
  }

 private:
  asio::awaitable<void> follow() {
    while (!ending_) {
      draw();
      co_await reader_.look();
      if (ending_) co_return;
      draw();
      timer_.expires_after(options_.interval);
      boost::system::error_code cancelled;
      co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    }
  }
  void draw() {
    const TopSize size = TerminalScreen::size();
    const auto lines = draw_top(reader_.state(), options_.url, size, wall_now());
    if (!screen_.show(screen_text(lines, size.columns, colours_))) end();
  }
  void wait_for_size() {
    size_.async_wait([this](const boost::system::error_code& error, int) {
      if (error || ending_) return;
      draw();
      wait_for_size();
    });
  }
  void wait_for_key() {
    if (!keyboard_) return;
    keyboard_->async_read_some(asio::buffer(keys_), [this](const boost::system::error_code& error, std::size_t) {
      if (error) return;
      if (keys_[0] == 'q') return end();
      wait_for_key();
    });
  }
  void end() {
    ending_ = true;
    boost::system::error_code ignored;
    timer_.cancel();
    ends_.cancel(ignored);
    size_.cancel(ignored);
    if (keyboard_) keyboard_->close(ignored);
    reader_.stop();
  }

  const TopOptions options_;
  const bool colours_ = !notation::environment("NO_COLOR");
  asio::io_context io_{1};
  TopReader reader_;
  asio::steady_timer timer_;
  asio::signal_set ends_, size_;
  std::optional<asio::posix::stream_descriptor> keyboard_;
  std::array<char, 1> keys_{};
  bool ending_ = false;
  TerminalScreen screen_;
};

/// The options with the token of the file; nullopt after a message.
std::optional<TopOptions> with_token(TopOptions options, std::ostream& err) {
  if (options.token_file.empty()) return options;
  const auto text = config::read_small_file(options.token_file, kMostTokenBytes);
  if (!text) {
    err << notation::printable("tapewatch top: " + options.token_file + ": " + text.error().reason) << "\n";
    return std::nullopt;
  }
  options.token = std::string(notation::trimmed(text->substr(0, text->find('\n'))));
  return options;
}

}  // namespace

int run_top_once(const TopOptions& given, std::ostream& out, std::ostream& err) {
  const auto options = with_token(given, err);
  if (!options) return 2;
  asio::io_context io{1};
  TopReader reader(io, *options);
  asio::co_spawn(io, reader.look(), rethrow_failure);
  io.run();
  if (!reader.state().heard) {
    err << notation::printable("tapewatch top: " + reader.state().failure) << "\n";
    return 1;
  }
  out << plain_text(draw_top(reader.state(), options->url, {terminal_width(), 0}, wall_now())) << std::flush;
  return out ? 0 : 1;
}

int run_top(const TopOptions& given) {
  if (given.once || !TerminalScreen::is_there()) return run_top_once(given, std::cout, std::cerr);
  const auto options = with_token(given, std::cerr);
  if (!options) return 2;
  std::signal(SIGPIPE, SIG_IGN);  // a daemon that ends makes the write fail
  TopView(*options).run();
  return 0;
}

}  // namespace tapewatch
