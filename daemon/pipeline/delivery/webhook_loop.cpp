#include "daemon/pipeline/delivery/webhook_loop.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>

#include "daemon/observe/log.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/pipeline/await_call.hpp"
#include "daemon/pipeline/delivery/delivery_log.hpp"
#include "daemon/pipeline/delivery/service_messages.hpp"
#include "daemon/pipeline/delivery/webhook_request.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/writing/mapping.hpp"

namespace tapewatch {
namespace asio = boost::asio;

WebhookLoop::WebhookLoop(asio::io_context& io, WebhookLoopOptions options, std::vector<alerts::WebhookOptions> webhooks,
                         WriterQueue& writer, CommitNotifier& notifier, Metrics& metrics,
                         std::shared_ptr<spdlog::logger> log)
    : io_(io),
      options_(std::move(options)),
      writer_(writer),
      notifier_(notifier),
      metrics_(metrics),
      log_(std::move(log)),
      client_(std::make_shared<HttpClient>(io.get_executor(), ClientOptions{})),
      reader_(storage::Connection::open_reader(options_.database, options_.storage)) {
  for (auto& webhook : webhooks) {
    const alerts::WebhookOptions& added = add(std::move(webhook)).options;
    if (const auto reason = storage::Outbox(reader_).disabled_reason(added.name)) {
      log_->warn("webhook {}: is switched off ({}) and receives nothing until POST /v1/webhooks/{}/enable", added.name,
                 *reason, added.name);
      off_.emplace(added.name, added.fallback);
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
  note_fallbacks();
  for (auto& endpoint : endpoints_) begin(*endpoint);
}

void WebhookLoop::stop(std::function<void()> done) {
  stopping_ = true;
  on_ended_ = std::move(done);
  if (subscription_ != 0) notifier_.unsubscribe(std::exchange(subscription_, 0));
  for (auto& endpoint : endpoints_) endpoint->stop();
  if (running_ == 0 && on_ended_) std::exchange(on_ended_, nullptr)();
}

void WebhookLoop::ended() {
  --running_;
  if (running_ == 0 && stopping_ && on_ended_) std::exchange(on_ended_, nullptr)();
}

asio::awaitable<void> WebhookLoop::run(WebhookEndpoint& endpoint) {
  while (!stopping_) {
    bool failed = false;
    std::string why;
    if (endpoint.removed) endpoint.go_idle();
    try {
      co_await send_due(endpoint);
    } catch (const std::exception& error) {
      failed = true;
      why = explained(error);
    }
    if (failed && !stopping_) log_->error("webhook {}: nothing is delivered now: {}", endpoint.options.name, why);
    if (failed) endpoint.work_waiting = false;
    co_await rest(endpoint);
  }
}

asio::awaitable<void> WebhookLoop::send_due(WebhookEndpoint& endpoint) {
  while (!stopping_ && !endpoint.repeating && !endpoint.removed) {
    endpoint.work_waiting = false;
    // Without a receipt the message is still due: it is left to the next round rather than sent again at once.
    if (std::exchange(endpoint.unrecorded, false)) co_return;
    if (endpoint.requests == 0 && is_time_to_repeat(endpoint)) {
      start(endpoint, {}, repeat(endpoint));
      co_return;
    }
    // A message is read when it can be sent, so that one which has been replaced meanwhile is never sent.
    std::vector<Rows> requests = co_await next_messages(endpoint);
    if (requests.empty() || stopping_ || endpoint.removed) co_return;
    for (auto& rows : requests) {
      std::vector<std::int64_t> numbers;
      numbers.reserve(rows.size());
      for (const auto& row : rows) numbers.push_back(row.number);
      start(endpoint, std::move(numbers), attempt(endpoint, std::move(rows)));
    }
  }
}

/// What is due and can be sent now, for each request the messages that go into it.
asio::awaitable<std::vector<WebhookLoop::Rows>> WebhookLoop::next_messages(WebhookEndpoint& endpoint) {
  const std::size_t room = endpoint.pace.room(endpoint.requests, std::chrono::steady_clock::now());
  if (room == 0) co_return std::vector<Rows>();
  // Those in flight are pending until their receipts are committed.
  const std::size_t page = room * endpoint.format->most_at_once() + endpoint.in_flight.size();
  auto read = [this, name = endpoint.options.name, page] {
    return storage::Outbox(reader_).due(name, wall_now(), page);
  };
  endpoint.ended.clear();  // what ends during the read may stand in it as it was before its receipt
  Rows due = co_await await_call(reader_thread_, read);
  const std::size_t at_once = endpoint.format->most_at_once();
  std::vector<Rows> requests;
  for (auto& row : due) {
    if (endpoint.in_flight.contains(row.number) || endpoint.ended.contains(row.number)) continue;
    if (requests.empty() || requests.back().size() == at_once) {
      if (requests.size() == room) break;
      requests.emplace_back();
    }
    requests.back().push_back(std::move(row));
  }
  co_return requests;
}

void WebhookLoop::start(WebhookEndpoint& endpoint, std::vector<std::int64_t> numbers, asio::awaitable<void> request) {
  // One that is off has nothing to send: somebody has enabled it, and its next end is news.
  if (endpoint.requests == 0) endpoint.said_off = false;
  endpoint.in_flight.insert(numbers.begin(), numbers.end());
  endpoint.pace.sent(std::chrono::steady_clock::now());
  ++endpoint.requests;
  ++running_;
  asio::co_spawn(io_, std::move(request), [this, &endpoint, numbers](std::exception_ptr error) {
    try {
      if (error) std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      endpoint.unrecorded = true;
      log_->error("webhook {}: an attempt ended unexpectedly: {}", endpoint.options.name, explained(failure));
    }
    for (const std::int64_t number : numbers) endpoint.in_flight.erase(number);
    endpoint.ended.insert(numbers.begin(), numbers.end());
    endpoint.request_ended();
    endpoint.wake();
    ended();
  });
}

namespace {

void teach(alerts::EndpointPace& pace, const alerts::AttemptResult& answer, const alerts::Decision& decision) {
  const auto now = std::chrono::steady_clock::now();
  if (decision.outcome == alerts::DeliveryOutcome::delivered) return pace.accepted();
  if (answer.status == 429) return pace.refused(now, decision.retry_after);
  if (decision.retry_after) return pace.away(now, *decision.retry_after);
  pace.failed();
}

/// The failure is that of an address which a reload has replaced.
void send_again_at(TimePoint now, alerts::Decision& decision) {
  if (decision.outcome == alerts::DeliveryOutcome::delivered) return;
  decision.outcome = alerts::DeliveryOutcome::retry;
  decision.retry_at = now;
}

storage::Attempt receipt_of(const alerts::AttemptResult& answer, const alerts::Decision& decision, TimePoint started,
                            TimePoint now) {
  storage::Attempt receipt;
  receipt.at = started;
  receipt.status = static_cast<int>(answer.status);
  receipt.outcome = std::string(alerts::to_string(decision.outcome));
  if (decision.outcome != alerts::DeliveryOutcome::delivered) receipt.error = decision.reason;
  receipt.next_attempt_at = decision.retry_at;
  receipt.duration_ms = (now - started).count();
  return receipt;
}

}  // namespace

asio::awaitable<alerts::AttemptResult> WebhookLoop::send(WebhookEndpoint& endpoint, const std::string& id,
                                                         std::vector<std::string> bodies) {
  alerts::AttemptResult answer;
  ClientRequest request;
  const alerts::MessageFormat& format = *endpoint.format;  // a reload may change it while the request runs
  try {
    request = webhook_request(endpoint.options, id, bodies, options_.context, wall_now());
  } catch (const alerts::ToldMessageError& error) {
    answer.transport_error = explained(error);
    answer.refused_for_good = true;
    co_return answer;
  }
  request.proxy = options_.proxy;
  if (endpoint.options.proxy) request.proxy.url = *endpoint.options.proxy;
  HttpClient& client = endpoint.use_client();  // kept until then, whatever a reload does
  const ClientResult result = co_await client.send(std::move(request));
  if (result.has_value() || !stopping_) answer = attempt_result(result, format);
  co_return answer;
}

asio::awaitable<void> WebhookLoop::attempt_each(WebhookEndpoint& endpoint, Rows rows) {
  for (auto& row : rows) {
    Rows one;
    one.push_back(std::move(row));
    co_await attempt(endpoint, std::move(one));
  }
}

asio::awaitable<void> WebhookLoop::attempt(WebhookEndpoint& endpoint, Rows rows) {
  if (rows.size() > endpoint.format->most_at_once()) {  // a reload has changed the format since they were read
    co_await attempt_each(endpoint, std::move(rows));
    co_return;
  }
  const TimePoint started = wall_now();
  const std::size_t generation = endpoint.generation;
  std::vector<std::string> bodies;
  bodies.reserve(rows.size());
  for (const auto& row : rows) bodies.push_back(row.message.body);
  options_.failpoint.pass(Failpoint::Place::before_send);
  const auto answer = co_await send(endpoint, rows.front().message.id, std::move(bodies));
  if (answer.status != 0) options_.failpoint.pass(Failpoint::Place::after_answer);
  if (stopping_ && answer.status == 0) co_return;    // aborted by us: not the receiver's failure
  if (answer.refused_for_good && rows.size() > 1) {  // it may be one of them only
    co_await attempt_each(endpoint, std::move(rows));
    co_return;
  }

  const TimePoint now = wall_now();
  const bool is_replaced = generation != endpoint.generation;
  std::vector<alerts::Decision> decisions;
  std::vector<storage::Attempt> receipts;
  for (const auto& row : rows) {
    const auto jitter = std::uniform_real_distribution<double>(0.0, 1.0)(jitter_);
    decisions.push_back(
        alerts::decide(answer, row.attempts + 1, row.first_attempt_at.value_or(started), now, jitter, options_.limits));
    if (is_replaced) send_again_at(now, decisions.back());
    receipts.push_back(receipt_of(answer, decisions.back(), started, now));
  }
  if (!is_replaced) teach(endpoint.pace, answer, decisions.front());
  if (!co_await keep_receipts(endpoint, rows, receipts)) endpoint.unrecorded = true;
  options_.failpoint.pass(Failpoint::Place::after_receipt);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const bool retried = decisions[i].outcome == alerts::DeliveryOutcome::retry;
    metrics_.count_delivery(endpoint.options.name, retried ? "retried" : receipts[i].outcome);
    log_attempt(*log_, endpoint, rows[i], decisions[i], receipts[i]);
  }
}

asio::awaitable<bool> WebhookLoop::keep_receipts(WebhookEndpoint& endpoint, const Rows& rows,
                                                 const std::vector<storage::Attempt>& receipts) {
  // What waits after failures is due as soon as one message succeeds; a time that the endpoint named still holds.
  const bool recovered = endpoint.outage.failures() > 0 && !endpoint.pace.is_held(std::chrono::steady_clock::now());
  std::vector<std::string> names;
  names.reserve(endpoints_.size());
  for (const auto& other : endpoints_) {
    if (!other->removed) names.push_back(other->options.name);
  }
  std::vector<std::int64_t> numbers;
  numbers.reserve(rows.size());
  for (const auto& row : rows) numbers.push_back(row.number);
  auto write = [numbers, receipts, name = endpoint.options.name, fallback = endpoint.options.fallback, recovered, names,
                context = options_.context](storage::Connection& connection, TimePoint at) {
    storage::Outbox outbox(connection);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      outbox.record_attempt(numbers[i], receipts[i]);
      const bool given_up = receipts[i].outcome == "exhausted" || receipts[i].outcome == "disabled";
      if (given_up && !fallback.empty()) outbox.pass_on(numbers[i], fallback, at);
    }
    const auto& first = receipts.front();
    if (first.outcome == "delivered" && recovered) outbox.flush(name, at);
    // Of several in flight the first 410 tells the others.
    if (first.outcome != "disabled" || outbox.disabled_reason(name)) return;
    outbox.disable(name, first.error, fallback, at);
    for (const auto& message : to_disabled_messages(name, first.error, names, context, at)) outbox.enqueue(message, at);
  };
  co_return co_await await_command(writer_, write);
}

asio::awaitable<void> WebhookLoop::rest(WebhookEndpoint& endpoint) {
  // While it repeats there is nothing to be done, whatever waits: its end wakes the endpoint again.
  if (stopping_ || (endpoint.work_waiting && !endpoint.repeating)) co_return;
  auto wait = options_.look_every;
  const auto steady = std::chrono::steady_clock::now();
  const auto allowed = std::chrono::ceil<std::chrono::milliseconds>(endpoint.pace.next(steady) - steady);
  const bool full =
      endpoint.repeating || endpoint.removed || endpoint.pace.room(endpoint.requests, endpoint.pace.next(steady)) == 0;
  bool known = true;
  try {
    auto read = [this, name = endpoint.options.name] { return storage::Outbox(reader_).next_due(name); };
    const std::optional<TimePoint> next = full ? std::nullopt : co_await await_call(reader_thread_, read);
    if (next) wait = std::clamp<std::chrono::milliseconds>(*next - wall_now(), std::chrono::milliseconds(10), wait);
  } catch (const std::exception&) {
    known = false;  // run() reports it when it reads the outbox itself
  }
  if (stopping_ || (known && endpoint.work_waiting && !endpoint.repeating)) co_return;
  if (endpoint.format->repeats() && endpoint.requests == 0 && !endpoint.removed) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(endpoint.repeat_at - steady);
    wait = std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(10), wait);
  }
  endpoint.timer.expires_after(std::max(wait, allowed));
  boost::system::error_code cancelled;
  co_await endpoint.timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
}

}  // namespace tapewatch
