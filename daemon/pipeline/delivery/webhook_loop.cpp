#include "daemon/pipeline/delivery/webhook_loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <set>

#include "alerts/delivery/endpoint_pace.hpp"
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
  Endpoint(alerts::WebhookOptions webhook_options, const alerts::DeliveryLimits& limits, asio::io_context& io)
      : options(std::move(webhook_options)), timer(io), pace(pace_limits(options, limits)) {}

  static alerts::PaceLimits pace_limits(const alerts::WebhookOptions& webhook, const alerts::DeliveryLimits& limits) {
    alerts::PaceLimits pace;
    pace.max_in_flight = webhook.max_in_flight;
    pace.max_hold = limits.max_retry_after;
    return pace;
  }
  /// Ends the wait of the endpoint's coroutine: there may be something to do.
  void wake() {
    work_waiting = true;
    timer.cancel();
  }

  const alerts::WebhookOptions options;
  asio::steady_timer timer;
  bool work_waiting = true;  // something happened since the outbox was last read
  bool unrecorded = false;   // a receipt was not committed: its message is due still
  bool said_off = false;     // the log has it that the endpoint is switched off
  std::set<std::int64_t> in_flight;
  alerts::EndpointPace pace;
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
  for (auto& webhook : webhooks) {
    endpoints_.push_back(std::make_unique<Endpoint>(std::move(webhook), options_.limits, io));
  }
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
      for (auto& endpoint : endpoints_) endpoint->wake();
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
      co_await send_due(endpoint);
    } catch (const std::exception& error) {
      failed = true;
      why = error.what();
    }
    if (failed && !stopping_) log_->error("webhook {}: nothing is delivered now: {}", endpoint.options.name, why);
    if (failed) endpoint.work_waiting = false;
    co_await rest(endpoint);
  }
}

asio::awaitable<void> WebhookLoop::send_due(Endpoint& endpoint) {
  while (!stopping_) {
    endpoint.work_waiting = false;
    // Without a receipt the message is still due: it is left to the next round rather than sent again at once.
    if (std::exchange(endpoint.unrecorded, false)) co_return;
    // A message is read when it can be sent, so that one which has been replaced meanwhile is never sent.
    std::vector<storage::OutboxRow> rows = co_await next_messages(endpoint);
    if (rows.empty() || stopping_) co_return;
    for (auto& row : rows) begin(endpoint, std::move(row));
  }
}

asio::awaitable<std::vector<storage::OutboxRow>> WebhookLoop::next_messages(Endpoint& endpoint) {
  const std::size_t room = endpoint.pace.room(endpoint.in_flight.size(), std::chrono::steady_clock::now());
  if (room == 0) co_return std::vector<storage::OutboxRow>();
  // Those in flight are pending until their receipts are committed.
  auto read = [this, name = endpoint.options.name, page = room + endpoint.in_flight.size()] {
    return storage::Outbox(reader_).due(name, wall_now(), page);
  };
  std::vector<storage::OutboxRow> rows = co_await await_call(reader_thread_, read);
  std::erase_if(rows, [&](const auto& row) { return endpoint.in_flight.contains(row.number); });
  if (rows.size() > room) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(room), rows.end());
  co_return rows;
}

void WebhookLoop::begin(Endpoint& endpoint, storage::OutboxRow row) {
  const std::int64_t number = row.number;
  endpoint.in_flight.insert(number);
  endpoint.pace.sent(std::chrono::steady_clock::now());
  ++running_;
  asio::co_spawn(io_, attempt(endpoint, std::move(row)), [this, &endpoint, number](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      endpoint.unrecorded = true;
      log_->error("webhook {}: an attempt ended unexpectedly: {}", endpoint.options.name, failure.what());
    }
    endpoint.in_flight.erase(number);
    endpoint.wake();
    ended();
  });
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

ClientRequest WebhookLoop::signed_request(const alerts::WebhookOptions& webhook, const storage::OutboxRow& row,
                                          TimePoint now) const {
  const auto unix_seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
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
  return request;
}

namespace {

void teach(alerts::EndpointPace& pace, const alerts::AttemptResult& answer, const alerts::Decision& decision) {
  const auto now = std::chrono::steady_clock::now();
  if (decision.outcome == alerts::DeliveryOutcome::delivered) return pace.accepted();
  if (answer.status == 429) return pace.refused(now, decision.retry_after);
  if (decision.retry_after) return pace.away(now, *decision.retry_after);
  pace.failed();
}

}  // namespace

