// Tested by tests/daemon/api/query_api_test.cpp
#include "daemon/api/catalogue_api.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "config/notation/json_writer.hpp"
#include "daemon/api/format/export_format.hpp"
#include "storage/source/catalogue_reader.hpp"
#include "storage/source/source_coverage.hpp"

namespace tapewatch {
namespace {

using storage::CatalogueEntry;

/// A page of a list in the order of its ids. The list is built for each request and its counts change, but ids do not,
/// so no item appears twice and none is missed. The cursor is the last id of the previous page.
struct Window {
  std::size_t limit = 100;
  std::string after;
};

Window read_window(Parameters& parameters) {
  Window window;
  window.limit = static_cast<std::size_t>(parameters.integer("limit", 1, 1000).value_or(100));
  window.after = parameters.text("cursor").value_or("");
  return window;
}

/// {"items":[…],"next_cursor":…} over the window; `append` writes the members of an item.
template <class Item, class Append>
ApiResponse window_response(const Window& window, std::vector<Item> items, const Append& append) {
  std::sort(items.begin(), items.end(), [](const Item& a, const Item& b) { return a.id < b.id; });
  auto item = std::find_if(items.begin(), items.end(), [&](const Item& i) { return i.id > window.after; });
  notation::JsonWriter json;
  json.begin_object().key("items").begin_array();
  std::size_t count = 0;
  for (; item != items.end() && count < window.limit; ++item, ++count) {
    json.begin_object();
    append(json, *item);
    json.end_object();
  }
  json.end_array().key("next_cursor");
  if (item != items.end()) {
    json.value(std::prev(item)->id);
  } else {
    json.null();
  }
  json.end_object();
  return json_response(json.take());
}

void append_counts(notation::JsonWriter& json, const CatalogueEntry& entry) {
  json.field("documents", entry.documents).field("last_seen", entry.last_seen);
}

/// The known names, joined with the counts.
std::vector<CatalogueEntry> join(std::vector<CatalogueEntry> known, const std::vector<CatalogueEntry>& counted) {
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < known.size(); ++i) places.emplace(known[i].id, i);
  for (const CatalogueEntry& entry : counted) {
    const auto place = places.find(entry.id);
    if (place == places.end()) {
      known.push_back(entry);
      continue;
    }
    known[place->second].documents = entry.documents;
    known[place->second].last_seen = entry.last_seen;
  }
  return known;
}

ApiResponse list_topics(ReaderPool& readers, const CatalogueParts& parts, const ApiRequest& http) {
  Parameters parameters(http);
  const Window window = read_window(parameters);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    std::vector<CatalogueEntry> known;
    for (const auto& topic : parts.topics) known.push_back({topic.id, topic.name, 0, std::nullopt});
    auto topics = join(std::move(known), storage::CatalogueReader(connection).topics());
    return window_response(window, std::move(topics), [&](notation::JsonWriter& json, const CatalogueEntry& topic) {
      json.field("id", topic.id).field("name", topic.name);
      append_counts(json, topic);
    });
  });
}

ApiResponse list_entities(ReaderPool& readers, const CatalogueParts& parts, const ApiRequest& http) {
  Parameters parameters(http);
  const Window window = read_window(parameters);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  return readers.answer(http, [&](storage::Connection& connection) {
    const auto finder = parts.names.finder ? parts.names.finder() : nullptr;
    std::map<std::string, const ingest::WatchedEntity*> watched;
    std::vector<CatalogueEntry> known;
    if (finder) {
      for (const auto& entity : finder->entities()) {
        watched.emplace(entity.id, &entity);
        known.push_back({entity.id, entity.name, 0, std::nullopt});
      }
    }
    auto entities = join(std::move(known), storage::CatalogueReader(connection).entities());
    return window_response(window, std::move(entities), [&](notation::JsonWriter& json, const CatalogueEntry& entity) {
      json.field("id", entity.id).field("name", entity.name);
      append_counts(json, entity);
      const auto found = watched.find(entity.id);
      json.field("watched", found != watched.end()).key("tags").begin_array();
      if (found != watched.end()) {
        for (const std::string& tag : found->second->tags) json.value(tag);
      }
      json.end_array();
      if (found != watched.end() && !found->second->ticker.empty()) json.field("ticker", found->second->ticker);
    });
  });
}

