#pragma once
#include "alerts/formats/message_format.hpp"

namespace tapewatch::alerts {

/// The contract's own body: what stands in the outbox, one message a request.
class TapewatchFormat final : public MessageFormat {
 public:
  std::string render(std::span<const std::string> bodies, const RenderContext&) const override {
    return bodies.front();
  }
};

}  // namespace tapewatch::alerts
