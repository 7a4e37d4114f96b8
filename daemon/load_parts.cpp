#include "daemon/load_parts.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "ingest/watchlist.hpp"

namespace tapewatch {

std::shared_ptr<const ingest::EntityFinder> parse_watchlist_text(std::string_view csv, const std::string& name) {
  auto entities = ingest::parse_watchlist(csv);
  if (!entities) {
    throw std::runtime_error(fmt::format("{}:{}: {}", name, entities.error().line, entities.error().message));
  }
  return std::make_shared<const ingest::EntityFinder>(std::move(*entities));
}

std::shared_ptr<const ingest::EntityFinder> load_watchlist(const std::string& path) {
  if (path.empty()) return std::make_shared<const ingest::EntityFinder>();
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error(path + ": the watch list cannot be read (ingest.entities.watchlist)");
  std::ostringstream text;
  text << file.rdbuf();
  return parse_watchlist_text(text.str(), path);
}

ModelNames model_names(const model::ModelPackage& model) {
  ModelNames names{model.version(), model.labels(), {}};
  for (const auto& topic : model.topics()) names.topics.push_back(topic.id);
  return names;
}

}  // namespace tapewatch
