// Tested by tests/e2e/daemon/withstand_test.py
#include "daemon/commands/registration/registration.hpp"

#include "daemon/commands/bench/bench.hpp"
#include "daemon/commands/eval/eval.hpp"
#include "daemon/commands/model_import.hpp"
#include "daemon/commands/model_info.hpp"
#include "daemon/commands/registration/subcommand.hpp"
#include "daemon/commands/score.hpp"
#include "model/engine.hpp"
#include "model/evaluation/labelled_task.hpp"
#include "model/evaluation/neutral_fit.hpp"

namespace tapewatch {
namespace {

void add_rules(CLI::App* command, model::RulesOptions& rules) {
  command->add_option("--rules", rules.file, "TSV of phrases that adjust the network's scores: phrase, class, weight");
  command->add_option("--mixing-weight", rules.mixing_weight, "Weight of the rules beside the network")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 100.0));
}

/// `Options` has the model, its precision and its kernels.
template <class Options>
void add_engine(CLI::App* command, Options& options) {
  command->add_option("--model", options.model, "`builtin` or a directory")->capture_default_str();
  command
      ->add_option("--precision", options.precision, "What the encoder's matrix products are computed in: fp32 or int8")
      ->capture_default_str()
      ->check(CLI::IsMember({"fp32", "int8"}));
  command
      ->add_option("--kernels", options.kernels,
                   "Instruction set: auto, avx512_vnni, avx512, avx2 or portable; the scores do not depend on it")
      ->capture_default_str()
      ->check(CLI::IsMember(model::kernel_choices()));
}

void add_neutral_bias(CLI::App* command, double& bias) {
  command->add_option("--neutral-bias", bias, "Added to the log-odds of neutral; `eval --fit-neutral` finds it")
      ->capture_default_str()
      ->check(CLI::Range(-model::kMostNeutralBias, model::kMostNeutralBias))
      ->check([](const std::string& text) {
        return text.find("nan") == std::string::npos ? "" : "expected a number, found nan";
      });
}

}  // namespace

void add_score(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("score", "Scores texts: one text or document per line in, one result per line out");
  auto options = std::make_shared<ScoreOptions>();
  add_engine(command, *options);
  command->add_option("--threads", options->threads, "Threads; 0: one per core")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  list_option(command, "--entity", options->entities,
              "Also score towards this company where a text names it; repeatable");
  command->add_flag("--explain", options->explain,
                    "Also show how much the label depends on each word (30 times the cost)");
  add_rules(command, options->rules);
  add_neutral_bias(command, options->neutral_bias);
  list_option(command, "--language", options->languages,
              "A language that is scored, others are unscored: en by default, `any` scores all; repeatable");
  command->add_option("--format", options->format, "ndjson or table")
      ->capture_default_str()
      ->check(CLI::IsMember({"ndjson", "table"}));
  command->add_option("FILE", options->file, "Texts or NDJSON documents; - is standard input")->capture_default_str();
  choose(command, chosen, [options] { return run_score(*options); });
}

