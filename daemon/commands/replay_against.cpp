// Tested by tests/daemon/commands/replay_against_test.cpp
#include "daemon/commands/replay_against.hpp"

#include <fmt/format.h>

namespace tapewatch {
namespace {

/// Refuses by name whatever would make other rows of the same documents.
class SameRows {
 public:
  SameRows(config::LoadResult& old, const config::Config& config) : old_(old), config_(config) {}

  template <class Value>
  void check(const std::string& key, const Value& before, const Value& now) {
    if (before == now) return;
    old_.errors.push_back(old_.error_at(
        key, fmt::format("{}: differs from {}; --against compares rules over rows that are scored once: give both "
                         "files the same {}",
                         key, config_.path, key)));
  }

 private:
  config::LoadResult& old_;
  const config::Config& config_;
};

void check_same_rows(config::LoadResult& old, const LoadedParts& old_parts, const config::Config& config,
                     const LoadedParts& parts) {
  SameRows same(old, config);
  const auto& before = old.config;
  same.check("model.path", old_parts.model->version(), parts.model->version());
  if (old_parts.model->version() == parts.model->version()) {
    same.check("model.rules", model::version_with("", old_parts.prior), model::version_with("", parts.prior));
  }
  same.check("model.languages", before.model.languages, config.model.languages);
  same.check("model.abstain_below", before.model.abstain_below, config.model.abstain_below);
  same.check("model.max_windows", before.model.max_windows, config.model.max_windows);
  same.check("ingest.entities.watchlist", old_parts.finder->entities(), parts.finder->entities());
  same.check("ingest.limits.max_title_bytes", before.ingest.limits.max_title_bytes,
             config.ingest.limits.max_title_bytes);
  same.check("ingest.limits.max_body_bytes", before.ingest.limits.max_body_bytes, config.ingest.limits.max_body_bytes);
  same.check("storage.story_window", before.storage.story_window, config.storage.story_window);
}

}  // namespace

OldRules load_old_rules(const std::string& path, const config::Config& config, const LoadedParts& parts) {
  auto old = config::load(path);
  const LoadedParts old_parts = load_parts(old);
  if (old.ok() && parts.model && parts.finder) check_same_rows(old, old_parts, config, parts);
  return {std::move(old.config.rules), std::move(old.errors)};
}

}  // namespace tapewatch
