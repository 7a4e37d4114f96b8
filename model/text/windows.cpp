#include "model/text/windows.hpp"

#include <algorithm>
#include <cstdint>

namespace tapewatch::model {

PerWindow<TokenRange> cut_windows(std::span<const Token> tokens, const WindowLimits& limits,
                                  const Vocabulary& vocabulary) {
  const std::size_t size = limits.pieces;
  const std::size_t pieces = tokens.size() - 2;
  PerWindow<TokenRange> windows;
  if (pieces <= size) {
    windows.push_back({1, pieces + 1});
    return windows;
  }
  const std::size_t rest = pieces - size;
  const std::size_t steps = (rest + limits.stride() - 1) / limits.stride();
  const std::size_t slack = size / 8;  // how far a cut moves to fall between words
  const auto inside_word = [&](std::size_t at) { return vocabulary.is_continuation(tokens[at].id); };
  for (std::size_t i = 0; i <= steps; ++i) {
    const std::size_t first = 1 + rest * i / steps;
    TokenRange window{first, first + size};
    if (i > 0) {
      while (window.first < first + slack && inside_word(window.first)) ++window.first;
    }
    if (i < steps) {
      while (window.last > first + size - slack && inside_word(window.last)) --window.last;
    }
    windows.push_back(window);
  }
  return windows;
}

PerWindow<float> window_weights(std::span<const TokenRange> windows) {
  const auto holders = [&](std::size_t piece) {
    return std::ranges::count_if(windows, [&](auto window) { return window.first <= piece && piece < window.last; });
  };
  PerWindow<float> weights;
  const auto pieces = static_cast<double>(windows.back().last - windows.front().first);
  for (const auto& window : windows) {
    double votes = 0;
    for (std::size_t piece = window.first; piece < window.last; ++piece) {
      votes += 1.0 / static_cast<double>(holders(piece));
    }
    weights.push_back(pieces > 0 ? static_cast<float>(votes / pieces) : 1.0F);  // [CLS] [SEP] alone: one window
  }
  return weights;
}

std::size_t most_central(std::span<const TokenRange> windows, TokenRange pieces) {
  const auto context = [&](const TokenRange& window) {
    return std::min(static_cast<std::int64_t>(pieces.first) - static_cast<std::int64_t>(window.first),
                    static_cast<std::int64_t>(window.last) - static_cast<std::int64_t>(pieces.last));
  };
  const auto best = std::max_element(windows.begin(), windows.end(),
                                     [&](const auto& a, const auto& b) { return context(a) < context(b); });
  return static_cast<std::size_t>(best - windows.begin());
}

}  // namespace tapewatch::model
