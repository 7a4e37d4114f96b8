#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "model/package/model_config.hpp"
#include "model/reading.hpp"
#include "model/text/boilerplate.hpp"

namespace tapewatch::model {

/// A rule file that cannot be used: the message names the file, the line, what was expected and what was found.
class RulesError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Which of the model's two heads a rule adjusts.
enum class RuleHead { sentiment, topic };

/// "Texts with this phrase tend to be of this class": adds `weight` logits (or subtracts, if negative).
struct Rule {
  std::string phrase;  // as the file has it
  RuleHead head = RuleHead::sentiment;
  std::size_t index = 0;  // of the class within its head
  float weight = 0;
};

/// A rule that applies to a text, at its first match.
struct RuleMatch {
  std::size_t rule = 0;
  ByteSpan span;
};

/// The user's prior knowledge. Const, shared by threads.
///
/// Phrases match whole words, ignoring case and accents; punctuation marks are separate words, as in the tokenizer. Of
/// overlapping matches the longest counts, of equally long ones the first. A rule counts once per text, however often
/// its phrase occurs, so the file bounds the total effect.
class Rules {
 public:
  static constexpr std::size_t kMaxRules = 100'000, kMaxWords = 16;
  static constexpr float kMaxWeight = 20;  // logits: far beyond certainty

  /// Tab-separated UTF-8 with the header `phrase class weight` in any order; a class is positive, neutral, negative or
  /// a topic's id, former id or name. Empty lines and lines that begin with # are skipped. Throws RulesError.
  static Rules parse(std::string_view tsv, const ModelConfig& model, std::string_view origin);

  const std::vector<Rule>& rules() const { return rules_; }
  /// In the order of the text. Linear in its words.
  std::vector<RuleMatch> find(std::string_view text) const;
  /// Adds weight · factor of each match to its class's logit; without topics only to sentiments.
  void add_to(std::span<const RuleMatch> matches, float factor, std::span<float> sentiment,
              std::span<float> topics) const;
  /// 8 hexadecimal digits that change with any byte of the file.
  const std::string& hash() const { return hash_; }

 private:
  Rules() = default;
  void add(Rule rule, std::string_view where);

  std::vector<Rule> rules_;
  std::unordered_map<std::string, std::vector<std::size_t>> by_phrase_;  // folded words, separated by a space → rules
  std::vector<bool> lengths_ = std::vector<bool>(kMaxWords + 1);         // lengths of the phrases, in words
  std::string hash_;
};

/// The file at `path` for a model. Throws RulesError.
std::shared_ptr<const Rules> load_rules(const std::string& path, const ModelConfig& model);

/// What is known beside the network: log-odds' = log-odds + mixing_weight · Σ weight · e_class, and the neutral's, also
/// towards companies, + neutral_bias; after the calibration, so that a weight means the same for every model.
struct Prior {
  std::shared_ptr<const Rules> rules;  // null: none
  float mixing_weight = 1;
  float neutral_bias = 0;
  std::vector<std::pair<std::string, float>> neutral_of_sources = {};  // that have another; ascending

  float neutral_of(std::string_view source) const;
  /// Whether rules apply.
  bool active() const { return rules != nullptr && mixing_weight != 0; }
  /// Where the rules apply, boilerplate aside; only of an active prior.
  std::vector<RuleMatch> find(std::string_view text, std::span<const Boilerplate> left_out) const {
    return left_out.empty() ? rules->find(text) : rules->find(blanked(text, left_out));
  }
};

/// The version recorded with each score: the model's, with active rules also theirs, and where neutral begins if it was
/// moved, so that each row shows what produced it: "tapewatch-minilm+1f2e3d4c+rules.5a6b7c8d+neutral.0.4"; with sources
/// of their own bias a hash in place of the number.
std::string version_with(const std::string& model_version, const Prior& prior);

}  // namespace tapewatch::model
