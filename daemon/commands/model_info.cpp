// Tested by tests/daemon/commands/model_import_command_test.cpp
#include "daemon/commands/model_info.hpp"

#include <iostream>

#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "model/ops/kernels.hpp"
#include "model/package/model_error.hpp"
#include "model/package/model_package.hpp"

namespace tapewatch {
namespace {

void append_shape(notation::JsonWriter& json, const model::ModelConfig& config) {
  const auto& shape = config.encoder;
  json.field("architecture", "bert").field("layers", shape.layers).field("hidden_size", shape.hidden_size);
  if (shape.layer_heads.empty()) {
    json.field("heads", shape.heads);
  } else {
    json.key("heads").begin_array();
    for (const auto heads : shape.layer_heads) json.value(heads);
    json.end_array();
  }
  json.field("head_size", shape.head_size()).field("intermediate_size", shape.intermediate_size);
  json.field("vocab_size", shape.vocab_size).field("max_tokens", config.max_tokens);
  json.field("pooling", config.pooling == model::Pooling::mean ? "mean" : "cls");
  if (config.pooler) json.field("pooler", *config.pooler == model::Activation::tanh ? "tanh" : "relu");
  json.field("lower_case", config.folding.lower_case).field("strip_accents", config.folding.strip_accents);
  json.field("fold_lookalikes", config.folding.lookalikes);
  json.field("leave_out_boilerplate", config.leave_out_boilerplate);
  json.field("title_weight", config.title_weight);
  json.field("comparison_weight", config.comparison_weight);
}

void append_calibration(notation::JsonWriter& json, const std::string& head, const model::Calibration& calibration) {
  json.field(head + "_temperature", calibration.temperature).field(head + "_exponent", calibration.exponent);
}

}  // namespace

int run_model_info(const std::string& path, std::ostream& out, std::ostream& err) {
  try {
    const auto package = model::load_model(path);
    const auto& config = package->config();
    notation::JsonWriter json;
    json.begin_object().field("name", config.name).field("version", package->version()).field("path", path);
    json.field("parameters", package->parameters()).key("parameters_by_type").begin_object();
    for (const auto& [type, count] : package->parameters_by_type()) json.field(model::to_string(type), count);
    json.end_object();
    append_shape(json, config);
    json.key("labels").begin_array();
    for (const auto& label : package->labels()) json.value(label);
    json.end_array().key("sentiment_outputs").begin_array();
    for (const auto output : config.sentiment_outputs) {
      json.value(model::kSentimentNames[static_cast<std::size_t>(output)]);
    }
    json.end_array().field("entity_heads", config.entity_heads).key("topics").begin_array();
    for (const auto& topic : package->topics()) {
      json.begin_object().field("id", topic.id).field("name", topic.name).end_object();
    }
    json.end_array().key("former_topics").begin_object();
    for (const auto& [former, topic] : config.former_topics) json.field(former, topic);
    json.end_object().key("events").begin_array();
    for (const auto& event : config.events) json.value(event);
    json.end_array().key("calibration").begin_object();
    append_calibration(json, "sentiment", config.sentiment_calibration);
    if (!config.topics.empty()) append_calibration(json, "topic", config.topic_calibration);
    if (config.entity_heads > 0) append_calibration(json, "entity", config.entity_calibration);
    if (!config.events.empty()) {
      append_calibration(json, "event", config.event_calibration);
      append_calibration(json, "gravity", config.gravity_calibration);
      append_calibration(json, "entity_event", config.entity_event_calibration);
      append_calibration(json, "entity_gravity", config.entity_gravity_calibration);
    }
    json.end_object();
    json.field("kernels", model::best_kernels().name).key("provenance").raw(package->provenance()).end_object();
    out << json.text() << '\n';
    return out.flush() ? 0 : 1;
  } catch (const model::ModelError& error) {
    err << "model info: " << notation::printable(error.what()) << '\n';
    return 1;
  }
}

int run_model_info(const std::string& path) { return run_model_info(path, std::cout, std::cerr); }

}  // namespace tapewatch
