#include "daemon/pipeline/intake/feed_loop.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "config/notation/rfc3339.hpp"
#include "config/notation/url.hpp"
#include "daemon/observe/log_fields.hpp"
#include "daemon/observe/outage.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/await_call.hpp"
#include "daemon/pipeline/intake/feed_report.hpp"

namespace tapewatch {
namespace asio = boost::asio;
using ingest::FeedOutcome;
using std::chrono::milliseconds;

struct FeedLoop::Feed {
  Feed(ingest::FeedOptions feed_options, const std::string& saved, const FeedLoopParts& parts,
       std::uint32_t source_slot, asio::io_context& io)
      : options(std::move(feed_options)),
        last_state(saved),
        state(std::make_unique<ingest::FeedState>(options, parts.limits, last_state)),
        health(options.name, "feed", "running"),
        slot(source_slot),
        timer(io) {}

  ingest::FeedOptions options;
  std::string last_state;  // handed over last, or committed before the start
  std::unique_ptr<ingest::FeedState> state;
  SourceHealth health;
  const std::uint32_t slot;
  std::shared_ptr<HttpClient> client;
  asio::steady_timer timer;
  std::uint64_t next_number = 0;
  Outage outage;
  std::string last_error;                   // what was logged last
  std::vector<std::string> last_warnings;   // likewise
  std::optional<ingest::FeedOptions> next;  // from the next poll on
  bool removed = false;
};

FeedLoop::FeedLoop(asio::io_context& io, std::vector<ingest::FeedOptions> feeds, FeedLoopParts parts,
                   DocumentQueue& documents, SourceRegistry& registry, Metrics& metrics)
    : io_(io), parts_(std::move(parts)), documents_(documents), metrics_(metrics), registry_(registry) {
  for (auto& options : feeds) {
    const std::string saved = parts_.saved_state ? parts_.saved_state(options.name).value_or("") : "";
    add(std::move(options), saved);
  }
}

FeedLoop::~FeedLoop() { parser_.join(); }

FeedLoop::Feed& FeedLoop::add(ingest::FeedOptions options, const std::string& saved) {
  auto client = client_for(options);
  feeds_.push_back(std::make_unique<Feed>(std::move(options), saved, parts_, registry_.add(), io_));
  Feed& feed = *feeds_.back();
  feed.client = std::move(client);
  if (const auto held = feed.state->held()) spacing_.hold(*held);
  const MutexLock lock(mutex_);
  listed_.push_back(&feed.health);
  return feed;
}

std::shared_ptr<HttpClient> FeedLoop::client_for(const ingest::FeedOptions& options) {
  auto& known = clients_[{options.ca_file, options.connect_timeout}];
  if (auto client = known.lock()) return client;
  auto client = std::make_shared<HttpClient>(io_.get_executor(), feed_client_options(options));
  known = client;
  return client;
}

void FeedLoop::start() {
  for (auto& feed : feeds_) begin(*feed);
}

void FeedLoop::begin(Feed& feed) {
  ++running_;
  asio::co_spawn(io_, run(feed), [this, &feed](const std::exception_ptr& error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      parts_.log->critical("feed {}: polling stopped unexpectedly: {}", feed.options.name, explained(failure));
    }
    ended(feed);
  });
}

void FeedLoop::replace(FeedReplacement next) {
  if (stopping_) return;
  // A bundle of authorities may have changed under its name: feeds that are new or have changed read it again.
  std::erase_if(clients_, [](const auto& known) { return !known.first.first.empty(); });
  std::vector<Feed*> gone;
  for (auto& feed : feeds_) {
    if (!feed->removed) gone.push_back(feed.get());
  }
  for (auto& options : next.feeds) {
    const std::string name = options.name;
    const auto known = std::find_if(gone.begin(), gone.end(), [&](const Feed* f) { return f->options.name == name; });
    if (known == gone.end()) {
      metrics_.source_succeeded(name, {});  // never heard from until it is
      begin(add(std::move(options), next.saved[name]));
      continue;
    }
    if (std::find(next.changed.begin(), next.changed.end(), name) != next.changed.end()) {
      (*known)->next = std::move(options);
      (*known)->timer.cancel();
    }
    gone.erase(known);
  }
  for (Feed* feed : gone) remove(*feed);
}

void FeedLoop::remove(Feed& feed) {
  feed.removed = true;
  {
    const MutexLock lock(mutex_);
    listed_.erase(std::find(listed_.begin(), listed_.end(), &feed.health));
  }
  metrics_.forget_source(feed.options.name);
  feed.timer.cancel();
}

/// With the options of a reload. What the publisher asked for before still holds, as far as it is stored.
void FeedLoop::begin_again(Feed& feed) {
  feed.options = std::move(*std::exchange(feed.next, std::nullopt));
  feed.client = client_for(feed.options);
  feed.state = std::make_unique<ingest::FeedState>(feed.options, parts_.limits, feed.last_state);
  feed.outage = {};
  feed.last_error.clear();
}