asio::awaitable<void> WebhookLoop::attempt(Endpoint& endpoint, storage::OutboxRow row) {
  const TimePoint started = wall_now();
  ClientRequest request = signed_request(endpoint.options, row, started);
  const ClientResult result = co_await client_.send(std::move(request));
  if (stopping_ && !result.has_value()) co_return;  // aborted by us: not the receiver's failure

  const TimePoint now = wall_now();
  const auto answer = attempt_result(result);
  const auto jitter = std::uniform_real_distribution<double>(0.0, 1.0)(jitter_);
  const auto decision =
      alerts::decide(answer, row.attempts + 1, row.first_attempt_at.value_or(started), now, jitter, options_.limits);
  teach(endpoint.pace, answer, decision);
  storage::Attempt receipt;
  receipt.at = started;
  receipt.status = static_cast<int>(answer.status);
  receipt.outcome = std::string(alerts::to_string(decision.outcome));
  if (decision.outcome != alerts::DeliveryOutcome::delivered) receipt.error = decision.reason;
  receipt.next_attempt_at = decision.retry_at;
  receipt.duration_ms = (now - started).count();
  if (!co_await keep_receipt(endpoint, row, receipt)) endpoint.unrecorded = true;
  metrics_.count_delivery(endpoint.options.name,
                          decision.outcome == alerts::DeliveryOutcome::retry ? "retried" : receipt.outcome);
  report(endpoint, row, decision, receipt);
}

asio::awaitable<bool> WebhookLoop::keep_receipt(Endpoint& endpoint, const storage::OutboxRow& row,
                                                const storage::Attempt& receipt) {
  // What waits after failures is due as soon as one message succeeds; a time that the endpoint named still holds.
  const bool recovered = endpoint.outage.failures() > 0 && !endpoint.pace.is_held(std::chrono::steady_clock::now());
  std::vector<std::string> names;
  names.reserve(endpoints_.size());
  for (const auto& other : endpoints_) names.push_back(other->options.name);
  auto write = [number = row.number, receipt, name = endpoint.options.name, recovered, names,
                context = options_.context](storage::Connection& connection, TimePoint at) {
    storage::Outbox outbox(connection);
    outbox.record_attempt(number, receipt);
    if (receipt.outcome == "delivered" && recovered) outbox.flush(name, at);
    // Of several in flight the first 410 tells the others.
    if (receipt.outcome != "disabled" || outbox.disabled_reason(name)) return;
    outbox.disable(name, receipt.error, at);
    for (const auto& message : to_disabled_messages(name, receipt.error, names, context, at)) {
      outbox.enqueue(message, at);
    }
  };
  co_return co_await await_command(writer_, write);
}

void WebhookLoop::report(Endpoint& endpoint, const storage::OutboxRow& row, const alerts::Decision& decision,
                         const storage::Attempt& receipt) {
  const std::string& name = endpoint.options.name;
  switch (decision.outcome) {
    case alerts::DeliveryOutcome::delivered:
      endpoint.said_off = false;
      if (endpoint.outage.recovered()) log_->info("webhook {}: delivers again", name);
      log_->info("webhook {}: {} of {} delivered (attempt {}, {} ms)", name, row.message.type,
                 row.message.alert_id.empty() ? row.message.id : "alert " + row.message.alert_id, row.attempts + 1,
                 receipt.duration_ms);
      return;
    case alerts::DeliveryOutcome::disabled:
      endpoint.outage.recovered();
      if (std::exchange(endpoint.said_off, true)) return;
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
  const TimePoint now = receipt.at + std::chrono::milliseconds(receipt.duration_ms);
  if (!endpoint.outage.failed(now)) return;
  const auto failures = endpoint.outage.failures();
  log_->warn("webhook {}: {} {} failed ({}); it will be tried again{}", name,
             notation::url_origin(endpoint.options.url), row.message.type, decision.reason,
             failures == 1 ? std::string()
                           : fmt::format(" ({} failures in {} minutes)", failures, endpoint.outage.lasts(now).count()));
}

asio::awaitable<void> WebhookLoop::rest(Endpoint& endpoint) {
  if (stopping_ || endpoint.work_waiting) co_return;
  auto wait = options_.look_every;
  const auto steady = std::chrono::steady_clock::now();
  const auto allowed = std::chrono::ceil<std::chrono::milliseconds>(endpoint.pace.next(steady) - steady);
  const bool full = endpoint.pace.room(endpoint.in_flight.size(), endpoint.pace.next(steady)) == 0;
  bool known = true;
  try {
    auto read = [this, name = endpoint.options.name] { return storage::Outbox(reader_).next_due(name); };
    const std::optional<TimePoint> next = full ? std::nullopt : co_await await_call(reader_thread_, read);
    if (next) wait = std::clamp<std::chrono::milliseconds>(*next - wall_now(), std::chrono::milliseconds(10), wait);
  } catch (const std::exception&) {
    known = false;  // run() reports it when it reads the outbox itself
  }
  if (stopping_ || (known && endpoint.work_waiting)) co_return;
  endpoint.timer.expires_after(std::max(wait, allowed));
  boost::system::error_code cancelled;
  co_await endpoint.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace tapewatch