/// One source as seen by three parts: the configuration (live), the database's contacts, the source named by documents.
struct SourceView {
  std::string id;
  const SourceReport* live = nullptr;
  const storage::SourceContacts* stored = nullptr;
  const CatalogueEntry* counted = nullptr;
};

std::vector<SourceView> join_sources(const std::vector<SourceReport>& live,
                                     const std::vector<storage::SourceContacts>& stored,
                                     const std::vector<CatalogueEntry>& counted) {
  std::vector<SourceView> views;
  std::map<std::string, std::size_t> places;
  const auto view = [&](const std::string& id) -> SourceView& {
    const auto [place, added] = places.emplace(id, views.size());
    if (added) views.push_back({id});
    return views[place->second];
  };
  for (const auto& source : live) view(source.name).live = &source;
  for (const auto& source : stored) view(source.source).stored = &source;
  for (const auto& source : counted) view(source.id).counted = &source;
  return views;
}

void append_health(notation::JsonWriter& json, const SourceView& view) {
  const SourceReport nothing;
  const SourceReport& live = view.live ? *view.live : nothing;
  const auto stored = [&](auto member) {
    return view.stored ? (*view.stored).*member : decltype((*view.stored).*member){};
  };
  json.key("health").begin_object();
  json.field("state", live.state.empty() ? std::string("unknown") : live.state);
  json.field("last_success", live.last_success ? live.last_success : stored(&storage::SourceContacts::last_success));
  json.field("last_attempt", live.last_attempt).field("next_poll", live.next_poll);
  json.field("lag_records", live.lag_records);
  json.field("errors", live.errors).field("dead_letters", live.dead_letters);
  const std::string error = live.last_error.empty() ? stored(&storage::SourceContacts::last_error) : live.last_error;
  json.key("last_error");
  if (error.empty()) {
    json.null();
  } else {
    json.value(error);
  }
  json.field("last_error_at",
             live.last_error_at ? live.last_error_at : stored(&storage::SourceContacts::last_error_at));
  json.field("item_identity", live.item_identity.empty() ? std::nullopt : std::optional(live.item_identity));
  json.key("warnings").begin_array();
  for (const std::string& warning : live.warnings) json.value(warning);
  json.end_array().end_object();
}

ApiResponse list_sources(ReaderPool& readers, const CatalogueParts& parts, const ApiRequest& http) {
  Parameters parameters(http);
  const Window window = read_window(parameters);
  if (auto refusal = parameters.problem()) return std::move(*refusal);
  const std::vector<SourceReport> live = parts.names.sources ? parts.names.sources() : std::vector<SourceReport>{};
  return readers.answer(http, [&](storage::Connection& connection) {
    const auto stored = storage::SourceCoverage(connection, readers.options()).all();
    const auto counted = storage::CatalogueReader(connection).sources();
    return window_response(
        window, join_sources(live, stored, counted), [&](notation::JsonWriter& json, const SourceView& view) {
          json.field("id", view.id).field("name", view.id).field("kind", view.live ? view.live->kind : "document");
          append_counts(json, view.counted ? *view.counted : CatalogueEntry{});
          append_health(json, view);
        });
  });
}

}  // namespace

void add_catalogue_routes(Router& router, ReaderPool& readers, CatalogueParts parts) {
  router.get("/v1/topics", Access::read,
             QueryHandler{[&readers, parts](const ApiRequest& http) { return list_topics(readers, parts, http); }});
  router.get("/v1/entities", Access::read,
             QueryHandler{[&readers, parts](const ApiRequest& http) { return list_entities(readers, parts, http); }});
  router.get("/v1/sources", Access::read,
             QueryHandler{[&readers, parts](const ApiRequest& http) { return list_sources(readers, parts, http); }});
}

}  // namespace tapewatch
