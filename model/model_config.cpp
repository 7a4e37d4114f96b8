#include "model/model_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <cmath>
#include <set>

#include "model/model_error.hpp"
#include "model/prediction.hpp"
#include "model/topic_slug.hpp"

namespace tapewatch::model {
namespace {

namespace json = boost::json;

constexpr std::size_t kFormatVersion = 1;
// Far beyond any encoder that this runtime serves in time; they keep a damaged number from becoming an allocation.
constexpr std::size_t kMaxWidth = 1U << 16, kMaxLayers = 256, kMaxWindow = 1U << 16, kMaxVocabulary = 1U << 22;
constexpr std::size_t kMaxTopics = 4096;
constexpr std::string_view kLabels[kSentiments] = {"positive", "neutral", "negative"};

[[noreturn]] void refuse(std::string_view key, std::string_view expected, std::string_view found) {
  throw ModelError(fmt::format("{}: expected {}, found {}", key, expected, found));
}

/// One object of the file, with the path to it for messages.
class Section {
 public:
  Section(const json::object& object, std::string path) : object_(object), path_(std::move(path)) {}

  bool has(std::string_view key) const { return object_.contains(key); }
  std::string path(std::string_view key) const { return path_ + std::string(key); }

  const json::value& value(std::string_view key, std::string_view expected) const {
    const auto* found = object_.if_contains(key);
    if (!found) refuse(path(key), expected, "nothing");
    return *found;
  }

  std::size_t size(std::string_view key, std::size_t lowest, std::size_t highest) const {
    const auto expected = fmt::format("an integer from {} to {}", lowest, highest);
    const auto& found = value(key, expected);
    boost::system::error_code error;
    const auto number = found.to_number<std::uint64_t>(error);
    if (error || found.is_double() || number < lowest || number > highest) {
      refuse(path(key), expected, json::serialize(found));
    }
    return number;
  }

  float positive(std::string_view key) const {
    constexpr std::string_view kExpected = "a positive number";
    const auto& found = value(key, kExpected);
    boost::system::error_code error;
    const auto number = static_cast<float>(found.to_number<double>(error));
    if (error || !(number > 0) || !std::isfinite(number)) refuse(path(key), kExpected, json::serialize(found));
    return number;
  }

  std::string text(std::string_view key) const {
    constexpr std::string_view kExpected = "a string that is not empty";
    const auto& found = value(key, kExpected);
    if (!found.is_string() || found.get_string().empty()) refuse(path(key), kExpected, json::serialize(found));
    return std::string(found.get_string());
  }

  bool boolean(std::string_view key, bool otherwise) const {
    if (!has(key)) return otherwise;
    const auto& found = object_.at(key);
    if (!found.is_bool()) refuse(path(key), "true or false", json::serialize(found));
    return found.get_bool();
  }

  const json::array& array(std::string_view key) const {
    const auto& found = value(key, "an array");
    if (!found.is_array()) refuse(path(key), "an array", json::serialize(found));
    return found.get_array();
  }

  Section section(std::string_view key) const {
    const auto& found = value(key, "an object");
    if (!found.is_object()) refuse(path(key), "an object", json::serialize(found));
    return {found.get_object(), path(key) + "."};
  }

