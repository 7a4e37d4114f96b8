// Tested by tests/e2e/demo/demo_test.py
#include "daemon/commands/demo/demo_receiver.hpp"

#include <openssl/rand.h>

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json.hpp>
#include <stdexcept>
#include <thread>

#include "alerts/delivery/signature.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "config/notation/base64.hpp"
#include "config/notation/json_writer.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/server/auth.hpp"
#include "daemon/server/server.hpp"

namespace tapewatch {
namespace {

ReceivedWebhook read_webhook(const alerts::WebhookSecret& secret, const ApiRequest& request) {
  ReceivedWebhook received;
  received.id = std::string(request.header("webhook-id"));
  received.body = request.body;
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(request.now.time_since_epoch()).count();
  received.signature_ok = alerts::verify(std::span(&secret, 1), received.id, request.header("webhook-timestamp"),
                                         request.header("webhook-signature"), request.body, now);
  boost::system::error_code error;
  const auto value = boost::json::parse(request.body, error);
  if (error || !value.is_object()) return received;
  const auto& message = value.as_object();
  if (const auto* type = message.if_contains("type"); type && type->is_string()) {
    received.type = type->as_string().c_str();
  }
  if (const auto* data = message.if_contains("data"); data && data->is_object()) {
    const auto* summary = data->as_object().if_contains("summary");
    if (summary && summary->is_string()) received.summary = summary->as_string().c_str();
  }
  return received;
}

}  // namespace

alerts::WebhookSecret new_webhook_secret() {
  std::array<unsigned char, 32> key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
    throw std::runtime_error("no random bytes are available");
  }
  return alerts::WebhookSecret::parse("whsec_" + notation::base64(key)).value();
}

struct DemoReceiver::Impl {
  Impl(alerts::WebhookSecret webhook_secret, std::function<void(const ReceivedWebhook&)> callback)
      : secret(std::move(webhook_secret)), on_received(std::move(callback)) {}

  alerts::WebhookSecret secret;
  std::function<void(const ReceivedWebhook&)> on_received;
  boost::asio::io_context io{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{io.get_executor()};
  Router router;
  Authenticator auth;
  Metrics metrics{TAPEWATCH_VERSION, "none"};
  std::unique_ptr<HttpServer> server;
  std::thread thread;
};

DemoReceiver::DemoReceiver(alerts::WebhookSecret secret, std::function<void(const ReceivedWebhook&)> on_received)
    : impl_(std::make_unique<Impl>(std::move(secret), std::move(on_received))) {
  auto* impl = impl_.get();
  impl->router.add(
      {"POST", "/hook", Access::open, QueryHandler{[impl](const ApiRequest& request) {
         const auto received = read_webhook(impl->secret, request);
         impl->on_received(received);
         ApiResponse response;
         response.status = received.signature_ok ? 200 : 401;
         response.body =
             notation::JsonWriter().begin_object().field("received", received.signature_ok).end_object().take();
         return response;
       }},
       alerts::kMaxWebhookBytes});
  ServerOptions options;
  options.listen = {"127.0.0.1:0"};
  options.query_threads = 1;
  impl->server =
      std::make_unique<HttpServer>(impl->io, options, impl->router, impl->auth, impl->metrics, silent_logger());
  impl->server->start();
  impl->thread = std::thread([impl] { impl->io.run(); });
}

DemoReceiver::~DemoReceiver() {
  impl_->server->stop_and_wait(std::chrono::seconds(1));
  impl_->work.reset();
  impl_->io.stop();
  impl_->thread.join();
}

std::string DemoReceiver::url() const {
  return "http://127.0.0.1:" + std::to_string(impl_->server->ports().at(0)) + "/hook";
}

}  // namespace tapewatch
