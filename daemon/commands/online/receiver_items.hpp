#pragma once

#include <string>

#include "alerts/delivery/webhook_options.hpp"
#include "alerts/formats/webhook_message.hpp"
#include "daemon/commands/online/online_item.hpp"

namespace tapewatch {

/// Whether a webhook's receiver can be connected to and its certificate is good; with `options.test_webhooks` whether
/// it takes the test event, which is the one of POST /v1/webhooks/{name}/test. Blocks for the time-out; any thread.
OnlineItem webhook_item(const alerts::WebhookOptions& webhook, const ProxyOptions& proxy,
                        const alerts::MessageContext& context, const OnlineOptions& options);

/// Whether a proxy answers. Blocks for the time-out; any thread.
OnlineItem proxy_item(const std::string& url, const OnlineOptions& options);

}  // namespace tapewatch
