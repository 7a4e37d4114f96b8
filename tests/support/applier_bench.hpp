#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/pipeline/writing/applier.hpp"
#include "storage/connection/transaction.hpp"
#include "storage/maintain/database_check.hpp"
#include "tests/storage/storage_support.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/database_dump.hpp"
#include "tests/support/new_database.hpp"
#include "tests/support/scored_records.hpp"

namespace tapewatch::tests {

/// A daemon's writer by hand: a database, and an applier with one rule and one webhook over it, which can be given up
/// and made again as by a restart. Each step is a transaction of its own.
struct ApplierBench {
  ApplierBench() : database(open_new(folder.file())) {
    options.rules = {burst_rule()};
    options.detector.model_version = kModel;
    alerts::WebhookOptions webhook;
    webhook.name = "desk";
    webhook.url = "http://127.0.0.1:9/";
    options.webhooks = {webhook};
    restart();
  }

  /// With the options as they are now.
  void restart() {
    applier.emplace(database, options);
    applier->set_tags(tags_by_entity(*two_companies()));
  }
  template <class Step>
  void commit(const Step& step) {
    storage::Transaction transaction(database);
    step();
    applier->finish();
    transaction.commit();
  }
  Applied apply(const Scored& record, TimePoint now) {
    Applied applied;
    commit([&] { applied = applier->apply(record, now); });
    return applied;
  }

  std::int64_t count(const std::string& what) { return storage_test::number(database, "SELECT count(*) FROM " + what); }
  std::vector<std::string> dump() { return dump_database(database, {}); }
  void check_sound() {
    for (const auto& problem : storage::check_database(database).problems) FAIL_CHECK(problem);
  }

  storage_test::TempFolder folder;
  storage::Connection database;
  ApplierOptions options;
  std::optional<Applier> applier;
};

}  // namespace tapewatch::tests
