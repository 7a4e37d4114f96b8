#include "daemon/pipeline/delivery/webhook_loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>

#include "alerts/delivery/signature.hpp"
#include "config/notation/url.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/observe/outage.hpp"
#include "daemon/pipeline/await_call.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writing/mapping.hpp"

namespace tapewatch {
namespace asio = boost::asio;

struct WebhookLoop::Endpoint {
  Endpoint(alerts::WebhookOptions webhook_options, asio::io_context& io)
      : options(std::move(webhook_options)), timer(io) {}
  const alerts::WebhookOptions options;
  asio::steady_timer timer;
  bool work_waiting = true;  // a commit happened since the outbox was last read
  Outage outage;
};

WebhookLoop::WebhookLoop(asio::io_context& io, WebhookLoopOptions options, std::vector<alerts::WebhookOptions> webhooks,
                         WriterQueue& writer, CommitNotifier& notifier, Metrics& metrics,
                         std::shared_ptr<spdlog::logger> log)
    : io_(io),
      options_(std::move(options)),
      writer_(writer),
      notifier_(notifier),
      metrics_(metrics),
      log_(std::move(log)),
      client_(io.get_executor(), ClientOptions{}),
      reader_(storage::Connection::open_reader(options_.database, options_.storage)) {
  for (auto& webhook : webhooks) endpoints_.push_back(std::make_unique<Endpoint>(std::move(webhook), io));
  say_what_is_off();
}

void WebhookLoop::say_what_is_off() {
  for (const auto& endpoint : endpoints_) {
    const auto& name = endpoint->options.name;
    for (const auto* outcome : {"delivered", "retried", "exhausted", "disabled"}) {
      metrics_.count_delivery(name, outcome, 0);
    }
    if (const auto reason = storage::Outbox(reader_).disabled_reason(name)) {
      log_->warn("webhook {}: is switched off ({}) and receives nothing until POST /v1/webhooks/{}/enable", name,
                 *reason, name);
    }
  }
}

WebhookLoop::~WebhookLoop() {
  if (subscription_ != 0) notifier_.unsubscribe(subscription_);
  reader_thread_.join();
}

void WebhookLoop::start() {
  subscription_ = notifier_.subscribe([this] {
    asio::post(io_, [this] {
      for (auto& endpoint : endpoints_) {
        endpoint->work_waiting = true;
        endpoint->timer.cancel();
      }
    });
  });
  running_ = endpoints_.size();
  for (auto& endpoint : endpoints_) {
    asio::co_spawn(io_, run(*endpoint), [this](std::exception_ptr error) {
      try {
        if (error) std::rethrow_exception(error);
      } catch (const std::exception& failure) {
        log_->critical("a webhook's delivery stopped unexpectedly: {}", failure.what());
      }
      ended();
    });
  }
}

void WebhookLoop::stop(std::function<void()> done) {
  stopping_ = true;
  on_ended_ = std::move(done);
  if (subscription_ != 0) notifier_.unsubscribe(std::exchange(subscription_, 0));
  client_.stop();
  for (auto& endpoint : endpoints_) endpoint->timer.cancel();
  if (running_ == 0 && on_ended_) std::exchange(on_ended_, nullptr)();
}

void WebhookLoop::ended() {
  --running_;
  if (running_ == 0 && stopping_ && on_ended_) std::exchange(on_ended_, nullptr)();
}

asio::awaitable<void> WebhookLoop::run(Endpoint& endpoint) {
  while (!stopping_) {
    bool failed = false;
    std::string why;
    try {
      co_await deliver_due(endpoint);
    } catch (const std::exception& error) {
      failed = true;
      why = error.what();
    }
    if (failed && !stopping_) log_->error("webhook {}: nothing is delivered now: {}", endpoint.options.name, why);
    if (failed) endpoint.work_waiting = false;
    co_await rest(endpoint);
  }
}

asio::awaitable<void> WebhookLoop::deliver_due(Endpoint& endpoint) {
  while (!stopping_) {
    endpoint.work_waiting = false;
    const std::string name = endpoint.options.name;
    const std::size_t page = options_.page;
    auto read = [this, name, page] { return storage::Outbox(reader_).due(name, wall_now(), page); };
    const std::vector<storage::OutboxRow> due = co_await await_call(reader_thread_, read);
    if (due.empty()) co_return;
    for (const auto& row : due) {
      if (stopping_) co_return;
      const bool recorded = co_await deliver(endpoint, row);
      // Without a receipt the message is still due: leave it to the next round rather than hammer the receiver.
      if (!recorded) co_return;
    }
  }
}

namespace {

/// The result of an attempt, in the policy's terms.
alerts::AttemptResult attempt_result(const ClientResult& result) {
  alerts::AttemptResult attempt;
  if (result.has_value()) {
    attempt.status = result->status;
    attempt.retry_after = std::string(find_header(result->headers, "Retry-After"));
  } else {
    attempt.transport_error = std::string(to_string(result.error().kind)) + ": " + result.error().message;
  }
  return attempt;
}

}  // namespace

asio::awaitable<bool> WebhookLoop::deliver(Endpoint& endpoint, const storage::OutboxRow& row) {
  const auto& webhook = endpoint.options;
  const TimePoint started = wall_now();
  const auto unix_seconds = std::chrono::duration_cast<std::chrono::seconds>(started.time_since_epoch()).count();
  ClientRequest request("POST", webhook.url);
  request.headers.emplace_back("Content-Type", "application/json");
  request.headers.emplace_back("webhook-id", row.message.id);
  request.headers.emplace_back("webhook-timestamp", std::to_string(unix_seconds));
  if (!webhook.secrets.empty()) {
    request.headers.emplace_back("webhook-signature",
                                 alerts::sign(webhook.secrets, row.message.id, unix_seconds, row.message.body));
  }
  request.body = row.message.body;
  request.deadline = webhook.timeout;
  request.max_response_bytes = webhook.max_response_bytes;
  request.status_only = true;
  request.proxy = options_.proxy;
  if (webhook.proxy) request.proxy.url = *webhook.proxy;
  const ClientResult result = co_await client_.send(std::move(request));
  if (stopping_ && !result.has_value()) co_return false;  // aborted by us: not the receiver's failure

  const TimePoint now = wall_now();
  const auto answer = attempt_result(result);
  const auto jitter = std::uniform_real_distribution<double>(0.0, 1.0)(jitter_);
  const auto decision =
      alerts::decide(answer, row.attempts + 1, row.first_attempt_at.value_or(started), now, jitter, options_.limits);
  storage::Attempt attempt;
  attempt.at = started;
  attempt.status = static_cast<int>(answer.status);
  attempt.outcome = std::string(alerts::to_string(decision.outcome));
  if (decision.outcome != alerts::DeliveryOutcome::delivered) attempt.error = decision.reason;
  attempt.next_attempt_at = decision.retry_at;
  attempt.duration_ms = (now - started).count();

  const std::int64_t number = row.number;
  const std::string name = webhook.name;
  const bool was_failing = endpoint.outage.failures() > 0;
  std::vector<std::string> names;
  for (const auto& other : endpoints_) names.push_back(other->options.name);
  auto write = [number, attempt, name, was_failing, names, context = options_.context](storage::Connection& connection,
                                                                                       TimePoint at) {
    storage::Outbox outbox(connection);
    outbox.record_attempt(number, attempt);
    if (attempt.outcome == "delivered" && was_failing) outbox.flush(name, at);
    if (attempt.outcome != "disabled") return;
    outbox.disable(name, attempt.error, at);
    for (const auto& message : to_disabled_messages(name, attempt.error, names, context, at)) {
      outbox.enqueue(message, at);
    }
  };
  const bool recorded = co_await await_command(writer_, write);

  metrics_.count_delivery(name, decision.outcome == alerts::DeliveryOutcome::retry ? "retried" : attempt.outcome);
  report(endpoint, row, decision, now);
  co_return recorded;
}

void WebhookLoop::report(Endpoint& endpoint, const storage::OutboxRow& row, const alerts::Decision& decision,
                         TimePoint now) {
  const std::string& name = endpoint.options.name;
  switch (decision.outcome) {
    case alerts::DeliveryOutcome::delivered:
      if (endpoint.outage.recovered()) log_->info("webhook {}: delivers again", name);
      return;
    case alerts::DeliveryOutcome::disabled:
      endpoint.outage.recovered();
      log_->error(
          "webhook {}: {} answered {}: it is switched off and receives nothing until POST /v1/webhooks/{}/enable", name,
          notation::url_origin(endpoint.options.url), decision.reason, name);
      return;
    case alerts::DeliveryOutcome::exhausted:
      log_->error("webhook {}: {} {} is given up ({}); POST /v1/deliveries/{}/retry sends it again", name,
                  row.message.type, row.message.id, decision.reason, row.number);
      return;
    case alerts::DeliveryOutcome::retry:
      break;
  }
  if (!endpoint.outage.failed(now)) return;
  const auto failures = endpoint.outage.failures();
  log_->warn("webhook {}: {} {} failed ({}); it will be tried again{}", name,
             notation::url_origin(endpoint.options.url), row.message.type, decision.reason,
             failures == 1 ? std::string()
                           : fmt::format(" ({} failures in {} minutes)", failures, endpoint.outage.lasts(now).count()));
}

asio::awaitable<void> WebhookLoop::rest(Endpoint& endpoint) {
  if (stopping_ || endpoint.work_waiting) co_return;
  const std::string name = endpoint.options.name;
  auto wait = options_.look_every;
  bool known = true;
  try {
    auto read = [this, name] { return storage::Outbox(reader_).next_due(name); };
    const std::optional<TimePoint> next = co_await await_call(reader_thread_, read);
    if (next) wait = std::clamp<std::chrono::milliseconds>(*next - wall_now(), std::chrono::milliseconds(10), wait);
  } catch (const std::exception&) {
    known = false;  // run() reports it when it reads the outbox itself
  }
  if (stopping_ || (known && endpoint.work_waiting)) co_return;
  endpoint.timer.expires_after(wait);
  boost::system::error_code cancelled;
  co_await endpoint.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace tapewatch
