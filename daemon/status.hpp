#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "config/zone_data.hpp"
#include "daemon/api/probes.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/pipeline/periodic_task.hpp"
#include "daemon/pipeline/writing/rule_board.hpp"
#include "storage/connection/connection.hpp"

namespace tapewatch {

/// A loop that the liveness check watches.
struct WatchedLoop {
  std::string name;
  std::function<std::uint64_t()> progress;  ///< increases while the loop runs
  std::function<bool()> work_waiting;       ///< without work a loop may be idle
};

/// Whether zones are known, which version is in use, and whether a restart would use another `installed` one.
ProbeCheck time_zone_check(const config::ZoneData& used, std::string_view installed);

/// How many rules still warm up; always ok.
ProbeCheck rules_check(const std::vector<alerts::RuleWarmth>& rules);

/// What /readyz complains of, a text each.
std::vector<std::string> troubles(const std::vector<ProbeCheck>& checks);

struct StatusOptions {
  std::string database;
  storage::StorageOptions storage;
  std::function<std::vector<std::string>()> webhooks;  ///< present names, so that an empty outbox is shown as 0
  std::vector<std::string> rules;
  config::ZoneData zones;
  std::vector<std::string> sources;  ///< shown as never heard from until they are
  std::chrono::milliseconds look_every{2'000};
  std::chrono::milliseconds stuck_after{30'000};  ///< without progress for this long with work waiting, liveness fails
};

/// Checks the daemon's parts every two seconds: fills the gauges that no other part sets and answers /healthz and
/// /readyz with the latest observations. Runs on the io thread; the database is read on a separate thread.
class Status final : public Probes {
 public:
  using Readiness = std::function<std::vector<ProbeCheck>()>;
  using Loops = std::function<std::vector<WatchedLoop>()>;

  /// `loops`: those that there are at present; `readiness`: the composer's checks beyond the database. Both are called
  /// on the io thread. References outlive it.
  Status(boost::asio::io_context& io, StatusOptions options, Loops loops, Readiness readiness, const RuleBoard& rules,
         Metrics& metrics, std::shared_ptr<spdlog::logger> log);
  ~Status() override;

  /// Io thread.
  void start() { task_.start(); }
  /// Io thread; `done` is called there once the current check has ended.
  void stop(std::function<void()> done) { task_.stop(std::move(done)); }

  std::vector<ProbeCheck> liveness() const override;
  std::vector<ProbeCheck> readiness() const override;

 private:
  struct Seen {
    std::uint64_t progress = 0;
    std::chrono::steady_clock::time_point moved;
  };
  struct Read;  // the result of one check of the database

  boost::asio::awaitable<std::chrono::milliseconds> look();
  Read look_at_database();
  void look_at_loops();
  void look_at_rules();
  void publish_checks();
  void publish(const Read& read);

  const StatusOptions options_;
  const Loops loops_;
  const Readiness readiness_;
  const RuleBoard& rules_;
  Metrics& metrics_;
  const std::shared_ptr<spdlog::logger> log_;
  boost::asio::thread_pool reader_thread_{1};
  storage::Connection reader_;                    // used on reader_thread_ only
  std::map<std::string, Seen> seen_;              // loops
  std::optional<std::set<std::string>> warming_;  ///< rules, as last logged
  std::string database_error_;
  std::string installed_zones_;
  std::map<std::string, std::string> off_;                      ///< webhooks that are switched off, with the reason
  std::set<std::pair<std::string, std::string>> alert_gauges_;  // shown before, so set to 0 when they disappear
  std::set<std::string> webhook_gauges_;                        // names
  PeriodicTask task_;
};

}  // namespace tapewatch
