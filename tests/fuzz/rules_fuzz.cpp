// A rule file, and the text it is applied to: the part after an empty line.
#include "model/rules.hpp"
#include "tests/fuzz/fuzz_input.hpp"

using namespace tapewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input = fuzz::text(data, size);
  const std::size_t gap = std::min(input.find("\n\n"), input.size());
  const std::string_view text = input.substr(std::min(gap + 2, input.size()));
  model::ModelConfig config;
  config.labels = {"positive", "neutral", "negative"};
  config.topics = {{"earnings", "Earnings"}, {"fed-central-banks", "Fed | Central Banks"}};
  config.folding.lower_case = config.folding.strip_accents = true;
  try {
    const auto rules = model::Rules::parse(input.substr(0, gap), config, "f.tsv");
    std::vector<float> sentiment(3), topics(2);
    const auto matches = rules.find(text);
    for (const auto& match : matches) {
      fuzz::require(match.rule < rules.rules().size(), "a match is of a rule");
      fuzz::require(match.span.start < match.span.end && match.span.end <= text.size(), "a match is within the text");
    }
    rules.add_to(matches, 1, sentiment, topics);
  } catch (const model::RulesError& error) {
    fuzz::require(std::string_view(error.what()).starts_with("f.tsv"), "an error names its file");
  }
  return 0;
}
