#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "config/config.hpp"
#include "daemon/commands/online/online_item.hpp"

namespace tapewatch {

struct OnlineTry {
  std::string thing;  ///< what fails if an exception ends the try
  std::function<OnlineItem()> run;
};

/// Tries everything outside the process that a configuration needs: brokers, feeds, the proxy, webhooks, the disk. Each
/// takes `options.timeout` at most, `options.most_at_once` at a time; an exception fails its thing. A line each, in the
/// configuration's order: "ok: thing: what it is like", "failed: thing: why, and what mends it". Returns whether all
/// were fine.
bool check_online(const config::Config& config, const OnlineOptions& options, std::ostream& out);

/// The results of the tries, in their order.
std::vector<OnlineItem> try_all(const std::vector<OnlineTry>& tries, std::size_t most_at_once);

}  // namespace tapewatch
