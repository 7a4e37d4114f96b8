#include "daemon/commands/online/online_check.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ostream>
#include <thread>

#include "config/notation/printable.hpp"
#include "config/tokens.hpp"
#include "daemon/commands/online/receiver_items.hpp"
#include "daemon/commands/online/source_items.hpp"
#include "daemon/loop_options.hpp"
#include "daemon/observe/shortage.hpp"
#include "daemon/server/server_certificate.hpp"
#include "storage/maintain/storage_counts.hpp"

namespace tapewatch {
namespace {

OnlineItem disk_item(const storage::StorageOptions& storage) {
  const std::uint64_t free = storage::free_bytes(storage.path);
  OnlineItem item{"disk", free >= storage.min_free, ""};
  item.detail = fmt::format("{} MiB free where {} is, storage.min_free is {} MiB{}", free >> 20, storage.path,
                            storage.min_free >> 20, item.ok ? "" : ": ingestion would pause; free some space");
  return item;
}

/// The offline check has read every file that the configuration names.
OnlineItem secrets_item(const config::DaemonOptions& daemon) {
  OnlineItem item{"secrets", true, fmt::format("user {} can read each file that is named", geteuid())};
  if (daemon.auth.tokens_file.empty()) return item;
  const auto loaded = config::load_tokens(daemon.auth.tokens_file);
  item.ok = loaded.errors.empty();
  item.detail = item.ok
                    ? fmt::format("{}, {} token(s) in {}", item.detail, loaded.tokens.size(), daemon.auth.tokens_file)
                    : config::to_string(loaded.errors.front());
  return item;
}

/// The offline check has refused one that cannot be used.
OnlineItem certificate_item(const config::TlsOptions& tls, const OnlineOptions& options) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const CertificateResult loaded = load_certificate(tls, now);
  OnlineItem item{"certificate", loaded.errors.empty(), ""};
  if (!item.ok) {
    item.detail = loaded.errors.front().message;
    return item;
  }
  item.detail = certificate_in_words(*loaded.certificate);
  judge_certificate(item, loaded.certificate->facts().ends, options, now);
  return item;
}

std::vector<OnlineTry> tries_of(const config::Config& config, const OnlineOptions& options) {
  std::vector<OnlineTry> tries;
  tries.push_back({"secrets", [&] { return secrets_item(config.daemon); }});
  tries.push_back({"disk", [&] { return disk_item(config.storage); }});
  if (!config.daemon.tls.certificate.empty()) {
    tries.push_back({"certificate", [&] { return certificate_item(config.daemon.tls, options); }});
  }
  if (config.daemon.proxy && !config.daemon.proxy->empty()) {
    tries.push_back({"proxy", [&] { return proxy_item(*config.daemon.proxy, options); }});
  }
  for (const auto& source : config.ingest.kafka) {
    tries.push_back({"kafka " + source.name, [&] { return kafka_item(source, options); }});
  }
  for (const auto& output : config.outputs) {
    tries.push_back({"output " + output.name, [&] { return output_item(output, options); }});
  }
  const auto access = std::make_shared<const FeedAccess>(feed_access(config.daemon));
  for (const auto& feed : config.ingest.feeds) {
    tries.push_back(
        {"feed " + feed.name, [&, access] { return feed_item(feed, config.ingest.limits, *access, options); }});
  }
  const auto sending = std::make_shared<const WebhookLoopOptions>(webhook_options(config));
  for (const auto& webhook : config.webhooks) {
    tries.push_back({"webhook " + webhook.name,
                     [&, sending] { return webhook_item(webhook, sending->proxy, sending->context, options); }});
  }
  return tries;
}

}  // namespace

std::vector<OnlineItem> try_all(const std::vector<OnlineTry>& tries, std::size_t most_at_once) {
  std::vector<OnlineItem> items(tries.size());
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next.fetch_add(1); i < tries.size(); i = next.fetch_add(1)) {
      try {
        items[i] = tries[i].run();
      } catch (const std::exception& failure) {
        items[i] = {tries[i].thing, false, explained(failure)};
      }
    }
  };
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < std::min(most_at_once, tries.size()); ++i) threads.emplace_back(work);
  threads.clear();  // waits
  return items;
}

bool check_online(const config::Config& config, const OnlineOptions& options, std::ostream& out) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed peer makes the write fail
  bool fine = true;
  for (const OnlineItem& item : try_all(tries_of(config, options), options.most_at_once)) {
    fine = fine && item.ok;
    out << notation::printable(fmt::format("{}: {}: {}", item.ok ? "ok" : "failed", item.thing, item.detail)) << "\n";
  }
  return fine;
}

}  // namespace tapewatch
