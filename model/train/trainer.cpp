#include "model/train/trainer.hpp"

#include <fmt/format.h>
#include <torch/torch.h>
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <stdexcept>

#include "model/tokenizer.hpp"
#include "model/train/adamw.hpp"
#include "model/train/checkpoint.hpp"
#include "model/train/ema.hpp"
#include "model/train/losses.hpp"
#include "model/train/model_directory.hpp"
#include "model/train/run_data.hpp"
#include "model/train/validator.hpp"
#include "model/vocabulary.hpp"

namespace tapewatch::model::train {
namespace {

using Log = std::function<void(const std::string&)>;

/// Linear warm-up from 0, then linear decay to 0 at the last step.
double schedule(double step, double steps, double warmup_share) {
  const double warmup = std::max(1.0, std::floor(steps * warmup_share));
  if (step < warmup) return (step + 1.0) / warmup;
  return std::max(0.0, (steps - step) / std::max(1.0, steps - warmup));
}

/// The generator that libtorch's CPU dropout draws from.
void set_random_state(const torch::Tensor& state) {
  at::Generator generator = at::detail::getDefaultCPUGenerator();  // a handle, not a copy
  generator.set_state(state);
}

NetworkShape with_heads(NetworkShape shape, const RunData& data, const TrainOptions& options) {
  shape.sentiments = static_cast<std::int64_t>(sentiment_names().size());
  shape.topics = std::max<std::int64_t>(1, static_cast<std::int64_t>(data.topics.size()));
  shape.entity_heads = data.has_entities() ? options.entity_heads : 0;
  return shape;
}

PublishedEncoder chosen_encoder(const TrainOptions& options) {
  auto encoder = read_encoder(options.encoder);
  keep_layers(encoder, options.layers, options.layer_choice == "even");
  return encoder;
}

/// The encoder as published, heads at random; those of a model directory of ours where they are the same ones.
Network initial_network(const NetworkShape& shape, const TrainOptions& options, const PublishedEncoder& encoder,
                        const RunData& data) {
  torch::manual_seed(options.seed);
  Network network(shape, options.pooling == "mean", options.dropout);
  network.load(encoder.tensors);
  if (!encoder.trained) return network;
  const auto same = [](const TopicName& a, const TopicName& b) { return a.id == b.id; };
  const auto& topics = encoder.trained->topics;
  const bool same_topics = std::equal(topics.begin(), topics.end(), data.topics.begin(), data.topics.end(), same);
  for (const auto& [name, tensor] : encoder.trained->tensors) {
    const auto found = network.tensors().find(name);
    if (found == network.tensors().end() || found->second.sizes() != tensor.sizes()) continue;
    if (same_topics || !name.starts_with("heads.topic.")) network.load({{name, tensor}});
  }
  return network;
}

RateOptions rates(const TrainOptions& options) {
  return {.encoder = options.lr_encoder,
          .heads = options.lr_heads,
          .layer_decay = options.layer_decay,
          .weight_decay = options.weight_decay,
          .freeze_embeddings = options.freeze_embeddings,
          .freeze_layers = options.freeze_layers};
}

class Run {
 public:
  Run(const TrainOptions& options, const Log& log);
  TrainResult operator()();

 private:
  bool epoch();  // false: stopped
  void step(const Batch& batch);
  void count(const Logits& logits, const Batch& batch, double loss);
  void validate();
  void report(double steps_in_epoch);
  void save();
  void restore();
  std::int64_t fingerprint() const;
  NamedTensors learned() const;
  NamedTensors exported() const;
  std::int64_t steps_per_epoch() const {
    return (static_cast<std::int64_t>(data_.train.size()) + options_.batch - 1) / options_.batch;
  }

