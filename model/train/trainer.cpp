#include "model/train/trainer.hpp"

#include <fmt/format.h>
#include <torch/torch.h>
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "model/tokenizer.hpp"
#include "model/train/adamw.hpp"
#include "model/train/checkpoint.hpp"
#include "model/train/model_card.hpp"
#include "model/train/model_directory.hpp"
#include "model/vocabulary.hpp"

namespace tapewatch::model::train {
namespace {

using Log = std::function<void(const std::string&)>;

struct Data {
  std::vector<LabelledRow> train, valid_sentiment, valid_topic;
  std::vector<std::string> topics;  // label texts
};

Data read_data(const TrainOptions& options) {
  Data data;
  if (!options.sentiment.empty()) data.train = sentiment_rows(read_tsv(options.sentiment, options.sources));
  if (!options.topic.empty()) {
    const auto raw = read_tsv(options.topic, options.sources);
    data.topics = distinct_labels(raw);
    for (auto& row : topic_rows(raw, data.topics)) data.train.push_back(std::move(row));
  }
  if (data.train.empty()) throw std::runtime_error("no training row: are --sentiment, --topic and --sources right?");
  // Validation shows every source, trained on or not.
  if (!options.valid_sentiment.empty()) data.valid_sentiment = sentiment_rows(read_tsv(options.valid_sentiment, {}));
  if (!options.valid_topic.empty()) data.valid_topic = topic_rows(read_tsv(options.valid_topic, {}), data.topics);
  return data;
}

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

class Run {
 public:
  Run(const TrainOptions& options, const Log& log);
  TrainResult operator()();

 private:
  bool epoch();  // false: stopped
  void step(const Batch& batch);
  void validate();
  void log_scores(const char* texts, const std::vector<SourceScore>& scores) const;
  void report(double steps_in_epoch);
  void save();
  void restore();
  std::int64_t fingerprint() const;
  std::int64_t steps_per_epoch() const {
    return (static_cast<std::int64_t>(data_.train.size()) + options_.batch - 1) / options_.batch;
  }

