#pragma once

#include <spdlog/logger.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "alerts/delivery/delivery_policy.hpp"
#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "daemon/client/client.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/delivery/webhook_endpoint.hpp"
#include "daemon/pipeline/failpoint.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/pipeline/writing/commit_notifier.hpp"
#include "storage/alert/outbox.hpp"

namespace tapewatch {

struct WebhookLoopOptions {
  std::string database;  ///< read through its own connection
  storage::StorageOptions storage;
  alerts::DeliveryLimits limits;
  alerts::MessageContext context;                  ///< of messages about the webhooks themselves
  ProxyOptions proxy;                              ///< of webhooks that name none
  std::chrono::milliseconds look_every{5'000};     ///< longest wait before the outbox is read again
  std::chrono::milliseconds repeat_every{60'000};  ///< what fires, for receivers that forget it
  std::size_t repeat_page = 1'000;                 ///< alerts that are read at once, to be sent again
  Failpoint failpoint;                             ///< counts attempts
};

/// Delivers the messages in the outbox: one coroutine per endpoint and one per message in flight, on the io thread.
///
/// A message is read (on its own thread, since SQL blocks), signed for this attempt and sent, and its receipt goes
/// through the writer's queue; the alert's next message begins only after that commit. So a message is sent at least
/// once, with one id across its retries; a crash between the response and the receipt sends it again. Messages are
/// ordered per alert and endpoint (the outbox returns only the head); one alert's retries do not delay another's, and
/// several alerts are in flight at a time, as fast as the endpoint takes them (alerts::EndpointPace). Where its format
/// has room for several alerts in a message, what is due goes into one request.
class WebhookLoop {
 public:
  WebhookLoop(boost::asio::io_context& io, WebhookLoopOptions options, std::vector<alerts::WebhookOptions> webhooks,
              WriterQueue& writer, CommitNotifier& notifier, Metrics& metrics, std::shared_ptr<spdlog::logger> log);
  ~WebhookLoop();
  WebhookLoop(const WebhookLoop&) = delete;
  WebhookLoop& operator=(const WebhookLoop&) = delete;

  /// Sets the start of links once the listening port is known. Call before start().
  void set_external_url(std::string url) { options_.context.external_url = std::move(url); }

  /// Io thread.
  void start();
  /// A reload: from now on these are the webhooks. What is pending for one that is gone stays in the outbox. `changed`:
  /// names of those to begin anew with. Io thread, between start() and stop().
  void replace(std::vector<alerts::WebhookOptions> webhooks, const std::vector<std::string>& changed,
               const std::string& config_version);
  /// Ends every endpoint: attempts in flight are aborted and retried after the next start. `done` is called on the io
  /// thread once all coroutines have returned. Io thread.
  void stop(std::function<void()> done);

 private:
  boost::asio::awaitable<void> run(WebhookEndpoint& endpoint);
  boost::asio::awaitable<void> send_due(WebhookEndpoint& endpoint);
  using Rows = std::vector<storage::OutboxRow>;
  boost::asio::awaitable<std::vector<Rows>> next_messages(WebhookEndpoint& endpoint);
  boost::asio::awaitable<void> attempt(WebhookEndpoint& endpoint, Rows rows);
  boost::asio::awaitable<void> attempt_each(WebhookEndpoint& endpoint, Rows rows);
  boost::asio::awaitable<alerts::AttemptResult> send(WebhookEndpoint& endpoint, const std::string& id,
                                                     std::vector<std::string> bodies);
  boost::asio::awaitable<bool> keep_receipts(WebhookEndpoint& endpoint, const Rows& rows,
                                             const std::vector<storage::Attempt>& receipts);
  boost::asio::awaitable<void> repeat(WebhookEndpoint& endpoint);
  boost::asio::awaitable<void> send_again(WebhookEndpoint& endpoint, std::vector<storage::ActiveMessage> messages);
  boost::asio::awaitable<void> rest(WebhookEndpoint& endpoint);
  static bool is_time_to_repeat(const WebhookEndpoint& endpoint);
  void tell_repeated(WebhookEndpoint& endpoint, const alerts::Decision& decision);
  void start(WebhookEndpoint& endpoint, std::vector<std::int64_t> numbers, boost::asio::awaitable<void> request);
  void ended();
  void note_fallbacks();
  WebhookEndpoint& add(alerts::WebhookOptions webhook);
  void begin(WebhookEndpoint& endpoint);
  std::shared_ptr<HttpClient> client_of(const alerts::WebhookOptions& webhook);

  boost::asio::io_context& io_;
  WebhookLoopOptions options_;
  WriterQueue& writer_;
  CommitNotifier& notifier_;
  Metrics& metrics_;
  const std::shared_ptr<spdlog::logger> log_;
  const std::shared_ptr<HttpClient> client_;  // of the endpoints that trust the system's authorities
  boost::asio::thread_pool reader_thread_{1};
  storage::Connection reader_;  // used on reader_thread_ only
  std::vector<std::unique_ptr<WebhookEndpoint>> endpoints_;
  std::map<std::string, std::string> off_;  // at the start: webhooks that are switched off, and their fallbacks
  std::mt19937 jitter_{std::random_device{}()};
  std::uint64_t subscription_ = 0;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::function<void()> on_ended_;
};

}  // namespace tapewatch