bool FeedLoop::goes_on(const Feed& feed) const { return !stopping_ && !feed.removed; }

void FeedLoop::stop(std::function<void()> done) {
  stopping_ = true;
  on_ended_ = std::move(done);
  for (auto& feed : feeds_) {
    feed->client->stop();
    feed->timer.cancel();
  }
  if (running_ == 0 && on_ended_) std::exchange(on_ended_, nullptr)();
}

void FeedLoop::ended(Feed& feed) {
  --running_;
  if (feed.removed) {
    feeds_.erase(
        std::find_if(feeds_.begin(), feeds_.end(), [&](const std::unique_ptr<Feed>& f) { return f.get() == &feed; }));
  }
  if (running_ == 0 && stopping_ && on_ended_) std::exchange(on_ended_, nullptr)();
}

std::vector<SourceReport> FeedLoop::reports() const {
  const MutexLock lock(mutex_);
  std::vector<SourceReport> all;
  all.reserve(listed_.size());
  for (const SourceHealth* health : listed_) all.push_back(health->report());
  return all;
}

asio::awaitable<void> FeedLoop::run(Feed& feed) {
  TimePoint next = feed.state->first_poll(wall_now(), jitter());
  while (goes_on(feed) && next != TimePoint::max()) {
    co_await sleep_until(feed, next);
    co_await wait_for_host(feed);
    if (feed.next) {
      begin_again(feed);
      next = feed.state->first_poll(wall_now(), jitter());
    } else if (goes_on(feed)) {
      next = co_await poll(feed);
    }
  }
}

/// Until it is this feed's turn at its host, which may be held while it waits.
asio::awaitable<void> FeedLoop::wait_for_host(Feed& feed) {
  const std::string host = notation::url_host(feed.state->address());
  bool told = false;
  while (goes_on(feed) && !feed.next) {
    const TimePoint held = spacing_.held_until(host, wall_now());
    if (held > wall_now() && !std::exchange(told, true)) {
      parts_.log->info("feed {}: waits until {}, as its host asked for fewer requests", feed.options.name,
                       notation::format_rfc3339(held));
      feed.health.update([held](SourceReport& source) { source.next_poll = held; });
    }
    co_await sleep_until(feed, spacing_.reserve(host, wall_now(), feed.options.host_spacing));
    const TimePoint now = wall_now();
    if (spacing_.held_until(host, now) <= now) co_return;
  }
}

/// One fetch and its consequences. Returns when to poll next; TimePoint::max() when the daemon stops.
asio::awaitable<TimePoint> FeedLoop::poll(Feed& feed) {
  feed.health.update([](SourceReport& source) { source.last_attempt = wall_now(); });
  FeedOutcome outcome;
  std::string failure;
  try {
    outcome = co_await fetch(feed);
  } catch (const std::exception& error) {  // out of memory, most likely
    failure = explained(error);
  }
  if (!failure.empty()) outcome = feed.state->on_failure("internal", failure, wall_now(), jitter());
  if (!goes_on(feed)) co_return TimePoint::max();
  report(feed, outcome);
  if (outcome.hold) spacing_.hold(*outcome.hold);
  const TimePoint next = outcome.next_poll;
  const bool handed_over = co_await hand_over(feed, outcome);
  co_return handed_over ? next : TimePoint::max();
}

asio::awaitable<FeedOutcome> FeedLoop::fetch(Feed& feed) {
  ClientRequest request = to_client_request(feed.state->next_request(wall_now()), feed.options, parts_.access);
  ClientResult result = co_await feed.client->send(std::move(request));
  if (!result) {
    const ClientError& error = result.error();
    co_return feed.state->on_failure(std::string(to_string(error.kind)), error.message, wall_now(), jitter());
  }
  const TimePoint received_at = parts_.clock ? parts_.clock->now() : wall_now();
  auto response = std::make_shared<ingest::FeedResponse>(to_feed_response(std::move(*result), received_at));
  auto read = [&feed, response, now = wall_now(), spread = jitter()] {
    return feed.state->on_response(*response, now, spread);
  };
  co_return co_await await_call(parser_, read);
}

/// False: the daemon is stopping, and items not taken are fetched again after the next start.
asio::awaitable<bool> FeedLoop::hand_over(Feed& feed, FeedOutcome& outcome) {
  std::vector<Incoming> records;
  for (auto& rejected : outcome.rejected) {
    Incoming incoming;
    incoming.content = DeadLetter{rejected.rejection.pointer,
                                  rejected.rejection.reason,
                                  std::move(rejected.payload),
                                  feed.options.name + " " + rejected.position,
                                  {},
                                  {},
                                  {},
                                  false};
    records.push_back(std::move(incoming));
  }
  for (auto& document : outcome.items) {
    Incoming incoming;
    incoming.content = content_of(std::move(document));
    records.push_back(std::move(incoming));
  }
  if (outcome.state) {
    feed.last_state = *outcome.state;
    if (records.empty()) records.emplace_back();
    records.back().feed_state = std::move(outcome.state);
  }
  for (auto& record : records) {
    if (!co_await push(feed, std::move(record))) co_return false;
  }
  co_return true;
}

