// Tested by tests/e2e/demo/demo_test.py
#include "daemon/commands/demo/demo.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <iostream>

#include "config/notation/printable.hpp"
#include "config/toml/load.hpp"
#include "daemon/commands/demo/demo_receiver.hpp"
#include "daemon/commands/demo/demo_view.hpp"
#include "daemon/commands/demo/demo_wire.hpp"
#include "daemon/daemon.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/observe/log.hpp"
#include "daemon/web/assets.hpp"
#include "storage/connection/database_lock.hpp"

namespace tapewatch {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::hours kLive{6};
constexpr const char* kDatabase = "tapewatch-demo.db";

/// The demo's folder, with the database of an earlier demo deleted: the wire is rebased to now, so its history would
/// otherwise be there twice.
fs::path prepare_folder(const std::string& wanted) {
  fs::path folder =
      wanted.empty() ? fs::temp_directory_path() / fmt::format("tapewatch-demo-{}", getuid()) : fs::path(wanted);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) {
    throw std::runtime_error(
        fmt::format("{}: cannot be created ({}); name another folder with --data", folder.string(), error.message()));
  }
  if (access(folder.c_str(), W_OK | X_OK) != 0) {
    throw std::runtime_error(fmt::format("{}: not writable; name another folder with --data", folder.string()));
  }
  storage::remove_database((folder / kDatabase).string());
  return folder;
}

/// The embedded configuration with this run's folder, address and receiver; throws with every error in it.
config::Config demo_config(const DemoOptions& options, const fs::path& folder, const std::string& webhook_url,
                           const alerts::WebhookSecret& secret) {
  config::ParseOptions parse_options;
  parse_options.name = "demo.toml";
  parse_options.data_dir = folder.string();
  auto loaded = config::parse(asset("demo.toml"), parse_options);
  std::string errors;
  for (const auto& error : loaded.errors) errors += config::to_string(error) + "\n";
  if (!loaded.ok()) throw std::runtime_error(errors);
  auto config = std::move(loaded.config);
  config.daemon.listen = {options.listen};
  config.storage.path = (folder / kDatabase).string();
  alerts::WebhookOptions webhook;
  webhook.name = "demo";
  webhook.url = webhook_url;
  webhook.secrets = {secret};
  config.webhooks = {webhook};
  if (options.live_feeds) {
    auto example = config::parse(asset("tapewatch.example.toml"), parse_options);
    if (!example.ok()) {
      throw std::runtime_error("the example configuration: " + config::to_string(example.errors.front()));
    }
    config.ingest.feeds = std::move(example.config.ingest.feeds);
  }
  return config;
}

int demo(const DemoOptions& options) {
  const fs::path folder = prepare_folder(options.data_dir);
  DemoView view;
  const auto secret = new_webhook_secret();
  DemoReceiver receiver(secret, [&view](const ReceivedWebhook& webhook) { view.webhook(webhook); });
  auto config = demo_config(options, folder, receiver.url(), secret);
  const auto limits = config.ingest.limits;
  auto log = make_logger(config.daemon.log.level, config.daemon.log.format);

  const TimePoint end = wall_now();
  const TimePoint live_from = end - kLive;
  auto wire = parse_demo_wire(asset("wire.ndjson"), end, limits);
  if (wire.empty()) throw std::runtime_error("the demo's wire is empty");
  auto clock = std::make_shared<PlaybackClock>(wire.front().published_at);
  DaemonParts parts;
  parts.clock = clock;
  parts.finder = parse_watchlist_text(asset("watchlist.csv"), "the demo's watch list");
  parts.extra_sources = {"demo-wire"};
  parts.observer.on_document = [&view](const Scored&, const storage::DocumentRow& row,
                                       const storage::Inserted& inserted) { view.document(row, inserted); };
  parts.observer.on_transition = [&view](const alerts::Transition& transition) { view.transition(transition); };
  Daemon daemon(std::move(config), log, std::move(parts));
  daemon.start();

  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  const std::string dashboard = fmt::format("http://{}:{}/", host, daemon.port());
  const auto history = static_cast<std::size_t>(std::count_if(
      wire.begin(), wire.end(), [&](const ingest::Document& document) { return document.published_at < live_from; }));
  view.start(dashboard, (folder / kDatabase).string(), history, wire.size() - history);
  DemoPlayer::Options play;
  play.live_from = live_from;
  play.end = end;
  DemoPlayer player(play, std::move(wire), daemon.documents(), daemon.source_slot(0), *clock,
                    [&view](std::size_t documents) { view.history_loaded(documents); });
  player.start();
  const int status = daemon.wait(options.for_);
  player.stop();
  view.summary(dashboard);
  return status;
}

}  // namespace

int run_demo(const DemoOptions& options) {
  try {
    return demo(options);
  } catch (const std::exception& error) {
    std::cerr << "demo: " << notation::printable(error.what()) << "\n";
    return 1;
  }
}

}  // namespace tapewatch
