// Tested by tests/model/package/model_package_test.cpp
#include "model/package/model_config.hpp"
#include "config/notation/json_writer.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <set>

#include "model/package/json_section.hpp"
#include "model/package/model_error.hpp"
#include "model/package/shape_limits.hpp"
#include "model/package/topic_slug.hpp"
#include "model/prediction.hpp"

namespace tapewatch::model {
namespace {

constexpr std::size_t kFormatVersion = 1;
constexpr std::size_t kMaxTopics = 4096, kMaxOutputs = 256;

// One number if all layers have as many heads, which then share hidden_size; else one per layer, and the head size.
void read_heads(const JsonSection& root, EncoderShape& shape) {
  const auto hidden = shape.hidden_size;
  const auto divides = fmt::format("a divisor of hidden_size {}", hidden);
  if (!root.value("heads", divides).is_array()) {
    shape.heads = root.size("heads", 1, hidden);
    if (hidden % shape.heads != 0) refuse("heads", divides, fmt::to_string(shape.heads));
    return;
  }
  const auto size = root.size("head_size", 1, hidden);
  if (hidden % size != 0) refuse("head_size", divides, fmt::to_string(size));
  shape.heads = hidden / size;
  const auto& items = root.array("heads");
  if (items.size() != shape.layers) {
    refuse("heads", fmt::format("{} numbers, one per layer", shape.layers), fmt::to_string(items.size()));
  }
  for (const auto& item : items) {
    boost::system::error_code error;
    const auto heads = item.to_number<std::uint64_t>(error);
    if (error || item.is_double() || heads < 1 || heads > shape.heads) {
      refuse(fmt::format("heads[{}]", shape.layer_heads.size()), fmt::format("an integer from 1 to {}", shape.heads),
             notation::to_json(item));
    }
    shape.layer_heads.push_back(heads);
  }
}

EncoderShape read_shape(const JsonSection& root) {
  EncoderShape shape;
  shape.hidden_size = root.size("hidden_size", 1, kMaxWidth);
  shape.layers = root.size("layers", 1, kMaxLayers);
  read_heads(root, shape);
  shape.intermediate_size = root.size("intermediate_size", 1, kMaxWidth);
  shape.max_position = root.size("max_position", 3, kMaxWindow);
  shape.vocab_size = root.size("vocab_size", 4, kMaxVocabulary);
  shape.layer_norm_eps = root.positive("layer_norm_eps");
  return shape;
}

// Their order is the order of the head's outputs and of Prediction::sentiment.
std::vector<std::string> read_labels(const JsonSection& root) {
  std::vector<std::string> labels;
  for (const auto& item : root.array("labels")) {
    labels.emplace_back(item.is_string() ? std::string(item.get_string()) : notation::to_json(item));
  }
  if (!std::equal(labels.begin(), labels.end(), kSentimentNames.begin(), kSentimentNames.end())) {
    refuse("labels", fmt::format("[{}]", fmt::join(kSentimentNames, ", ")),
           fmt::format("[{}]", fmt::join(labels, ", ")));
  }
  return labels;
}

std::vector<TopicName> read_topics(const JsonSection& root) {
  const auto& array = root.array("topics");
  if (array.size() > kMaxTopics) {
    refuse("topics", fmt::format("at most {} topics", kMaxTopics), fmt::to_string(array.size()));
  }
  std::vector<TopicName> topics;
  std::set<std::string> seen;
  for (const auto& item : array) {
    const auto path = fmt::format("topics[{}]", topics.size());
    if (!item.is_object()) refuse(path, "an object with id and name", notation::to_json(item));
    const JsonSection topic(item.get_object(), path + ".");
    topics.push_back({topic.text("id"), topic.text("name")});
    const auto& id = topics.back().id;
    if (id != topic_slug(id)) refuse(path + ".id", fmt::format("the slug {}", topic_slug(id)), id);
    if (!seen.insert(id).second) refuse(path + ".id", "a unique id", id + " again");
  }
  return topics;
}

/// Joins the topics that "merged_topics" names to the ones they count for: {"financials": "earnings"}.
void merge_topics(const JsonSection& root, ModelConfig& config) {
  const std::vector<TopicName> outputs = config.topics;
  const auto is_output = [&](std::string_view id) {
    return std::ranges::any_of(outputs, [&](const TopicName& topic) { return topic.id == id; });
  };
  if (root.has("merged_topics")) {
    const auto merged = root.section("merged_topics");
    for (const auto& member : merged.object()) {
      const std::string from(member.key());
      const std::string into = merged.text(from);
      if (!is_output(from)) refuse(merged.path(from), "the id of a topic", from);
      if (!is_output(into) || merged.has(into)) refuse(merged.path(from), "the id of a topic that stays", into);
      config.former_topics.emplace(from, into);
    }
  }
  std::erase_if(config.topics, [&](const TopicName& topic) { return config.former_topics.contains(topic.id); });
  for (const auto& output : outputs) {
    const auto former = config.former_topics.find(output.id);
    const std::string& id = former == config.former_topics.end() ? output.id : former->second;
    const auto place = std::ranges::find(config.topics, id, &TopicName::id);
    config.topic_outputs.push_back(static_cast<std::size_t>(place - config.topics.begin()));
  }
}

// The sentiment of each output of the head; without the key they are positive, neutral, negative.
std::vector<Sentiment> read_outputs(const JsonSection& root) {
  if (!root.has("sentiment_outputs")) return {Sentiment::positive, Sentiment::neutral, Sentiment::negative};
  const auto& array = root.array("sentiment_outputs");
  if (array.empty() || array.size() > kMaxOutputs) {
    refuse("sentiment_outputs", fmt::format("1 to {} labels", kMaxOutputs), fmt::to_string(array.size()));
  }
  std::vector<Sentiment> outputs;
  for (const auto& item : array) {
    const auto found = item.is_string() ? sentiment_named(item.get_string()) : std::nullopt;
    if (!found) {
      refuse(fmt::format("sentiment_outputs[{}]", outputs.size()), "positive, neutral or negative",
             notation::to_json(item));
    }
    outputs.push_back(*found);
  }
  return outputs;
}

std::optional<Activation> read_pooler(const JsonSection& root) {
  if (!root.has("pooler")) return std::nullopt;
  const auto activation = root.text("pooler");
  if (activation != "tanh" && activation != "relu") refuse("pooler", "tanh or relu", activation);
  return activation == "tanh" ? Activation::tanh : Activation::relu;
}

// The entity head is optional: older models have none.
std::size_t read_entity_heads(const JsonSection& root, const EncoderShape& shape) {
  if (!root.has("entity_head")) return 0;
  const auto head = root.section("entity_head");
  const auto heads = head.size("heads", 1, shape.hidden_size);
  if (shape.hidden_size % heads != 0) {
    refuse(head.path("heads"), fmt::format("a divisor of hidden_size {}", shape.hidden_size), fmt::to_string(heads));
  }
  return heads;
}

// The risk head is optional as well.
std::vector<std::string> read_events(const JsonSection& root) {
  if (!root.has("risk_head")) return {};
  const auto head = root.section("risk_head");
  const auto& array = head.array("events");
  if (array.empty() || array.size() > kMaxOutputs) {
    refuse(head.path("events"), fmt::format("1 to {} events", kMaxOutputs), fmt::to_string(array.size()));
  }
  std::vector<std::string> events;
  for (const auto& item : array) {
    const std::string event(item.is_string() ? std::string_view(item.get_string()) : std::string_view());
    if (!is_event_id(event) || std::ranges::count(events, event) > 0) {
      refuse(fmt::format("{}[{}]", head.path("events"), events.size()),
             "an id of lower-case letters, digits and hyphens, not none, each once", notation::to_json(item));
    }
    events.push_back(event);
  }
  return events;
}

/// `needed`: whether the temperature is required; without an exponent it is 1.
Calibration read_calibration(const JsonSection& section, const std::string& head, bool needed) {
  Calibration calibration;
  if (needed || section.has(head + "_temperature")) calibration.temperature = section.positive(head + "_temperature");
  if (section.has(head + "_exponent")) calibration.exponent = section.positive(head + "_exponent");
  return calibration;
}

ModelConfig read_config(const JsonSection& root) {
  // Checked first, so that a later format is reported as such and not as a list of missing keys.
  root.size("format_version", kFormatVersion, kFormatVersion);
  if (const auto architecture = root.text("architecture"); architecture != "bert") {
    refuse("architecture", "bert", architecture);
  }
  ModelConfig config;
  config.name = root.text("name");
  config.encoder = read_shape(root);
  config.max_tokens = root.size("max_tokens", 3, config.encoder.max_position);
  config.folding.lower_case = root.boolean("lower_case", true);
  config.folding.strip_accents = root.boolean("strip_accents", config.folding.lower_case);
  config.folding.lookalikes = root.boolean("fold_lookalikes", false);
  config.leave_out_boilerplate = root.boolean("leave_out_boilerplate", false);
  if (root.has("title_weight")) {
    config.title_weight = root.positive("title_weight");
    if (config.title_weight >= 1) refuse("title_weight", "less than 1", fmt::to_string(config.title_weight));
  }
  if (root.has("comparison_weight")) config.comparison_weight = root.positive("comparison_weight");
  if (root.has("pooling")) {
    const auto pooling = root.text("pooling");
    if (pooling != "cls" && pooling != "mean") refuse("pooling", "cls or mean", pooling);
    config.pooling = pooling == "mean" ? Pooling::mean : Pooling::first_token;
  }
  config.pooler = read_pooler(root);
  config.labels = read_labels(root);
  config.sentiment_outputs = read_outputs(root);
  config.topics = read_topics(root);
  merge_topics(root, config);
  config.entity_heads = read_entity_heads(root, config.encoder);
  config.events = read_events(root);
  const auto calibration = root.section("calibration");
  config.sentiment_calibration = read_calibration(calibration, "sentiment", true);
  config.topic_calibration = read_calibration(calibration, "topic", !config.topics.empty());
  config.entity_calibration = read_calibration(calibration, "entity", false);
  config.event_calibration = read_calibration(calibration, "event", false);
  config.gravity_calibration = read_calibration(calibration, "gravity", false);
  config.entity_event_calibration = read_calibration(calibration, "entity_event", false);
  config.entity_gravity_calibration = read_calibration(calibration, "entity_gravity", false);
  config.provenance = root.has("provenance") ? notation::to_json(root.value("provenance", "an object")) : "{}";
  return config;
}

}  // namespace

ModelConfig parse_model_config(std::string_view config_json, std::string_view origin) try {
  const auto object = parse_json_object(config_json);
  return read_config(JsonSection(object, ""));
} catch (const ModelError& error) {
  throw ModelError(fmt::format("{}: {}", origin, error.what()));
}

}  // namespace tapewatch::model
