#pragma once

#include <spdlog/logger.h>

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "alerts/detector/detector_options.hpp"
#include "config/notation/mutex.hpp"
#include "daemon/check_configuration.hpp"
#include "daemon/listener_certificate.hpp"
#include "daemon/observe/metrics.hpp"
#include "daemon/observe/service_manager.hpp"
#include "daemon/pipeline/delivery/webhook_loop.hpp"
#include "daemon/pipeline/intake/feed_loop.hpp"
#include "daemon/pipeline/writer_queue.hpp"
#include "daemon/pipeline/writing/detector_rebuild.hpp"
#include "daemon/reload/config_difference.hpp"
#include "daemon/reload/live_config.hpp"
#include "daemon/reload/reload_result.hpp"
#include "daemon/server/auth.hpp"

namespace tapewatch {

using PrepareTables =
    std::function<std::function<void()>(const config::Config& next, const std::vector<std::string>& changed)>;

/// What a reload reads and replaces. References outlive the Reloader.
struct ReloaderParts {
  boost::asio::io_context& io;
  LiveConfig& live;
  Applier& applier;  ///< used on the writer's thread only
  WriterQueue& writer;
  WebhookLoop& webhooks;
  Authenticator& auth;
  Metrics& metrics;
  ServiceManager& manager;
  std::shared_ptr<const model::ModelPackage> model;
  alerts::DetectorOptions detector;  ///< with the version of the model and its rules
  std::shared_ptr<spdlog::logger> log;
  std::function<void(FeedReplacement next)> replace_feeds = {};  ///< called on the io thread; null: there are none
  std::shared_ptr<LiveCertificate> certificate = nullptr;        ///< of the listener; null: HTTP without TLS
  /// Makes the Kafka sources of another configuration, of which those named `changed` are other ones; returns what puts
  /// them in the place of the present ones. May throw. Both on the reload's thread; null: there are none.
  PrepareTables prepare_kafka = {};
  PrepareTables prepare_outputs = {};  ///< the same of the outputs
};

/// Reads the configuration again: at SIGHUP, and at POST /v1/reload.
///
/// All or nothing. On a thread of its own the file is read, checked as at the start and compared with what runs; a
/// change to anything but feeds, Kafka sources, outputs, rules, calendars, silences, webhooks, heartbeats, the watch
/// list, tokens, limits of rates, the certificate and the log level refuses the reload and names each key. A
/// certificate that cannot be used is the one exception: the present one stays, a warning says why, and everything else
/// is taken over. Rules that begin from nothing learn from the stored history there, while the writer goes on. Then one
/// transaction of the writer takes everything over, at a commit boundary; its commit is the moment from which on
/// records are written, scored and sent under the new configuration. Without it nothing has changed. The audit has a
/// row of each reload, in that transaction or, where nothing was taken over, in one of its own.
class Reloader {
 public:
  explicit Reloader(ReloaderParts parts);
  ~Reloader();
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  /// RequestReload. Any thread.
  bool request(const ReloadCaller& caller, ReloadDone done);
  /// SIGHUP: while a reload runs, another one follows it. Any thread.
  void on_signal();
  /// A reload that runs ends soon, without a change unless that is being committed; none begins. Not the io thread.
  void stop();

 private:
  struct Next;

  void run(ReloadCaller caller, ReloadDone done);
  ReloadResult reload(const ReloadCaller& caller);
  ReloadResult try_reload(const ReloadCaller& caller);
  std::optional<ReloadResult> refusal(CheckedConfiguration& checked, const ConfigDifference& changed) const;
  std::shared_ptr<DetectorRebuild> prepare(const Next& next, bool tell);
  ReloadResult take_over(const std::shared_ptr<Next>& next);
  LoneWrite write_of(const std::shared_ptr<Next>& next);
  void publish(const Next& next);
  void tell(const ReloadResult& result, const ReloadCaller& caller);
  void write_audit(const ReloadResult& result, const ReloadCaller& caller);
  bool is_stopping() const { return stopping_.load(std::memory_order_relaxed); }

  const ReloaderParts parts_;
  const std::shared_ptr<spdlog::logger> log_;
  std::atomic<bool> stopping_{false};
  Mutex mutex_;
  bool running_ GUARDED_BY(mutex_) = false;
  bool again_ GUARDED_BY(mutex_) = false;
  boost::asio::thread_pool thread_{1};
};

}  // namespace tapewatch
