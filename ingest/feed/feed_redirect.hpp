#pragma once

#include <boost/json/fwd.hpp>
#include <chrono>
#include <string>

#include "ingest/document/document.hpp"

namespace tapewatch::ingest {

/// Remembers where a feed has moved to. A permanent redirect is followed at once but adopted only after it has pointed
/// to the same place for a week: publishers (and captive portals) announce such moves by mistake.
class FeedRedirect {
 public:
  /// The address to fetch: the adopted one, else the configured one.
  const std::string& address(const std::string& configured) const { return adopted_.empty() ? configured : adopted_; }
  const std::string& adopted() const { return adopted_; }

  /// Records a good response. `moved_to`: the end of its chain of permanent redirects, empty when there was none. True
  /// when the new address has just been adopted.
  bool on_success(const std::string& moved_to, TimePoint now, std::chrono::milliseconds believe_after);
  /// Back to the configured address: the adopted one has stopped working.
  void forget();

  boost::json::object to_json() const;
  void load(const boost::json::object& saved);

 private:
  std::string announced_, adopted_;
  TimePoint since_{};  // of `announced_`
};

}  // namespace tapewatch::ingest
