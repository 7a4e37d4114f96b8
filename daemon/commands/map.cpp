// Tested by tests/daemon/commands/map_command_test.cpp
#include "daemon/commands/map.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <sstream>
#include <stdexcept>

#include "config/notation/json_writer.hpp"
#include "config/toml/load.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/pipeline/event_clock.hpp"
#include "daemon/pipeline/metadata_rows.hpp"
#include "ingest/kafka/record_decoder.hpp"
#include "ingest/text/normalise.hpp"
#include "storage/document/metadata_table.hpp"

namespace tapewatch {
namespace {

constexpr const char* kMapCommand = "tapewatch map: ";

struct MapTask {
  ingest::KafkaOptions source;
  ingest::DocumentLimits limits;
  std::shared_ptr<const ingest::EntityFinder> finder;
};

void take_source(const config::Config& config, const std::string& name, ingest::RecordSource& into) {
  const auto sources = record_sources(config);
  const auto found =
      std::find_if(sources.begin(), sources.end(), [&](const auto& one) { return name.empty() || one.name == name; });
  if (found == sources.end()) {
    throw std::runtime_error(name.empty() ? "the configuration has no source that reads records"
                                          : fmt::format("the configuration has no Kafka or post source '{}'", name));
  }
  into = *found;
}

MapTask make_map_task(const MapOptions& options) {
  MapTask task;
  task.source.name = "map";
  std::string watchlist = options.watchlist;
  if (!options.config.empty()) {
    const auto loaded = config::load(options.config);
    if (!loaded.ok()) throw std::runtime_error(config::to_string(loaded.errors.front()));
    take_source(loaded.config, options.record.source, task.source);
    task.limits = loaded.config.ingest.limits;
    if (watchlist.empty()) watchlist = loaded.config.ingest.entities.watchlist;
  }
  apply_arguments(options.record, task.source);
  task.finder = load_watchlist(watchlist);
  return task;
}

void append_document(notation::JsonWriter& json, const ingest::Document& document) {
  json.field("id", document.id).field("source", document.source);
  json.field("title", document.title).field("body", document.body).field("url", document.url);
  json.field("published_at", document.published_at).field("language", document.language);
  if (document.revision) json.field("revision", *document.revision);
  constexpr const char* kActions[] = {"none", "insert", "update", "remove", "hold"};
  if (document.action != ingest::Action::none) json.field("action", kActions[static_cast<int>(document.action)]);
  if (!document.unknown_action.empty()) json.field("unknown_action", document.unknown_action);
  if (document.embargo_until) json.field("embargo_until", *document.embargo_until);
  json.key("named").begin_array();
  for (const std::string& entity : document.entities) json.value(entity);
  json.end_array();
  if (!document.metadata.empty()) storage::append_metadata(json.key("meta"), to_metadata_rows(document.metadata));
}

void append_entities(notation::JsonWriter& json, const ingest::Document& document, const ingest::EntityFinder& finder) {
  std::vector<std::string> ids;
  for (const auto& mention : finder.find_all(ingest::scoring_text(document), document.entities)) {
    const std::string& id = finder.entities()[mention.entity].id;
    if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  json.key("entities").begin_array();
  for (const std::string& id : ids) json.value(id);
  json.end_array();
}

std::string line_of(const ingest::Result<ingest::Document>& document, const MapTask& task) {
  notation::JsonWriter json;
  json.begin_object();
  if (!document) {
    json.key("error").begin_object();
    json.field("pointer", document.error().pointer).field("detail", document.error().reason);
    return json.end_object().end_object().take();
  }
  append_document(json, *document);
  append_entities(json, *document, *task.finder);
  if (!document->warnings.empty()) {
    json.key("warnings").begin_array();
    for (const ingest::FieldWarning& warning : document->warnings) {
      json.begin_object().field("pointer", warning.pointer).field("detail", warning.detail).end_object();
    }
    json.end_array();
  }
  return json.end_object().take();
}

/// The whole of a file; nullopt where it cannot be read.
std::optional<std::string> content_of(const std::string& file, std::istream& in) {
  std::ostringstream content;
  if (file == "-") {
    content << in.rdbuf();
    return content.str();
  }
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return std::nullopt;
  content << stream.rdbuf();
  return content.str();
}

}  // namespace

int run_map(const MapOptions& options, std::istream& in, std::ostream& out, std::ostream& err) try {
  const MapTask task = make_map_task(options);
  const ingest::RecordDecoder decoder(task.source, task.limits);
  bool refused = false;
  for (const std::string& file : options.files) {
    auto content = content_of(file, in);
    if (!content) {
      err << kMapCommand << file << ": cannot be read\n";
      refused = true;
      continue;
    }
    ingest::Record record{.payload = std::move(*content), .key = options.key, .topic = file == "-" ? "stdin" : file};
    for (const std::string& header : options.headers) {
      auto [name, value] = split_pair(header, "--header");
      record.headers.push_back({std::move(name), std::move(value)});
    }
    for (auto& document : decoder.decode(record, wall_now())) {
      const bool has_text = document && document->action != ingest::Action::remove;
      if (has_text && document->action != ingest::Action::hold) {
        document = ingest::normalise(std::move(*document), task.limits);
      }
      refused |= !document;
      out << line_of(document, task) << '\n';
    }
  }
  return refused ? 1 : 0;
} catch (const std::exception& error) {
  err << kMapCommand << error.what() << '\n';
  return 2;
}

int run_map(const MapOptions& options) { return run_map(options, std::cin, std::cout, std::cerr); }

}  // namespace tapewatch
