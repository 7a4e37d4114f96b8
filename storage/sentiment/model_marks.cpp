#include "storage/sentiment/model_marks.hpp"

#include <algorithm>

#include "storage/sentiment/rollup_layout.hpp"

namespace tapewatch::storage {

ModelMarks::ModelMarks(Connection& connection, const SentimentQuery& query) : query_(query) {
  auto read = connection.prepare("SELECT key, id, first_at, last_at FROM model WHERE id <> ''");
  while (read.step()) {
    versions_.emplace(read.integer(0), Version{read.text(1), read.optional_time(2), read.optional_time(3)});
  }
}

void ModelMarks::begin_series() {
  keys_before_.clear();
  before_.clear();
}

std::vector<std::string> ModelMarks::next(const std::vector<std::int64_t>& models, std::size_t bucket) {
  // Nearly always the version is that of the point before.
  const bool known = std::find(models.begin(), models.end(), kSeveralModels) == models.end();
  if (known && models == keys_before_) return {};
  keys_before_ = models;
  std::set<std::string> names;
  for (const std::int64_t key : models) {
    if (const auto version = versions_.find(key); version != versions_.end()) names.insert(version->second.name);
    if (key != kSeveralModels) continue;
    for (const auto& [other, version] : versions_) {
      const bool scored = version.first && *version.first < query_.edges[bucket + 1] && version.last &&
                          *version.last >= query_.edges[bucket];
      if (scored) names.insert(version.name);
    }
  }
  if (names.empty() || names == before_) return {};
  before_ = names;
  met_.insert(names.begin(), names.end());
  return {names.begin(), names.end()};
}

}  // namespace tapewatch::storage
