// Tested by tests/daemon/commands/feed_command_test.cpp
#include "daemon/commands/feed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <iostream>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>

#include "config/file.hpp"
#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "config/notation/url.hpp"
#include "config/toml/load.hpp"
#include "daemon/client/client.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/loop_options.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/intake/feed_fetch.hpp"
#include "daemon/pipeline/intake/feed_report.hpp"
#include "daemon/pipeline/metadata_rows.hpp"
#include "daemon/pipeline/scoring/language_gate.hpp"
#include "ingest/feed/feed_state.hpp"
#include "storage/document/metadata_table.hpp"

namespace tapewatch {
namespace {

using ingest::FeedOutcome;

constexpr const char* kFeedCommand = "tapewatch feed: ";

/// What the command line and the configuration ask for.
struct FeedTask {
  ingest::FeedOptions feed;
  ingest::DocumentLimits limits;
  std::vector<std::string> languages = model::ClassifierOptions().languages;
  FeedAccess access;
  std::shared_ptr<const ingest::EntityFinder> finder;
  std::optional<std::string> file;  // absent: the feed's URL is asked
};

bool is_url(const std::string& target) { return target.find("://") != std::string::npos; }

/// The options of the feed that has this name or this address; false if there is none.
bool take_configured_feed(const config::Config& config, const std::string& target, FeedTask& task) {
  const auto& feeds = config.ingest.feeds;
  const auto found = std::find_if(feeds.begin(), feeds.end(),
                                  [&](const auto& feed) { return feed.name == target || feed.url == target; });
  if (found == feeds.end()) return false;
  task.feed = *found;
  return true;
}

void name_source(const FeedCommandOptions& options, FeedTask& task) {
  if (!options.source.empty()) task.feed.name = options.source;
  if (!task.feed.name.empty()) return;
  task.feed.name = !task.file ? notation::url_host(task.feed.url) : std::filesystem::path(*task.file).stem().string();
}

FeedTask make_feed_task(const FeedCommandOptions& options) {
  FeedTask task;
  std::string watchlist = options.watchlist;
  bool configured = false;
  config::DaemonOptions daemon;
  if (!options.config.empty()) {
    const auto loaded = config::load(options.config);
    if (!loaded.ok()) throw std::runtime_error(config::to_string(loaded.errors.front()));
    configured = take_configured_feed(loaded.config, options.target, task);
    task.limits = loaded.config.ingest.limits;
    task.languages = loaded.config.model.languages;
    daemon = loaded.config.daemon;
    if (watchlist.empty()) watchlist = loaded.config.ingest.entities.watchlist;
  }
  if (!configured && is_url(options.target)) {
    if (!notation::parse_web_url(options.target)) throw std::runtime_error("the URL is not an http or https address");
    task.feed.url = options.target;
  } else if (!configured) {
    task.file = options.target;
    task.feed.url = options.base_url;
  }
  if (options.target == "-" && options.polls > 1) {
    throw std::runtime_error("standard input can be read once: --poll needs a URL or a file");
  }
  name_source(options, task);
  task.access = feed_access(daemon);
  task.finder = load_watchlist(watchlist);
  return task;
}

/// One poll: the answer's status (0: none; of a file always 200) and what it means.
struct Polled {
  unsigned status = 0;
  std::string conditions;  // the names of the conditional headers that were sent
  FeedOutcome outcome;
};

/// Polls one feed as the daemon does: the same state from poll to poll, so the second one is conditional.
class FeedPoller {
 public:
  FeedPoller(const FeedTask& task, const FeedCommandOptions& options, std::istream& in)
      : task_(task),
        options_(options),
        in_(in),
        state_(task.feed, task.limits, ""),
        client_(io_.get_executor(), feed_client_options(task.feed)) {}

  Polled poll() { return task_.file ? read_file() : ask(); }

 private:
  Polled ask() {
    Polled polled;
    ingest::FeedRequest asked = state_.next_request(wall_now());
    for (const auto& [name, value] : asked.headers) {
      if (name.starts_with("If-")) polled.conditions += (polled.conditions.empty() ? "" : ", ") + name;
    }
    ClientResult result = send(to_client_request(std::move(asked), task_.feed, task_.access));
    const TimePoint now = wall_now();
    if (!result) {
      const ClientError& error = result.error();
      polled.outcome = state_.on_failure(std::string(to_string(error.kind)), error.message, now, 0.0);
      return polled;
    }
    polled.status = result->status;
    polled.outcome = state_.on_response(to_feed_response(std::move(*result), now), now, 0.0);
    return polled;
  }

  ClientResult send(ClientRequest request) {
    std::optional<ClientResult> result;
    boost::asio::co_spawn(io_, client_.send(std::move(request)),
                          [&](const std::exception_ptr& failure, ClientResult got) {
                            if (failure) std::rethrow_exception(failure);
                            result = std::move(got);
                          });
    io_.restart();
    while (!result) io_.run_one();
    return std::move(*result);
  }

  Polled read_file() {
    Polled polled;
    const TimePoint now = wall_now();
    const auto bytes = file_content();
    if (!bytes) {
      polled.outcome = state_.on_failure("file", *task_.file + ": cannot be read: " + bytes.error().reason, now, 0.0);
      return polled;
    }
    ingest::FeedResponse response;
    response.status = polled.status = 200;
    response.body = *bytes;
    response.final_url = options_.base_url;
    if (!options_.content_type.empty()) response.headers.emplace_back("Content-Type", options_.content_type);
    polled.outcome = state_.on_response(response, now, 0.0);
    return polled;
  }

