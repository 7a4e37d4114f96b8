// Tested by tests/train/masked/masked_training_test.cpp
#include "model/train/masked/masked_training.hpp"

#include <fmt/format.h>
#include <torch/torch.h>
#include <xxhash.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <numeric>
#include <stdexcept>

#include "model/text/tokenizer.hpp"
#include "model/train/data/batches.hpp"
#include "model/train/learn/checkpoint.hpp"
#include "model/train/learn/optimiser.hpp"
#include "model/train/learn/schedule.hpp"
#include "model/train/masked/masked_batch.hpp"
#include "model/train/model_directory.hpp"
#include "model/train/network/blocks.hpp"
#include "model/train/prune/prune_corpus.hpp"

namespace tapewatch::model::train {
namespace {

constexpr const char* kWords = "embeddings.word_embeddings.weight";
constexpr const char* kDense = "heads.masked.dense";
constexpr const char* kNorm = "heads.masked.norm";
constexpr const char* kBias = "heads.masked.bias";

/// The texts as ids, each once, those that are only measured apart.
struct MaskedTexts {
  std::vector<EncodedRow> learned;
  std::vector<std::vector<std::int64_t>> held_out;
};

MaskedTexts read_masked_texts(const MaskedOptions& options, const Tokenizer& tokenizer) {
  std::vector<std::string> all;
  for (const auto& file : options.texts) {
    for (auto& text : read_texts(file)) all.push_back(clean_headline(text));
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  MaskedTexts texts;
  Random random(options.seed);
  for (const auto& text : all) {
    std::vector<std::int64_t> ids;
    for (const auto& token : tokenizer.encode(text, static_cast<std::size_t>(options.max_tokens)).tokens) {
      ids.push_back(token.id);
    }
    const bool held = uniform(random) < options.held_out;
    if (ids.size() <= 3) continue;
    if (held) {
      texts.held_out.push_back(std::move(ids));
    } else {
      texts.learned.push_back({.ids = std::move(ids)});
    }
  }
  if (texts.learned.empty()) throw std::runtime_error("--texts: no text of two pieces or more");
  return texts;
}

class MaskedRun {
 public:
  MaskedRun(const MaskedOptions& options, const std::function<void(const std::string&)>& log);
  MaskedResult operator()();

 private:
  torch::Tensor guesses(const MaskedBatch& batch, bool training) const;  // [guessed, pieces]
  MaskedScore measure() const;
  void step(std::span<const std::size_t> rows, Random& random);
  bool epoch(std::int64_t number);  // false: stopped
  void save();
  void restore();
  std::int64_t fingerprint() const;
  void write() const;
  std::int64_t steps_per_epoch() const {
    return (static_cast<std::int64_t>(texts_.learned.size()) + options_.batch - 1) / options_.batch;
  }

  const MaskedOptions& options_;
  const std::function<void(const std::string&)>& log_;
  PublishedEncoder encoder_;
  Vocabulary vocabulary_;
  Tokenizer tokenizer_;
  MaskedTexts texts_;
  Network network_;
  std::vector<Trained> trained_;
  Optimiser optimiser_;
  Progress progress_;
  std::int64_t steps_now_ = 0;
  std::int64_t run_ = 0;  // fingerprint()
};

Network masked_network(const PublishedEncoder& encoder, std::uint64_t seed) {
  torch::manual_seed(seed);
  auto shape = encoder.shape;
  shape.topics = 1;
  shape.entity_heads = shape.events = 0;
  Network network(shape, true, 0.1);
  network.load(encoder.tensors);
  NamedTensors head;
  add_linear(head, kDense, shape.hidden_size, shape.hidden_size);
  add_norm(head, kNorm, shape.hidden_size);
  head[kBias] = torch::zeros({shape.vocab_size}).requires_grad_(true);
  network.adapt(head, 0.0);
  return network;
}

MaskedRun::MaskedRun(const MaskedOptions& options, const std::function<void(const std::string&)>& log)
    : options_(options),
      log_(log),
      encoder_(read_encoder(options.encoder)),
      vocabulary_(Vocabulary::parse(encoder_.vocabulary)),
      tokenizer_(vocabulary_),
      texts_(read_masked_texts(options, tokenizer_)),
      network_(masked_network(encoder_, options.seed)),
      trained_(
          trained_tensors(network_, {.encoder = options.lr, .heads = options.lr, .layer_decay = options.layer_decay})),
      optimiser_(trained_, Method::adamw, 0.9),
      run_(fingerprint()) {}

torch::Tensor MaskedRun::guesses(const MaskedBatch& batch, bool training) const {
  const Blocks blocks{network_.tensors(), 0.0, training};
  const auto states = network_.encode(batch.ids, batch.mask, training);
  const auto hidden = states.reshape({-1, states.size(2)}).index_select(0, batch.places);
  const auto said = blocks.norm(kNorm, torch::gelu(blocks.linear(kDense, hidden)), network_.shape().layer_norm_eps);
  return torch::linear(said, blocks.at(kWords), blocks.at(kBias));
}

MaskedScore MaskedRun::measure() const {
  torch::NoGradGuard no_grad;
  Random random(options_.seed + 1);  // the same pieces are hidden each time
  MaskedScore score;
  double pieces = 0.0;
  const auto size = static_cast<std::size_t>(options_.batch);
  for (std::size_t first = 0; first < texts_.held_out.size(); first += size) {
    const auto rows = std::span(texts_.held_out).subspan(first, std::min(size, texts_.held_out.size() - first));
    const auto batch = make_masked_batch(rows, vocabulary_, options_.masked_share, random);
    const auto said = guesses(batch, false);
    score.loss += torch::cross_entropy_loss(said, batch.guessed, {}, at::Reduction::Sum).item<double>();
    score.accuracy += (said.argmax(1) == batch.guessed).sum().item<double>();
    pieces += static_cast<double>(batch.guessed.numel());
  }
  if (pieces > 0.0) score = {score.loss / pieces, score.accuracy / pieces};
  return score;
}

void MaskedRun::step(std::span<const std::size_t> rows, Random& random) {
  std::vector<std::vector<std::int64_t>> chosen;
  for (const auto row : rows) chosen.push_back(texts_.learned[row].ids);
  const auto batch = make_masked_batch(chosen, vocabulary_, options_.masked_share, random);
  const auto loss = torch::cross_entropy_loss(guesses(batch, true), batch.guessed);
  optimiser_.zero_grad();
  loss.backward();
  optimiser_.clip(1.0);
  const auto steps = static_cast<double>(steps_per_epoch() * options_.epochs);
  optimiser_.step(schedule(Decay::linear, progress_.global_step, steps, options_.warmup));
  progress_.loss_sum += loss.item<double>();
  progress_.rows += 1;
  progress_.step += 1;
  progress_.global_step += 1;
}

bool MaskedRun::epoch(std::int64_t number) {
  std::vector<std::size_t> all(texts_.learned.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto batches = plan_batches(texts_.learned, std::move(all), options_.batch, options_.seed, number);
  for (auto next = static_cast<std::size_t>(progress_.step); next < batches.size(); ++next) {
    if (options_.stop_after > 0 && steps_now_ == options_.stop_after) {
      save();
      return false;
    }
    // What is hidden in a step depends on its number alone, so that a resumed run hides the same.
    Random random(options_.seed * 1'000'003 + static_cast<std::uint64_t>(progress_.global_step));
    const auto before = std::chrono::steady_clock::now();
    step(batches[next], random);
    progress_.seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - before).count();
    ++steps_now_;
    const auto done = static_cast<std::int64_t>(progress_.global_step);
    if (done % options_.log_every == 0) {
      log_(state_line(run_state(progress_, {.epochs = options_.epochs, .steps = steps_per_epoch()})));
    }
    if (done % options_.checkpoint_every == 0) save();
  }
  progress_ = {.epoch = progress_.epoch + 1, .global_step = progress_.global_step, .seconds = progress_.seconds};
  save();
  return true;
}

MaskedResult MaskedRun::operator()() {
  MaskedResult result{.steps = steps_per_epoch() * options_.epochs};
  log_(fmt::format("{} texts, {} held out, {} steps per epoch, {} epochs", texts_.learned.size(),
                   texts_.held_out.size(), steps_per_epoch(), options_.epochs));
  result.held_out = texts_.held_out.size();
  result.before = measure();
  if (options_.resume) restore();
  while (static_cast<std::int64_t>(progress_.epoch) < options_.epochs) {
    if (!epoch(static_cast<std::int64_t>(progress_.epoch))) return result;
  }
  result.finished = true;
  result.after = measure();
  write();
  return result;
}

/// Everything that the sequence of steps depends on.
std::int64_t MaskedRun::fingerprint() const {
  const auto hash = [](const auto& bytes) { return XXH3_64bits(bytes.data(), bytes.size() * sizeof *bytes.data()); };
  const auto text = fmt::format("masked {} {} {} {} {} {} {} {} {} {}", encoder_.sha256, options_.epochs,
                                options_.batch, options_.max_tokens, options_.seed, options_.masked_share,
                                options_.held_out, options_.lr, options_.layer_decay, options_.warmup);
  std::vector<std::uint64_t> parts = {hash(text)};
  for (const auto& row : texts_.learned) parts.push_back(hash(row.ids));
  return static_cast<std::int64_t>(hash(parts));
}

void MaskedRun::save() {
  if (options_.checkpoint.empty()) return;
  NamedTensors weights;
  for (const auto& one : trained_) weights[one.name] = one.tensor;
  save_checkpoint(options_.checkpoint, {.weights = weights,
                                        .averages = {},
                                        .optimiser = optimiser_.state(),
                                        .ranks = {},
                                        .random_state = at::detail::getDefaultCPUGenerator().get_state(),
                                        .progress = progress_,
                                        .run = run_});
}

void MaskedRun::restore() {
  const auto checkpoint = resume_from(options_.checkpoint, run_);
  network_.load(checkpoint.weights);
  optimiser_.load(checkpoint.optimiser);
  progress_ = checkpoint.progress;
  log_(fmt::format("resumed at epoch {} step {}", progress_.epoch + 1, progress_.step));
}

void MaskedRun::write() const {
  NamedTensors tensors;
  for (const auto& [name, tensor] : network_.tensors()) {
    if (!name.starts_with("heads.")) tensors[name] = tensor.detach();
  }
  write_encoder_directory(options_.out, options_.encoder, encoder_, tensors);
}

}  // namespace

MaskedResult train_masked(const MaskedOptions& options, const std::function<void(const std::string&)>& log) {
  if (std::filesystem::exists(options.out)) throw std::runtime_error(options.out + ": exists already");
  if (options.checkpoint.empty() && (options.resume || options.stop_after > 0)) {
    throw std::runtime_error("--resume and --stop-after need --checkpoint");
  }
  at::set_num_threads(options.threads);
  return MaskedRun(options, log)();
}

}  // namespace tapewatch::model::train
