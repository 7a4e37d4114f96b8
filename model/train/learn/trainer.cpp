#include "model/train/learn/trainer.hpp"

#include <fmt/format.h>
#include <torch/torch.h>
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <optional>
#include <stdexcept>

#include "model/text/tokenizer.hpp"
#include "model/text/vocabulary.hpp"
#include "model/train/data/epoch_rows.hpp"
#include "model/train/learn/checkpoint.hpp"
#include "model/train/learn/ema.hpp"
#include "model/train/learn/learning_setup.hpp"
#include "model/train/learn/optimiser.hpp"
#include "model/train/learn/schedule.hpp"
#include "model/train/learn/validator.hpp"
#include "model/train/network/adapters.hpp"
#include "model/train/network/initial_network.hpp"
#include "model/train/report/html_report.hpp"
#include "model/train/report/model_card.hpp"
#include "model/train/report/run_log.hpp"
#include "model/train/report/run_progress.hpp"

namespace tapewatch::model::train {
namespace {

class Run {
 public:
  Run(const TrainOptions& options, const RunOutput& output);
  TrainResult operator()();

 private:
  bool is_over() const;
  bool epoch();  // false: stopped
  void step(const Batch& batch);
  void validate();
  RunState state() const;
  void log_step();
  void log_validation(const ValidationResult& found);
  void export_best(const Network& network);
  void write_report();
  void save();
  void restore();
  std::int64_t fingerprint() const;
  NamedTensors learned() const;
  NamedTensors exported() const;
  std::int64_t steps_per_epoch() const {
    return (static_cast<std::int64_t>(rows_.size()) + options_.batch - 1) / options_.batch;
  }

