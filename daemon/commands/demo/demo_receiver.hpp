#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "alerts/delivery/webhook_secret_options.hpp"

namespace tapewatch {

/// A fresh Standard Webhooks secret. Throws std::runtime_error.
alerts::WebhookSecret new_webhook_secret();

/// A webhook as received by the demo's own receiver.
struct ReceivedWebhook {
  std::string id, type, summary;
  bool signature_ok = false;
  std::string body;
};

/// The demo's webhook receiver: a real HTTP server on loopback that verifies signatures as a user's receiver would.
/// Runs on its own thread.
class DemoReceiver {
 public:
  /// Binds a free port; throws ListenError. `on_received` is called on a thread of the server.
  DemoReceiver(alerts::WebhookSecret secret, std::function<void(const ReceivedWebhook&)> on_received);
  ~DemoReceiver();
  DemoReceiver(const DemoReceiver&) = delete;
  DemoReceiver& operator=(const DemoReceiver&) = delete;

  std::string url() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tapewatch