asio::awaitable<bool> FeedLoop::push(Feed& feed, Incoming incoming) {
  constexpr milliseconds kFirstWait(5), kLongestWait(100);
  incoming.source_slot = feed.slot;
  incoming.number = feed.next_number;
  incoming.source = feed.options.name;
  milliseconds wait = kFirstWait;
  while (!documents_.try_push(incoming)) {
    if (!goes_on(feed) || documents_.closed()) co_return false;
    boost::system::error_code cancelled;
    feed.timer.expires_after(wait);
    co_await feed.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    wait = std::min(2 * wait, kLongestWait);
  }
  ++feed.next_number;
  co_return true;
}

/// In steps of at most a minute, so that setting the clock does not stop a feed for hours. Ends early for a reload.
asio::awaitable<void> FeedLoop::sleep_until(Feed& feed, TimePoint at) {
  constexpr milliseconds kStep = std::chrono::minutes(1);
  while (goes_on(feed) && !feed.next) {
    const milliseconds left = at - wall_now();
    if (left <= milliseconds(0)) co_return;
    boost::system::error_code cancelled;
    feed.timer.expires_after(std::min(left, kStep));
    co_await feed.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

void FeedLoop::report(Feed& feed, const FeedOutcome& outcome) {
  const TimePoint now = wall_now();
  const std::string& name = feed.options.name;
  feed.health.update([&](SourceReport& source) { note_outcome(source, outcome, now); });
  tell_contact(feed, outcome, now);
  if (!outcome.notice.empty()) parts_.log->warn("feed {}: {}", name, outcome.notice);
  if (outcome.kind == FeedOutcome::Kind::read || outcome.kind == FeedOutcome::Kind::unchanged) {
    metrics_.source_succeeded(name, now);
    if (feed.outage.recovered()) {
      log_with(*parts_.log, spdlog::level::info, {{"event", "source.recovered"}, {"source", name}},
               fmt::format("feed {}: answers again", name));
    }
    feed.last_error.clear();
  } else {
    metrics_.count_source_error(name, outcome.error_kind);
    const std::string error = outcome.error_kind + ": " + outcome.error;
    const bool another = outcome.error_kind != feed.last_error.substr(0, feed.last_error.find(':'));
    const bool news = feed.outage.failed(now) || another;
    const auto wait = std::chrono::ceil<std::chrono::seconds>(outcome.next_poll - now).count();
    if (outcome.kind == FeedOutcome::Kind::gone) {
      parts_.log->error("feed {}: {}", name, error);
    } else {
      const auto failures = feed.outage.failures();
      const auto how_long = failures < 2
                                ? std::string()
                                : fmt::format(" ({} failures in {} minutes)", failures, feed.outage.lasts(now).count());
      log_with(*parts_.log, news ? spdlog::level::warn : spdlog::level::debug,
               {{"event", "source.failing"}, {"source", name}, {"failures", static_cast<std::int64_t>(failures)}},
               fmt::format("feed {}: {}; next attempt in {} s{}", name, error, wait, how_long));
    }
    feed.last_error = error;
  }
  if (outcome.kind == FeedOutcome::Kind::read) {
    parts_.log->debug("feed {}: {} new or changed, {} rejected", name, outcome.items.size(), outcome.rejected.size());
  }
  const std::vector<std::string> warnings = describe_warnings(outcome.warnings);
  for (const std::string& warning : warnings) {
    const std::string kind = warning.substr(0, warning.find(" ("));  // a new count alone is not news
    const bool known = std::any_of(feed.last_warnings.begin(), feed.last_warnings.end(),
                                   [&](const std::string& old) { return old.substr(0, old.find(" (")) == kind; });
    if (!known) parts_.log->warn("feed {}: {}", name, warning);
  }
  if (outcome.kind == FeedOutcome::Kind::read) feed.last_warnings = warnings;
}

/// Covered until the next poll ends, and for one more interval: items missed by a single failed poll are still listed
/// at the next.
void FeedLoop::tell_contact(const Feed& feed, const FeedOutcome& outcome, TimePoint now) {
  if (!parts_.contacts) return;
  const std::string& name = feed.options.name;
  if (outcome.kind == FeedOutcome::Kind::read || outcome.kind == FeedOutcome::Kind::unchanged) {
    parts_.contacts->heard(name, now, (outcome.next_poll - now) + feed.options.interval + feed.options.timeout);
  } else {
    parts_.contacts->failed(name, now, outcome.error_kind + ": " + outcome.error);
  }
}

}  // namespace tapewatch
