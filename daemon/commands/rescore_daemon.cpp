// Tested by tests/e2e/daemon/rescore_test.py
#include "daemon/commands/rescore_daemon.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "daemon/commands/daemon_request.hpp"
#include "daemon/commands/import/import_progress.hpp"
#include "daemon/observe/log.hpp"

namespace tapewatch {
namespace {

constexpr std::chrono::milliseconds kLookAgain{500};
constexpr std::chrono::seconds kTellProgressEvery{5};
constexpr std::string_view kRescorePath = "/v1/rescore";

struct DaemonAnswer {
  unsigned status = 0;
  boost::json::object body;

  std::string text(std::string_view name) const {
    const auto* found = body.if_contains(name);
    return found && found->is_string() ? std::string(found->get_string()) : std::string();
  }
  std::int64_t number(std::string_view name) const {
    const auto* found = body.if_contains(name);
    return found && found->is_int64() ? found->get_int64() : 0;
  }
  /// What the daemon says is wrong: of members of the request by their names, else as a whole.
  std::string problem() const {
    std::string words;
    const auto* errors = body.if_contains("errors");
    if (errors && errors->is_array()) {
      for (const auto& error : errors->get_array()) {
        if (!error.is_object()) continue;
        const DaemonAnswer one{0, error.get_object()};
        const std::string pointer = one.text("pointer");
        words += fmt::format("{}--{} {}", words.empty() ? "" : "; ",
                             pointer.substr(std::min<std::size_t>(pointer.size(), 1)), one.text("detail"));
      }
    }
    return words.empty() ? text("detail") : words;
  }
  bool running() const {
    const auto* found = body.if_contains("running");
    return found && found->is_bool() && found->get_bool();
  }
};

DaemonAnswer ask_daemon(ClientRequest request, const RescoreOptions& options) {
  ClientResult result = send_and_wait(std::move(request), {.ca_file = options.ca_file});
  if (!result) throw std::runtime_error(fmt::format("{}: {}", loggable_url(options.url), result.error().message));
  DaemonAnswer answer{result->status, {}};
  boost::system::error_code error;
  const auto parsed = boost::json::parse(result->body, error);
  if (!error && parsed.is_object()) answer.body = parsed.get_object();
  return answer;
}

ClientRequest start_request(const RescoreOptions& options) {
  ClientRequest request = daemon_request("POST", options.url, kRescorePath, options.token);
  request.headers.emplace_back("Content-Type", "application/json");
  notation::JsonWriter json;
  json.begin_object();
  if (!options.from.empty()) json.field("from", options.from);
  if (!options.to.empty()) json.field("to", options.to);
  request.body = json.field("entities", options.entities).end_object().take();
  return request;
}

}  // namespace

int rescore_by_daemon(const RescoreOptions& options, std::ostream& err) {
  DaemonAnswer answer = ask_daemon(
      options.end ? daemon_request("DELETE", options.url, kRescorePath, options.token) : start_request(options),
      options);
  if (answer.status != 200) {
    err << "tapewatch rescore: " << notation::printable(answer.problem()) << " (HTTP " << answer.status << ")\n";
    return answer.status == 400 ? 2 : 1;
  }
  if (options.end) {
    err << "tapewatch rescore: the daemon ends it; what is done stays\n";
    return 0;
  }
  const auto began = ImportProgress::Clock::now();
  auto told = began;
  const auto line = [&] {
    const auto all = static_cast<std::uint64_t>(answer.number("documents"));
    const auto done = all - std::min(all, static_cast<std::uint64_t>(answer.number("left")));
    return ImportProgress(all, began).line(done, done, ImportProgress::Clock::now());
  };
  while (answer.running()) {
    std::this_thread::sleep_for(kLookAgain);
    answer = ask_daemon(daemon_request("GET", options.url, kRescorePath, options.token), options);
    if (answer.status != 200) {
      throw std::runtime_error(fmt::format("GET {}: HTTP {}; the daemon may go on", kRescorePath, answer.status));
    }
    if (ImportProgress::Clock::now() - told < kTellProgressEvery) continue;
    told = ImportProgress::Clock::now();
    err << line() << "\n";
  }
  if (const std::string failure = answer.text("failure"); !failure.empty()) {
    err << "tapewatch rescore: " << notation::printable(failure)
        << "; what is done stays, and the same request goes on from there\n";
    return 1;
  }
  err << fmt::format("rescored {} by {}\n", line(), notation::printable(answer.text("model")));
  return 0;
}

}  // namespace tapewatch
