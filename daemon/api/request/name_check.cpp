#include "daemon/api/request/name_check.hpp"

#include <algorithm>
#include <utility>

#include "daemon/api/request/unknown_ids.hpp"
#include "storage/source/catalogue_reader.hpp"
#include "storage/source/source_coverage.hpp"

namespace tapewatch {

namespace {

std::vector<std::string> known_entities(storage::Connection& connection, const PresentNames& present) {
  std::vector<std::string> known;
  for (auto& entity : storage::CatalogueReader(connection).entities()) known.push_back(std::move(entity.id));
  if (const auto finder = present.finder ? present.finder() : nullptr) {
    for (const auto& entity : finder->entities()) known.push_back(entity.id);
  }
  return known;
}

std::vector<std::string> known_sources(storage::Connection& connection, const storage::StorageOptions& options,
                                       const PresentNames& present) {
  std::vector<std::string> known;
  for (auto& source : storage::CatalogueReader(connection).sources()) known.push_back(std::move(source.id));
  for (auto& source : storage::SourceCoverage(connection, options).all()) known.push_back(std::move(source.source));
  if (present.sources) {
    for (auto& source : present.sources()) known.push_back(std::move(source.name));
  }
  return known;
}

}  // namespace

std::optional<ApiResponse> unknown_names(storage::Connection& connection, const storage::StorageOptions& options,
                                         const PresentNames& present, const std::vector<std::string>& entities,
                                         const std::vector<std::string>& sources, const ApiRequest& request) {
  const storage::CatalogueReader catalogue(connection);
  // The lists are read only where a name is not stored: they may be long, and most queries are right.
  const auto stored = [](const std::vector<std::string>& asked, const auto& has) {
    return std::all_of(asked.begin(), asked.end(), has);
  };
  if (!stored(entities, [&](const std::string& id) { return catalogue.has_entity(id); })) {
    auto refusal = refuse_unknown("entity", "entity", known_entities(connection, present), entities, request);
    if (refusal) return refusal;
  }
  if (!stored(sources, [&](const std::string& id) { return catalogue.has_source(id); })) {
    return refuse_unknown("source", "source", known_sources(connection, options, present), sources, request);
  }
  return std::nullopt;
}

}  // namespace tapewatch
