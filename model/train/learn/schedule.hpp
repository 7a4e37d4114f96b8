#pragma once
#include <string_view>

namespace tapewatch::model::train {

enum class Decay { linear, cosine, constant };
/// Throws std::runtime_error for a name other than linear, cosine, constant.
Decay decay_named(std::string_view name);

/// The factor on every learning rate at `step` (from 0) of `steps`: linear warm-up over the first `warmup_share` of the
/// steps, then to 0 at the last step along a line or half a cosine (Loshchilov & Hutter 2017), or constant at 1.
double schedule(Decay decay, double step, double steps, double warmup_share);

}  // namespace tapewatch::model::train