  const TrainOptions& options_;
  const Log& log_;
  RunData data_;
  PublishedEncoder encoder_;
  Vocabulary vocabulary_;
  Tokenizer tokenizer_;
  Validator validator_;
  SoftLabels soft_;
  Network network_;
  std::vector<Trained> trained_;
  AdamW optimiser_;
  MovingAverage average_;
  Progress progress_;
  TrainResult result_;
  std::int64_t steps_now_ = 0;  // of this process
};

Run::Run(const TrainOptions& options, const Log& log)
    : options_(options),
      log_(log),
      data_(read_run_data(options, log)),
      encoder_(chosen_encoder(options)),
      vocabulary_(Vocabulary::parse(encoder_.vocabulary)),
      tokenizer_(vocabulary_),
      validator_(options, data_.valid, tokenizer_),
      soft_(options.teachers, data_.train, data_.topics, options.soft_temperature),
      network_(initial_network(with_heads(encoder_.shape, data_, options), options, encoder_, data_)),
      trained_(trained_tensors(network_, rates(options))),
      optimiser_(trained_),
      average_(trained_, options.ema) {
  encoder_.tensors.clear();  // copied into the network
}

TrainResult Run::operator()() {
  if (!options_.out.empty()) std::filesystem::create_directories(options_.out);
  if (options_.resume) restore();
  log_(fmt::format("{} training texts, {} validation texts, {} topics, {} entity names, {} steps an epoch, {} epochs",
                   data_.train.size(), data_.valid.size(), data_.topics.size(), data_.entity_names.size(),
                   steps_per_epoch(), options_.epochs));
  if (!soft_.empty()) log_(fmt::format("{} texts have a teacher's labels", soft_.covered()));
  if (options_.epochs == 0) validate();
  while (progress_.epoch < static_cast<double>(options_.epochs)) {
    if (!epoch()) break;
  }
  result_.finished = progress_.epoch >= static_cast<double>(options_.epochs);
  result_.best_epoch = static_cast<std::int64_t>(progress_.best_epoch);
  result_.tensors = network_.tensors();
  return std::move(result_);
}

bool Run::epoch() {
  const auto number = static_cast<std::int64_t>(progress_.epoch);
  const auto rows = encode_epoch(data_.train, tokenizer_,
                                 {.seed = options_.seed,
                                  .epoch = number,
                                  .max_tokens = options_.max_tokens,
                                  .keep_raw = options_.keep_raw,
                                  .swap_names = options_.swap_names,
                                  .names = data_.entity_names});
  const auto batches = plan_batches(rows, options_.batch, options_.seed, number);
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
    if (done % options_.log_every == 0) report(static_cast<double>(batches.size()));
    if (done % options_.checkpoint_every == 0) save();
  }
  report(static_cast<double>(batches.size()));
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
  const auto loss = batch_loss(logits, batch,
                               {.label_smoothing = options_.label_smoothing,
                                .soft_share = options_.soft_share,
                                .soft_temperature = options_.soft_temperature});
  optimiser_.zero_grad();
  loss.backward();
  optimiser_.clip(options_.clip_norm);
  optimiser_.step(schedule(progress_.global_step, steps, options_.warmup));
  average_.update(progress_.global_step);
  count(logits, batch, loss.item<double>());
}

void Run::count(const Logits& logits, const Batch& batch, double loss) {
  const auto rows = static_cast<double>(batch.input.ids.size(0));
  const auto task = [&](Task which, const torch::Tensor& scores, const torch::Tensor& labels) {
    const auto place = static_cast<std::size_t>(which);
    progress_.right[place] += (scores.argmax(1) == labels).sum().item<double>();
    progress_.labelled[place] += (labels != kNoLabel).sum().item<double>();
  };
  task(Task::sentiment, logits.sentiment, batch.sentiment);
  task(Task::topic, logits.topic, batch.topic);
  if (logits.entity.defined()) task(Task::entity, logits.entity, batch.entity);
  progress_.loss_sum += loss * rows;
  progress_.rows += rows;
  progress_.step += 1;
  progress_.global_step += 1;
  if (!std::isfinite(progress_.loss_sum)) {
    throw std::runtime_error("the loss is no longer finite: lower the learning rates");
  }
}

void Run::report(double steps_in_epoch) {
  const double left = steps_in_epoch * static_cast<double>(options_.epochs) - progress_.global_step;
  const double a_step = progress_.seconds / std::max(1.0, progress_.global_step);
  std::string accuracy;
  for (const auto task : {Task::sentiment, Task::topic, Task::entity}) {
    const auto place = static_cast<std::size_t>(task);
    if (progress_.labelled[place] == 0.0) continue;
    accuracy += fmt::format(" {} {:.4f}", to_string(task), progress_.right[place] / progress_.labelled[place]);
  }
  log_(fmt::format("epoch {} step {}/{} loss {:.4f}{} {:.2f} s/step, {:.0f} min left", progress_.epoch + 1,
                   progress_.step, steps_in_epoch, progress_.loss_sum / std::max(1.0, progress_.rows), accuracy, a_step,
                   a_step * left / 60.0));
}

/// The network's tensors, the learned ones as their moving averages where there are such.
NamedTensors Run::exported() const {
  auto tensors = network_.tensors();
  for (const auto& [name, average] : average_.weights()) tensors[name] = average;
  return tensors;
}

void Run::validate() {
  const Network rounded(network_, rounded_to_half(exported()));
  const auto found = validator_(rounded);
  const auto number = static_cast<std::int64_t>(progress_.epoch) + 1;
  report_validation(found, number, options_, log_);
  const double mean = found.any ? found.mean_accuracy : progress_.epoch;  // without validation the last epoch is best
  if (mean <= progress_.best_score) return;
  progress_.best_score = mean;
  progress_.best_epoch = progress_.epoch;
  result_.best = found.scores;
  if (options_.out.empty()) return;
  write_model(options_.out, rounded, encoder_.vocabulary,
              model_card({.options = options_,
                          .shape = network_.shape(),
                          .topics = data_.topics,
                          .encoder = encoder_,
                          .texts = data_.train,
                          .teachers = soft_.teachers(),
                          .scores = found.scores,
                          .cleaned = found.cleaned,
                          .temperatures = found.temperatures,
                          .epoch = number}));
  log_(fmt::format("epoch {} is the best so far (mean accuracy {:.4f}): exported", number, mean));
}

/// Of all that the sequence of steps depends on; threads, paths and logging left out.
std::int64_t Run::fingerprint() const {
  const auto& o = options_;
  auto text = fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {}", encoder_.sha256, o.layers, o.layer_choice,
                          o.epochs, o.batch, o.max_tokens, o.seed, o.lr_encoder, o.lr_heads, o.layer_decay,
                          o.weight_decay, o.warmup, o.clip_norm, o.dropout);
  text += fmt::format(" {} {} {} {} {} {} {} {} {} {}", o.label_smoothing, o.ema, o.freeze_embeddings, o.freeze_layers,
                      o.pooling, o.entity_heads, o.keep_raw, o.swap_names, o.soft_share, o.soft_temperature);
  for (const auto& teacher : soft_.teachers()) text += "\n" + teacher;
  for (const auto& row : data_.train) {
    text += fmt::format("\n{} {} {}", row.sentiment, row.topic, row.text);
    for (const auto& entity : row.entities) text += fmt::format("\t{} {}", entity.name, entity.label);
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
                                        .random_state = at::detail::getDefaultCPUGenerator().get_state(),
                                        .progress = progress_,
                                        .run = fingerprint()});
}

void Run::restore() {
  const auto checkpoint = load_checkpoint(options_.checkpoint);
  if (!checkpoint) throw std::runtime_error(options_.checkpoint + ": no checkpoint to resume from");
  if (checkpoint->run != fingerprint()) {
    throw std::runtime_error(options_.checkpoint + ": the checkpoint is of a run with other options, rows or encoder");
  }
  network_.load(checkpoint->weights);
  average_.load(checkpoint->averages);
  optimiser_.load(checkpoint->optimiser);
  set_random_state(checkpoint->random_state);
  progress_ = checkpoint->progress;
  log_(fmt::format("resumed at epoch {} step {}", progress_.epoch + 1, progress_.step));
}

}  // namespace

TrainResult train(const TrainOptions& options, const Log& log) {
  at::set_num_threads(options.threads);
  return Run(options, log)();
}

}  // namespace tapewatch::model::train