  const TrainOptions& options_;
  const RunOutput& output_;
  RunData data_;
  PublishedEncoder encoder_;
  Vocabulary vocabulary_;
  Tokenizer tokenizer_;
  Validator validator_;
  SoftLabels soft_;
  EpochRows rows_;
  Network network_;
  std::vector<Trained> trained_;
  Optimiser optimiser_;
  MovingAverage average_;
  RankAllocator ranks_;
  LossOptions loss_;
  Decay decay_;
  RunLog curves_;
  Progress progress_;
  std::optional<ValidationResult> best_;  // of the best epoch; nothing if an earlier process found it
  TrainResult result_;
  std::int64_t steps_now_ = 0;  // of this process
};

Run::Run(const TrainOptions& options, const RunOutput& output)
    : options_(options),
      output_(output),
      data_(read_run_data(options, output.line)),
      encoder_(initial_encoder(options)),
      vocabulary_(Vocabulary::parse(encoder_.vocabulary)),
      tokenizer_(vocabulary_),
      validator_(options, data_, tokenizer_),
      soft_(options.teachers, data_.train, data_.topics, options.soft_temperature),
      rows_(data_, soft_, options.unlabelled_ratio, options.seed),
      network_(initial_network(encoder_, options, data_)),
      trained_(trained_tensors(network_, rates(options))),
      optimiser_(trained_, method_named(options.optimiser), options.momentum),
      average_(trained_, options.ema),
      ranks_(network_.tensors(),
             rank_budget(options, static_cast<double>(steps_per_epoch() * options.epochs),
                         options.adapters.matrices.size() * static_cast<std::size_t>(encoder_.shape.layers))),
      loss_(loss_options(options, data_, network_.shape())),
      decay_(decay_named(options.schedule)),
      curves_(options.out, options.resume) {
  encoder_.tensors.clear();  // copied into the network
}

TrainResult Run::operator()() {
  if (options_.resume) restore();
  output_.line(
      fmt::format("{} training texts, {} validation texts, {} topics, {} entity names, {} steps per epoch, {} epochs",
                  data_.labelled, data_.valid.size(), data_.topics.size(), data_.entity_names.size(), steps_per_epoch(),
                  options_.epochs));
  if (!soft_.empty()) output_.line(fmt::format("{} texts have a teacher's labels", soft_.covered()));
  if (rows_.unlabelled() > 0) {
    output_.line(fmt::format("{} texts without labels have them too, {} used in each epoch", rows_.unlabelled(),
                             rows_.unlabelled_an_epoch()));
  }
  if (options_.epochs == 0) validate();
  bool stopped = false;
  while (!stopped && !is_over()) stopped = !epoch();
  result_.finished = is_over();
  result_.best_epoch = static_cast<std::int64_t>(progress_.best_epoch);
  if (best_) result_.best = best_->scores;
  result_.tensors = network_.tensors();
  return std::move(result_);
}

/// Whether all epochs are done, or the last `patience` of them brought no improvement.
bool Run::is_over() const {
  if (progress_.epoch >= static_cast<double>(options_.epochs)) return true;
  return options_.patience > 0 &&
         progress_.epoch - 1.0 - progress_.best_epoch >= static_cast<double>(options_.patience);
}

bool Run::epoch() {
  const auto number = static_cast<std::int64_t>(progress_.epoch);
  const auto rows = encode_epoch(data_.train, tokenizer_,
                                 {.seed = options_.seed,
                                  .epoch = number,
                                  .max_tokens = options_.max_tokens,
                                  .keep_raw = options_.keep_raw,
                                  .swap_names = options_.swap_names,
                                  .perturb = options_.perturb,
                                  .names = data_.entity_names});
  const auto batches = plan_batches(rows, rows_.rows(number), options_.batch, options_.seed, number);
  for (auto next = static_cast<std::size_t>(progress_.step); next < batches.size(); ++next) {
    if (options_.stop_after > 0 && steps_now_ == options_.stop_after) {
      save();
      return false;
    }
    const auto before = std::chrono::steady_clock::now();
    auto batch = make_batch(rows, batches[next]);
    batch.soft = soft_.batch(batches[next]);
    step(batch);
    progress_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    ++steps_now_;
    const auto done = static_cast<std::int64_t>(progress_.global_step);
    if (output_.state) output_.state(state());
    if (done % options_.log_every == 0) log_step();
    if (done % options_.checkpoint_every == 0) save();
  }
  log_step();
  validate();
  progress_ = {.epoch = progress_.epoch + 1,
               .global_step = progress_.global_step,
               .best_score = progress_.best_score,
               .best_epoch = progress_.best_epoch,
               .seconds = progress_.seconds};
  save();
  return true;
}

void Run::step(const Batch& batch) {
  const auto steps = static_cast<double>(steps_per_epoch() * options_.epochs);
  const auto logits = network_.forward(batch.input, true);
  const auto loss = batch_loss(logits, batch, loss_);
  optimiser_.zero_grad();
  if (ranks_.on()) {
    (loss + orthogonality(network_.tensors()) * options_.orthogonality).backward();
  } else {
    loss.backward();
  }
  ranks_.observe();
  optimiser_.clip(options_.clip_norm);
  optimiser_.step(schedule(decay_, progress_.global_step, steps, options_.warmup));
  average_.update(progress_.global_step);
  ranks_.prune(progress_.global_step, average_.weights());
  count(progress_, logits, batch, loss.item<double>());
}

RunState Run::state() const { return run_state(progress_, {.epochs = options_.epochs, .steps = steps_per_epoch()}); }

void Run::log_step() {
  output_.line(state_line(state()));
  auto values = training_values(progress_);
  if (ranks_.on()) values.emplace_back("train/ranks", static_cast<double>(ranks_.rank_sum()));
  curves_.add(static_cast<std::int64_t>(progress_.global_step), values);
}

void Run::log_validation(const ValidationResult& found) {
  std::vector<std::pair<std::string, double>> values;
  for (const auto& one : found.scores) {
    const auto name = fmt::format("valid/{} {}", to_string(one.task), one.source);
    values.emplace_back(name + "/accuracy", one.accuracy);
    values.emplace_back(name + "/loss", one.loss);
  }
  curves_.add(static_cast<std::int64_t>(progress_.global_step), values);
}

/// The report of the best epoch so far, whose model is in the directory, with the curves of all epochs.
void Run::write_report() {
  if (options_.out.empty()) return;
  if (!best_) {  // found before the run was stopped
    best_ = validator_(network_of(read_encoder(options_.out)));
    validator_.review(*best_);
  }
  write_atomically(std::filesystem::path(options_.out) / "report.html",
                   html_report({.title = options_.name,
                                .command = options_.command,
                                .epoch = static_cast<std::int64_t>(progress_.best_epoch) + 1,
                                .scores = best_->scores,
                                .reviews = best_->reviews,
                                .curves = curves_.points()}));
}

/// The network's plain tensors, the learned ones as their moving averages if there are any.
NamedTensors Run::exported() const {
  auto tensors = network_.tensors();
  for (const auto& [name, average] : average_.weights()) tensors[name] = average;
  return merge_adapters(tensors, network_.adapter_scale());
}

void Run::validate() {
  const Network rounded(network_, rounded_to_half(exported()));
  auto found = validator_(rounded);
  const auto number = static_cast<std::int64_t>(progress_.epoch) + 1;
  report_validation(found, number, options_, output_.line);
  log_validation(found);
  // Without validation the last epoch is best.
  const double mean = found.any && !options_.keep_last ? found.mean_accuracy : progress_.epoch;
  if (mean > progress_.best_score) {
    progress_.best_score = mean;
    progress_.best_epoch = progress_.epoch;
    best_ = std::move(found);
    validator_.review(*best_);
    export_best(rounded);
    output_.line(fmt::format("epoch {} is the best so far (mean accuracy {:.4f})", number, mean));
  }
  write_report();
}

void Run::export_best(const Network& network) {
  if (options_.out.empty()) return;
  write_model(options_.out, network, encoder_.vocabulary,
              model_card({.options = options_,
                          .shape = network_.shape(),
                          .topics = data_.topics,
                          .events = data_.events,
                          .encoder = encoder_,
                          .texts = data_.train,
                          .teachers = soft_.teachers(),
                          .scores = best_->scores,
                          .cleaned = best_->cleaned,
                          .reviews = best_->reviews,
                          .epoch = static_cast<std::int64_t>(progress_.best_epoch) + 1}));
}

/// A fingerprint of everything the sequence of steps depends on, without threads, paths and logging.
std::int64_t Run::fingerprint() const {
  auto text = fmt::format("{} {} {}", encoder_.sha256, described_learning(options_), soft_.covered());
  for (const auto& teacher : soft_.teachers()) text += "\n" + teacher;
  for (const auto& row : data_.train) {
    text += fmt::format("\n{} {} {} {}", row.sentiment, row.score, row.topic, row.text);
    for (const auto& entity : row.entities) text += fmt::format("\t{} {}", entity.name, entity.score);
  }
  return static_cast<std::int64_t>(XXH3_64bits(text.data(), text.size()));
}

NamedTensors Run::learned() const {
  NamedTensors tensors;
  for (const auto& one : trained_) tensors[one.name] = one.tensor;
  return tensors;
}

void Run::save() {
  if (options_.checkpoint.empty()) return;
  save_checkpoint(options_.checkpoint, {.weights = learned(),
                                        .averages = average_.weights(),
                                        .optimiser = optimiser_.state(),
                                        .ranks = ranks_.state(),
                                        .random_state = at::detail::getDefaultCPUGenerator().get_state(),
                                        .progress = progress_,
                                        .run = fingerprint()});
}

void Run::restore() {
  const auto checkpoint = resume_from(options_.checkpoint, fingerprint());
  network_.load(checkpoint.weights);
  average_.load(checkpoint.averages);
  optimiser_.load(checkpoint.optimiser);
  ranks_.load(checkpoint.ranks);
  progress_ = checkpoint.progress;
  if (progress_.best_epoch >= 0.0 && !options_.out.empty() &&
      !std::filesystem::exists(std::filesystem::path(options_.out) / "model.safetensors")) {
    throw std::runtime_error(options_.out +
                             ": the best epoch's model is not there: --out must be that of the run resumed");
  }
  output_.line(fmt::format("resumed at epoch {} step {}", progress_.epoch + 1, progress_.step));
}

}  // namespace

TrainResult train(const TrainOptions& options, const RunOutput& output) {
  check(options);
  at::set_num_threads(options.threads);
  return Run(options, output)();
}

}  // namespace tapewatch::model::train
