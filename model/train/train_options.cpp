// Tested by tests/train/learn/trainer_test.cpp
#include "model/train/train_options.hpp"

#include <fmt/format.h>

#include <fmt/ranges.h>
#include <cmath>

#include <stdexcept>

namespace tapewatch::model::train {

namespace {

void require(bool holds, const char* what) {
  if (!holds) throw std::invalid_argument(what);
}

void check_adapters(const TrainOptions& o) {
  const bool any = o.adapters.kind != AdapterKind::none;
  require(!any || o.from_scratch.empty(), "--adapters needs a trained --encoder: one from scratch would stay random");
  require(!any || !o.adapters.matrices.empty(), "--adapt must name at least one matrix");
  require(o.adapters.rank >= 1, "--rank must be at least 1");
  require(o.adapters.alpha > 0.0, "--alpha must be above 0");
  if (o.adapters.kind != AdapterKind::adalora) return;
  require(o.target_rank > 0.0 && o.target_rank <= static_cast<double>(o.adapters.rank),
          "--target-rank must be above 0 and at most --rank");
  require(o.rank_warmup >= 0.0 && o.rank_finish >= 0.0 && o.rank_warmup + o.rank_finish < 1.0,
          "--rank-warmup and --rank-finish must leave steps between them");
}

}  // namespace

void check(const TrainOptions& o) {
  require(!o.encoder.empty() || (!o.from_scratch.empty() && !o.vocabulary.empty()),
          "--encoder, or --from-scratch and --vocab, is needed");
  require(!o.resume || !o.checkpoint.empty(), "--resume needs --checkpoint, the directory to go on from");
  require(o.epochs >= 0 && o.patience >= 0, "--epochs and --patience cannot be negative");
  require(o.clip_norm > 0.0, "--clip must be above 0");
  require(o.lr_encoder >= 0.0 && o.lr_heads >= 0.0 && o.lr_adapters >= 0.0, "learning rates cannot be negative");
  require(o.risk_share >= 0.0, "--risk-share cannot be negative");
  require(o.l2 >= 0.0 && o.weight_decay >= 0.0, "--l2 and --weight-decay cannot be negative");
  const auto share = [](double value) { return value >= 0.0 && value <= 1.0; };
  require(share(o.warmup), "--warmup is a share, from 0 to 1");
  require(share(o.label_smoothing), "--label-smoothing is a share, from 0 to 1");
  require(o.valid_share >= 0.0 && o.valid_share < 1.0, "--valid-share is a share below 1");
  require(o.dropout >= 0.0 && o.dropout < 1.0, "--dropout is a share below 1");
  require(o.momentum >= 0.0 && o.momentum < 1.0, "--momentum must be from 0 to below 1");
  require(share(o.perturb) && share(o.swap_names) && share(o.keep_raw),
          "--perturb, --swap-names and --keep-raw are shares, from 0 to 1");
  require(o.unlabelled_ratio > 0.0, "--unlabelled-ratio must be above 0");
  for (const auto& [name, weight] : o.class_weights) {
    require(std::isfinite(weight) && weight > 0.0, "--class-weight: a weight must be above 0");
  }
  check_adapters(o);
}

std::string described_learning(const TrainOptions& o) {
  auto text = fmt::format("{} {} {} {} {} {}", o.from_scratch, o.vocabulary, o.hidden_size, o.scratch_heads, o.layers,
                          o.layer_choice);
  text += fmt::format(" {} {} {} {} {} {} {} {} {} {} {} {}", o.keep_last, o.epochs, o.batch, o.max_tokens, o.seed,
                      o.keep_raw, o.swap_names, o.perturb, o.unlabelled_ratio, o.dropout, o.pooling, o.entity_heads);
  text += fmt::format(" {} {} {} {} {} {} {} {} {} {}", o.lr_encoder, o.lr_heads, o.layer_decay, o.optimiser,
                      o.momentum, o.weight_decay, o.l2, o.schedule, o.warmup, o.clip_norm);
  text += fmt::format(" {} {} {} {} {} {} {} {}", o.label_smoothing, o.squared_error, o.balanced_classes, o.ema,
                      o.freeze_embeddings, o.freeze_layers, o.soft_share, o.soft_temperature);
  text += fmt::format(" {} {} {} {} {} {} {} {} {} {}", static_cast<int>(o.adapters.kind), o.adapters.rank,
                      o.adapters.alpha, o.adapters.matrices, o.lr_adapters, o.target_rank, o.rank_warmup, o.rank_finish,
                      o.rank_every, o.orthogonality);
  for (const auto& [name, weight] : o.class_weights) text += fmt::format(" {}={}", name, weight);
  if (o.only_risk_heads) text += " only risk heads";
  if (o.risk_share != 1.0) text += fmt::format(" risk {}", o.risk_share);
  return text;
}

}  // namespace tapewatch::model::train
