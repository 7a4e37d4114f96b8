#pragma once
#include "alerts/formats/message_format.hpp"

namespace tapewatch::alerts {

/// Webhooks of Microsoft Teams, as Power Automate's workflows take them: an Adaptive Card 1.4
/// (https://adaptivecards.io/explorer). One card for all alerts of a request.
class TeamsFormat final : public MessageFormat {
 public:
  std::size_t most_at_once() const override { return 10; }
  bool takes(std::string_view event) const override { return event != "updated"; }
  /// Stories, then words and links are left out until the card has less than the 28 kB that Teams takes.
  std::string render(std::span<const std::string> bodies, const RenderContext&) const override;
  bool refuses_for_good(unsigned status) const override { return status == 400 || status == 413; }
};

}  // namespace tapewatch::alerts