  const TrainOptions& options_;
  const Log& log_;
  Data data_;
  PublishedEncoder encoder_;
  Vocabulary vocabulary_;
  Tokenizer tokenizer_;
  NetworkShape shape_;
  Network network_;
  AdamW optimiser_;
  Progress progress_;
  TrainResult result_;
  std::int64_t steps_now_ = 0;  // of this process
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

NetworkShape with_heads(NetworkShape shape, const Data& data) {
  shape.sentiments = static_cast<std::int64_t>(sentiment_names().size());
  shape.topics = std::max<std::int64_t>(1, static_cast<std::int64_t>(data.topics.size()));
  return shape;
}

Network initial_network(const NetworkShape& shape, const TrainOptions& options, const NamedTensors& published) {
  torch::manual_seed(options.seed);
  Network network(shape, options.pooling == "mean", options.dropout);
  network.load(published);
  return network;
}

Run::Run(const TrainOptions& options, const Log& log)
    : options_(options),
      log_(log),
      data_(read_data(options)),
      encoder_(read_encoder(options.encoder)),
      vocabulary_(Vocabulary::parse(encoder_.vocabulary)),
      tokenizer_(vocabulary_),
      shape_(with_heads(encoder_.shape, data_)),
      network_(initial_network(shape_, options, encoder_.tensors)),
      optimiser_(trained_tensors(network_, {.encoder = options.lr_encoder,
                                            .heads = options.lr_heads,
                                            .layer_decay = options.layer_decay,
                                            .weight_decay = options.weight_decay,
                                            .freeze_embeddings = options.freeze_embeddings})) {}

TrainResult Run::operator()() {
  if (!options_.out.empty()) std::filesystem::create_directories(options_.out);
  if (options_.resume) restore();
  log_(fmt::format("{} training rows, {} + {} validation rows, {} topics, {} steps an epoch, {} epochs",
                   data_.train.size(), data_.valid_sentiment.size(), data_.valid_topic.size(), data_.topics.size(),
                   steps_per_epoch(), options_.epochs));
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
  const auto rows = encode_epoch(
      data_.train, tokenizer_,
      {.seed = options_.seed, .epoch = number, .max_tokens = options_.max_tokens, .keep_raw = options_.keep_raw});
  const auto batches = plan_batches(rows, options_.batch, options_.seed, number);
  for (auto next = static_cast<std::size_t>(progress_.step); next < batches.size(); ++next) {
    if (options_.stop_after > 0 && steps_now_ == options_.stop_after) {
      save();
      return false;
    }
    const auto before = std::chrono::steady_clock::now();
    step(make_batch(rows, batches[next]));
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
  const auto logits = network_.forward(batch.ids, batch.mask, true);
  const auto entropy = [&](const torch::Tensor& scores, const torch::Tensor& labels) {
    return torch::cross_entropy_loss(scores, labels, {}, at::Reduction::Sum, kNoLabel, options_.label_smoothing);
  };
  const auto rows = static_cast<double>(batch.ids.size(0));
  const auto loss = (entropy(logits.sentiment, batch.sentiment) + entropy(logits.topic, batch.topic)) / rows;
  optimiser_.zero_grad();
  loss.backward();
  optimiser_.clip(options_.clip_norm);
  optimiser_.step(schedule(progress_.global_step, steps, options_.warmup));

  const auto count = [](const torch::Tensor& which) { return which.sum().item<double>(); };
  progress_.loss_sum += loss.item<double>() * rows;
  progress_.rows += rows;
  progress_.sentiment_right += count(logits.sentiment.argmax(1) == batch.sentiment);
  progress_.sentiment_rows += count(batch.sentiment != kNoLabel);
  progress_.topic_right += count(logits.topic.argmax(1) == batch.topic);
  progress_.topic_rows += count(batch.topic != kNoLabel);
  progress_.step += 1;
  progress_.global_step += 1;
  if (!std::isfinite(progress_.loss_sum))
    throw std::runtime_error("the loss is no longer finite: lower the learning rates");
}

void Run::report(double steps_in_epoch) {
  const double left = steps_in_epoch * static_cast<double>(options_.epochs) - progress_.global_step;
  const double a_step = progress_.seconds / std::max(1.0, progress_.global_step);
  log_(fmt::format("epoch {} step {}/{} loss {:.4f} sentiment {:.4f} topic {:.4f} {:.2f} s/step, {:.0f} min left",
                   progress_.epoch + 1, progress_.step, steps_in_epoch,
                   progress_.loss_sum / std::max(1.0, progress_.rows),
                   progress_.sentiment_right / std::max(1.0, progress_.sentiment_rows),
                   progress_.topic_right / std::max(1.0, progress_.topic_rows), a_step, a_step * left / 60.0));
}

void Run::validate() {
  const auto random_state = at::detail::getDefaultCPUGenerator().get_state();
  Network rounded(shape_, network_.mean_pooling(), 0.0);
  rounded.load(rounded_to_half(network_.tensors()));
  set_random_state(random_state);

  std::vector<SourceScore> scores, cleaned;
  Temperatures temperatures;
  double sum = 0.0, parts = 0.0;
  const auto score = [&](const std::vector<LabelledRow>& rows, Task task, double& temperature) {
    if (rows.empty()) return;
    for (const bool clean : {false, true}) {
      const auto scored = score_rows(rounded, rows, encode_rows(rows, tokenizer_, options_.run_max_tokens, clean), task,
                                     options_.batch);
      if (!clean) temperature = fit_temperature(scored, options_.sources);
      for (const auto& one : by_source(scored, task)) (clean ? cleaned : scores).push_back(one);
    }
  };
  score(data_.valid_sentiment, Task::sentiment, temperatures.sentiment);
  score(data_.valid_topic, Task::topic, temperatures.topic);
  for (const auto& one : scores) {
    const auto& used = options_.sources;
    if (std::find(used.begin(), used.end(), one.source) == used.end()) continue;
    sum += one.accuracy;
    parts += 1.0;
  }
  log_scores("as is", scores);
  log_scores("cleaned", cleaned);
  const double mean =
      parts == 0.0 ? progress_.epoch : sum / parts;  // without validation rows the last epoch is the best
  if (mean <= progress_.best_score) return;
  progress_.best_score = mean;
  progress_.best_epoch = progress_.epoch;
  result_.best = scores;
  if (options_.out.empty()) return;
  write_model(options_.out, rounded, encoder_.vocabulary,
              model_card({.options = options_,
                          .shape = shape_,
                          .topics = data_.topics,
                          .encoder = encoder_,
                          .rows = data_.train,
                          .scores = scores,
                          .cleaned = cleaned,
                          .temperatures = temperatures,
                          .epoch = static_cast<std::int64_t>(progress_.epoch) + 1}));
  log_(fmt::format("epoch {} is the best so far (mean accuracy {:.4f}): exported", progress_.epoch + 1, mean));
}

void Run::log_scores(const char* texts, const std::vector<SourceScore>& scores) const {
  std::ofstream table;
  if (!options_.out.empty()) table.open(std::filesystem::path(options_.out) / "validation.tsv", std::ios::app);
  if (table && table.tellp() == 0) table << "epoch\ttexts\ttask\tsource\trows\taccuracy\tmacro_f1\tloss\n";
  for (const auto& one : scores) {
    const auto* task = one.task == Task::sentiment ? "sentiment" : "topic";
    log_(fmt::format("epoch {} valid {} {} {}: accuracy {:.4f} macro-F1 {:.4f} loss {:.4f} ({} rows)",
                     progress_.epoch + 1, texts, task, one.source, one.accuracy, one.macro_f1, one.loss, one.rows));
    table << fmt::format("{}\t{}\t{}\t{}\t{}\t{:.4f}\t{:.4f}\t{:.4f}\n", progress_.epoch + 1, texts, task, one.source,
                         one.rows, one.accuracy, one.macro_f1, one.loss);
  }
}

/// Of all that the sequence of steps depends on; threads, paths and logging left out.
std::int64_t Run::fingerprint() const {
  const auto& o = options_;
  auto text = fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", encoder_.sha256, o.epochs, o.batch,
                          o.max_tokens, o.seed, o.lr_encoder, o.lr_heads, o.layer_decay, o.weight_decay, o.warmup,
                          o.clip_norm, o.dropout, o.label_smoothing, o.freeze_embeddings, o.pooling, o.keep_raw);
  for (const auto& row : data_.train) text += fmt::format("\n{} {} {}", row.sentiment, row.topic, row.text);
  return static_cast<std::int64_t>(XXH3_64bits(text.data(), text.size()));
}

void Run::save() {
  if (options_.checkpoint.empty()) return;
  save_checkpoint(options_.checkpoint, {.weights = network_.tensors(),
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
