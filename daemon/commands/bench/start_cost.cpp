// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/bench/start_cost.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fstream>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include "config/notation/json_writer.hpp"
#include "daemon/commands/bench/bench_configuration.hpp"
#include "daemon/commands/bench/quantiles.hpp"
#include "daemon/commands/daemon_request.hpp"

extern char** environ;  // NOLINT(readability-redundant-declaration): POSIX leaves it to the program

namespace tapewatch {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kStartPatience{30};
constexpr std::size_t kPushed = 100;  // headlines in a request

[[noreturn]] void fail_start(const std::string& what) {
  throw std::runtime_error(fmt::format("{}: {}", what, std::generic_category().message(errno)));
}

/// Where a daemon says that it is ready, as to systemd (sd_notify(3)).
class ReadySocket {
 public:
  explicit ReadySocket(std::string path)
      : path_(std::move(path)), socket_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
    if (socket_ < 0 || path_.size() >= sizeof address.sun_path) fail_start(path_);
    std::copy(path_.begin(), path_.end(), address.sun_path);
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail_start(path_);
  }
  ~ReadySocket() {
    close(socket_);
    unlink(path_.c_str());
  }
  ReadySocket(const ReadySocket&) = delete;
  ReadySocket& operator=(const ReadySocket&) = delete;

  const std::string& path() const { return path_; }

  /// False if nothing said so in time, or `process` (a pidfd) has ended.
  bool wait(Clock::time_point until, int process) {
    std::array<char, 4096> message{};
    while (true) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
      std::array<pollfd, 2> waiting{
          {{.fd = socket_, .events = POLLIN, .revents = 0}, {.fd = process, .events = POLLIN, .revents = 0}}};
      if (left.count() <= 0 || poll(waiting.data(), waiting.size(), static_cast<int>(left.count())) <= 0) return false;
      if (waiting[0].revents == 0) return false;
      const ssize_t size = recv(socket_, message.data(), message.size(), 0);
      if (size > 0 &&
          std::string_view(message.data(), static_cast<std::size_t>(size)).find("READY=1") != std::string_view::npos) {
        return true;
      }
    }
  }

 private:
  std::string path_;
  int socket_;
};

/// `tapewatch run` as a child; ended with it, and by the system if this process is killed.
class Child {
 public:
  Child(const std::string& config, const std::string& notify_socket, const HeldSignals& signals) {
    const std::string notify = "NOTIFY_SOCKET=" + notify_socket;
    std::vector<char*> environment{const_cast<char*>(notify.c_str())};
    for (char** variable = environ; *variable != nullptr; ++variable) environment.push_back(*variable);
    environment.push_back(nullptr);
    const char* const arguments[] = {"tapewatch", "run", "--config", config.c_str(), nullptr};
    const pid_t parent = getpid();
    process_ = fork();
    if (process_ < 0) fail_start("the daemon cannot be started");
    if (process_ == 0) become(parent, const_cast<char* const*>(arguments), environment.data(), signals);
    handle_ = static_cast<int>(syscall(SYS_pidfd_open, process_, 0));  // glibc 2.36 declares it for C alone
  }
  ~Child() {
    kill(process_, SIGTERM);
    waitpid(process_, nullptr, 0);
    if (handle_ >= 0) close(handle_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// A pidfd; poll() ignores it where the system has none (−1).
  int handle() const { return handle_; }

  /// In 10^6 bytes.
  double resident_mb() const {
    std::ifstream status(fmt::format("/proc/{}/status", process_));
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) * 1024 / 1e6;
    }
    throw std::runtime_error("the daemon has ended");
  }

 private:
  /// After fork(): only what a signal handler may call.
  [[noreturn]] static void become(pid_t parent, char* const* arguments, char* const* environment,
                                  const HeldSignals& signals) {
    constexpr int kNoProgram = 127;
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    signals.let_through();                       // execve keeps the mask
    if (getppid() != parent) _exit(kNoProgram);  // it was killed before
    if (const int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC); quiet >= 0) dup2(quiet, STDOUT_FILENO);
    execve("/proc/self/exe", arguments, environment);
    _exit(kNoProgram);
  }

  pid_t process_ = 0;
  int handle_ = -1;
};

}  // namespace

void push_headlines(const std::string& url, const std::vector<std::string>& headlines) {
  for (std::size_t first = 0; first < headlines.size(); first += kPushed) {
    notation::JsonWriter json;
    json.begin_object().key("documents").begin_array();
    for (std::size_t i = first; i < std::min(headlines.size(), first + kPushed); ++i) {
      json.begin_object().field("source", "bench").field("id", i).field("title", headlines[i]).end_object();
    }
    ClientRequest request = daemon_request("POST", url, "/v1/documents", "");
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = json.end_array().end_object().take();
    const ClientResult result = send_and_wait(std::move(request));
    if (result && result->status / 100 == 2) continue;
    const std::string why = result ? refusal_in_words(*result) : result.error().message;
    throw std::runtime_error("the daemon does not take the headlines: " + why);
  }
}

StartCost measure_start(const BenchOptions& options, const std::string& folder,
                        const std::vector<std::string>& headlines, const HeldSignals& signals) {
  const std::uint16_t port = free_port();
  const std::string path = folder + "/tapewatch.toml";
  std::ofstream(path) << bench_configuration(options, folder, port);
  ReadySocket ready(folder + "/ready");
  std::vector<double> seconds;
  StartCost cost;
  for (unsigned round = 0; round < options.rounds; ++round) {
    if (signals.pending()) throw std::runtime_error("interrupted");
    const auto begin = Clock::now();
    const Child child(path, ready.path(), signals);
    if (!ready.wait(begin + kStartPatience, child.handle())) {
      throw std::runtime_error("the daemon has ended, or is not ready after 30 s; see its log above");
    }
    seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    if (round + 1 < options.rounds) continue;
    push_headlines(fmt::format("http://127.0.0.1:{}", port), headlines);
    cost.resident_mb = child.resident_mb();
  }
  cost.seconds = quantile(seconds, 0.5);
  return cost;
}

}  // namespace tapewatch