  boost::system::result<std::string, config::FileError> file_content() {
    if (*task_.file != "-") return config::read_small_file(*task_.file, task_.feed.max_bytes);
    const std::size_t most = task_.feed.max_bytes;
    std::string bytes(most + 1, '\0');
    in_.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(in_.gcount()));
    if (bytes.size() > most) return config::FileError{fmt::format("larger than {} bytes", most)};
    return {boost::system::in_place_value, std::move(bytes)};
  }

  const FeedTask& task_;
  const FeedCommandOptions& options_;
  std::istream& in_;
  ingest::FeedState state_;
  boost::asio::io_context io_;
  HttpClient client_;
};

/// The watched companies that the document names, as stored: by id, each once. Without a watch list: what the publisher
/// names, as written.
std::vector<std::string> entities_of(const ingest::Document& document, const ingest::EntityFinder& finder) {
  if (finder.entities().empty()) return document.entities;
  std::vector<std::string> ids;
  for (const auto& mention : finder.find_all(ingest::scoring_text(document), document.entities)) {
    const std::string& id = finder.entities()[mention.entity].id;
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

std::string document_line(const ingest::Document& document, const FeedTask& task) {
  if (document.action == ingest::Action::remove) {
    notation::JsonWriter removal;
    removal.begin_object().field("id", document.id).field("source", document.source).field("action", "remove");
    return removal.end_object().take();
  }
  const std::string refused = LanguageGate(task.languages).refused_language(document, ingest::scoring_text(document));
  notation::JsonWriter json;
  json.begin_object().field("id", document.id).field("source", document.source);
  json.field("title", document.title).field("body", document.body).field("url", document.url);
  json.field("published_at", document.published_at);
  json.field("language", refused.empty() ? document.language : refused);
  json.key("entities").begin_array();
  for (const auto& entity : entities_of(document, *task.finder)) json.value(entity);
  json.end_array();
  if (!document.metadata.empty()) storage::append_metadata(json.key("meta"), to_metadata_rows(document.metadata));
  return json.end_object().take();
}

std::string describe(const Polled& polled) {
  using Kind = FeedOutcome::Kind;
  const std::string asked = polled.conditions.empty() ? "" : fmt::format(" (sent {})", polled.conditions);
  const FeedOutcome& outcome = polled.outcome;
  if (outcome.kind == Kind::unchanged) {
    return (polled.status == 304 ? "304 not modified" : fmt::format("{} unchanged", polled.status)) + asked;
  }
  if (outcome.kind == Kind::read) {
    return fmt::format("{}{}: {} documents, {} refused", polled.status, asked, outcome.items.size(),
                       outcome.rejected.size());
  }
  return outcome.error_kind + ": " + outcome.error + asked;
}

/// Prints one poll; the number of its documents.
std::size_t print(const Polled& polled, const FeedTask& task, std::ostream& out, std::ostream& err) {
  const FeedOutcome& outcome = polled.outcome;
  for (const auto& document : outcome.items) out << document_line(document, task) << '\n';
  out.flush();
  const auto tell = [&](std::string_view what, const std::string& text) {
    err << kFeedCommand << what << notation::printable(text) << '\n';
  };
  for (const auto& warning : describe_warnings(outcome.warnings)) tell("warning: ", warning);
  for (const auto& [rejection, payload, position] : outcome.rejected) {
    tell("refused: ", fmt::format("item {}: {}{}{}", position, rejection.pointer, rejection.pointer.empty() ? "" : ": ",
                                  rejection.reason));
  }
  if (!outcome.notice.empty()) tell("notice: ", outcome.notice);
  return outcome.items.size();
}

int poll_all(const FeedTask& task, const FeedCommandOptions& options, std::istream& in, std::ostream& out,
             std::ostream& err) {
  FeedPoller poller(task, options, in);
  for (const auto& warning : task.access.warnings) err << kFeedCommand << "warning: " << warning << '\n';
  std::size_t documents = 0;
  bool told = false;
  for (unsigned number = 1; number <= options.polls && out; ++number) {
    if (number > 1) std::this_thread::sleep_for(options.interval);
    const Polled polled = poller.poll();
    documents += print(polled, task, out, err);
    const bool failed =
        polled.outcome.kind != FeedOutcome::Kind::read && polled.outcome.kind != FeedOutcome::Kind::unchanged;
    if (options.polls > 1) {
      err << kFeedCommand << fmt::format("poll {}: {}\n", number, notation::printable(describe(polled)));
    } else if (failed) {
      err << kFeedCommand << notation::printable(describe(polled)) << '\n';
    }
    told = told || failed;
    if (const auto& hold = polled.outcome.hold; hold && number < options.polls) {
      err << kFeedCommand
          << fmt::format("{} asks for no request before {}: no further polls\n", hold->host,
                         notation::format_rfc3339(hold->until));
      break;
    }
  }
  if (documents == 0 && !told) err << kFeedCommand << "no item could be read\n";
  return documents > 0 && out ? 0 : 1;
}

}  // namespace

int run_feed(const FeedCommandOptions& options, std::istream& in, std::ostream& out, std::ostream& err) {
  std::optional<FeedTask> task;
  try {
    task = make_feed_task(options);
  } catch (const std::runtime_error& wrong) {  // the command line, the configuration, the watch list
    err << kFeedCommand << notation::printable(wrong.what()) << '\n';
    return 2;
  }
  return poll_all(*task, options, in, out, err);
}

int run_feed(const FeedCommandOptions& options) { return run_feed(options, std::cin, std::cout, std::cerr); }

}  // namespace tapewatch
