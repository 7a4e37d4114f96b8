#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tapewatch::model::train {

/// Parameter-efficient fine-tuning: the encoder's matrices do not change and each chosen one learns a small
/// addition.
///   lora     W + s · B A                 (Hu et al. 2022); A random, B zero at first
///   adalora  W + s · P diag(λ) Q         (Zhang et al. 2023, "Adaptive budget allocation for parameter-efficient
///                                         fine-tuning"); P, Q random, λ zero at first; rank_allocator.hpp prunes λ
/// with s = alpha / rank. Tensors: adapters.<matrix>.{up,down} for B, A; .{left,singular,right} for P, λ, Q.
enum class AdapterKind { none, lora, adalora };
/// Throws std::runtime_error for a name other than none, lora, adalora.
AdapterKind adapter_kind_named(std::string_view name);

struct AdapterOptions {
  AdapterKind kind = AdapterKind::none;
  std::int64_t rank = 8;  // at first, of each matrix
  double alpha = 16.0;
  std::vector<std::string> matrices = {"query", "value"};  // also key, output, intermediate, ffn
};

}  // namespace tapewatch::model::train