 private:
  const json::object& object_;
  std::string path_;
};

EncoderShape read_shape(const Section& root) {
  EncoderShape shape;
  shape.hidden_size = root.size("hidden_size", 1, kMaxWidth);
  shape.layers = root.size("layers", 1, kMaxLayers);
  shape.heads = root.size("heads", 1, shape.hidden_size);
  shape.intermediate_size = root.size("intermediate_size", 1, kMaxWidth);
  shape.max_position = root.size("max_position", 3, kMaxWindow);
  shape.vocab_size = root.size("vocab_size", 4, kMaxVocabulary);
  shape.layer_norm_eps = root.positive("layer_norm_eps");
  if (shape.hidden_size % shape.heads != 0) {
    refuse("heads", fmt::format("a divisor of hidden_size {}", shape.hidden_size), fmt::to_string(shape.heads));
  }
  return shape;
}

// Their order is the order of the head's outputs and of Prediction::sentiment.
std::vector<std::string> read_labels(const Section& root) {
  std::vector<std::string> labels;
  for (const auto& item : root.array("labels")) {
    labels.emplace_back(item.is_string() ? std::string(item.get_string()) : json::serialize(item));
  }
  if (!std::equal(labels.begin(), labels.end(), std::begin(kLabels), std::end(kLabels))) {
    refuse("labels", fmt::format("[{}]", fmt::join(kLabels, ", ")), fmt::format("[{}]", fmt::join(labels, ", ")));
  }
  return labels;
}

std::vector<TopicName> read_topics(const Section& root) {
  const auto& array = root.array("topics");
  if (array.empty() || array.size() > kMaxTopics) {
    refuse("topics", fmt::format("1 to {} topics", kMaxTopics), fmt::to_string(array.size()));
  }
  std::vector<TopicName> topics;
  std::set<std::string> seen;
  for (const auto& item : array) {
    const auto path = fmt::format("topics[{}]", topics.size());
    if (!item.is_object()) refuse(path, "an object with id and name", json::serialize(item));
    const Section topic(item.get_object(), path + ".");
    topics.push_back({topic.text("id"), topic.text("name")});
    const auto& id = topics.back().id;
    if (id != topic_slug(id)) refuse(path + ".id", fmt::format("the slug {}", topic_slug(id)), id);
    if (!seen.insert(id).second) refuse(path + ".id", "an id of its own", id + " again");
  }
  return topics;
}

// The attention point is optional: models of before it are read as they were.
std::size_t read_entity_heads(const Section& root, const EncoderShape& shape) {
  if (!root.has("entity_head")) return 0;
  const auto head = root.section("entity_head");
  const auto heads = head.size("heads", 1, shape.hidden_size);
  if (shape.hidden_size % heads != 0) {
    refuse(head.path("heads"), fmt::format("a divisor of hidden_size {}", shape.hidden_size), fmt::to_string(heads));
  }
  return heads;
}

ModelConfig read_config(const Section& root) {
  // First, so that a later format is called that and not a list of what it lacks.
  root.size("format_version", kFormatVersion, kFormatVersion);
  if (const auto architecture = root.text("architecture"); architecture != "bert") {
    refuse("architecture", "bert", architecture);
  }
  ModelConfig config;
  config.name = root.text("name");
  config.encoder = read_shape(root);
  config.max_tokens = root.size("max_tokens", 3, config.encoder.max_position);
  config.lower_case = root.boolean("lower_case", true);
  if (root.has("pooling")) {
    const auto pooling = root.text("pooling");
    if (pooling != "cls" && pooling != "mean") refuse("pooling", "cls or mean", pooling);
    config.pooling = pooling == "mean" ? Pooling::mean : Pooling::first_token;
  }
  config.labels = read_labels(root);
  config.topics = read_topics(root);
  config.entity_heads = read_entity_heads(root, config.encoder);
  const auto calibration = root.section("calibration");
  config.sentiment_temperature = calibration.positive("sentiment_temperature");
  config.topic_temperature = calibration.positive("topic_temperature");
  if (calibration.has("entity_temperature")) config.entity_temperature = calibration.positive("entity_temperature");
  config.provenance = root.has("provenance") ? json::serialize(root.value("provenance", "an object")) : "{}";
  return config;
}

}  // namespace

ModelConfig parse_model_config(std::string_view config_json, std::string_view origin) try {
  boost::system::error_code error;
  const auto value = json::parse(config_json, error);
  if (error) throw ModelError(fmt::format("expected JSON, found an error in it: {}", error.message()));
  if (!value.is_object()) throw ModelError("expected a JSON object");
  return read_config(Section(value.get_object(), ""));
} catch (const ModelError& error) {
  throw ModelError(fmt::format("{}: {}", origin, error.what()));
}

}  // namespace tapewatch::model