void add_eval(CLI::App& app, Action& chosen) {
  CLI::App* command = app.add_subcommand("eval", "Measures a model on labelled texts; prints JSON");
  auto options = std::make_shared<EvalOptions>();
  add_engine(command, *options);
  const auto tasks = model::task_names();
  command
      ->add_option(
          "--task", options->task,
          "sentiment, topic, event or gravity; entity (sentiment), entity-event or entity-gravity: towards the "
          "entity column")
      ->required()
      ->check(CLI::IsMember(std::vector<std::string>(tasks.begin(), tasks.end())));
  add_rules(command, options->rules);
  add_neutral_bias(command, options->neutral_bias);
  command->add_flag("--fit-neutral", options->fit_neutral,
                    "Print instead the bias of neutral with the lowest loss on DATA, from 30 rows on");
  command->add_flag("--by-source", options->by_source, "With --fit-neutral: one for each source too");
  command->add_flag("--fit-mixing", options->fit_mixing,
                    "Print instead the mixing weight of the rules with the lowest loss on DATA");
  list_option(command, "--sources", options->sources, "Only rows of these sources, separated by commas")
      ->delimiter(',');
  command
      ->add_option(
          "--cross-fit", options->cross_fit,
          "Print instead the calibration error as it is and cross-fitted: calibrated on the other of this many folds")
      ->check(CLI::Range(2, 100));
  command
      ->add_option("--abstain-below", options->abstain_below,
                   "Count rows with less confidence as abstained and measure the others")
      ->check(CLI::Range(0.0, 1.0));
  command
      ->add_option("--bootstrap", options->bootstrap,
                   "Add 95 % intervals of accuracy and macro-F1 from this many bootstrap draws, such as 1000")
      ->check(CLI::Range(100, 100'000));
  command
      ->add_option("--against", options->against,
                   "Measure the model in this precision too, and print how many labels are the same: fp32 or int8")
      ->check(CLI::IsMember({"fp32", "int8"}));
  command->add_option(
      "--against-model", options->against_model,
      "With --against: another model in that precision, such as the one that --model was quantised from");
  command->add_option("DATA", options->file, "TSV with a header: label, text, optional source, entity")->required();
  choose(command, chosen, [options] { return run_eval(*options); });
}

void add_bench(CLI::App& app, Action& chosen) {
  CLI::App* command =
      app.add_subcommand("bench", "Measures what this machine reaches: texts, documents, waits, memory");
  auto options = std::make_shared<BenchOptions>();
  auto each = std::make_shared<unsigned>(static_cast<unsigned>(options->each.count()));
  add_engine(command, *options);
  command->add_option("--threads", options->threads, "Threads that score; 0: one per core")
      ->capture_default_str()
      ->check(CLI::Range(0, 1024));
  command->add_option("--rounds", options->rounds, "Rounds of which the medians are printed")
      ->capture_default_str()
      ->check(CLI::Range(1, 100));
  command->add_flag("--whole-last-layer", options->whole_last_layer,
                    "Also compute what no head needs of the last layer; the scores are the same");
  command->add_option("--headlines", options->headlines, "File of headlines, one a line; default: the demo's");
  command->add_option("--kafka", options->kafka,
                      "Brokers: the pipeline is measured from a topic made for it; default: from the daemon's queue");
  command->add_option("--seconds", *each, "How long the pipeline is measured at each rate; 0: not at all")
      ->capture_default_str()
      ->check(CLI::Range(0, 3600));
  command->add_option("--format", options->format, "table or json")
      ->capture_default_str()
      ->check(CLI::IsMember({"table", "json"}));
  command->add_flag_callback(
      "--json", [options] { options->format = "json"; }, "The same as --format json");
  choose(command, chosen, [options, each] {
    options->each = std::chrono::seconds(*each);
    return run_bench(*options);
  });
}

void add_model(CLI::App& app, Action& chosen) {
  CLI::App* group = app.add_subcommand("model", "Describes models and imports published ones");
  group->require_subcommand(1);
  CLI::App* info = group->add_subcommand("info", "Describes a model as a JSON object");
  auto model = std::make_shared<std::string>("builtin");
  info->add_option("DIR", *model, "`builtin` or a directory")->capture_default_str();
  choose(info, chosen, [model] { return run_model_info(*model); });
  CLI::App* import = group->add_subcommand("import", "Imports a published BERT or DistilBERT classifier");
  auto options = std::make_shared<ModelImportOptions>();
  import
      ->add_option("DIR", options->from,
                   "The published model: config.json, vocab.txt or tokenizer.json, model.safetensors")
      ->required();
  import->add_option("--out", options->to, "Model directory to write; must not exist")->required();
  import->add_option("--name", options->name, "The model's name; default: the name of its folder");
  list_option(import, "--label", options->labels,
              "What a class of the model means, such as LABEL_0=negative; repeatable. Classes named positive, neutral, "
              "negative, bullish or bearish are known");
  import->add_flag("--without-neutral", options->without_neutral, "Accept a model without a neutral class");
  import->add_flag("--cased", options->cased, "Case and accents matter, whatever tokenizer_config.json says");
  import->add_flag("--uncased", options->uncased, "Case and accents do not matter");
  import->add_option("--max-tokens", options->max_tokens,
                     "Window in tokens; default: the longest that the model accepts");
  choose(import, chosen, [options] { return run_model_import(*options); });
}

}  // namespace tapewatch
