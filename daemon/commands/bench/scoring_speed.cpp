// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/bench/scoring_speed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>

#include "daemon/pipeline/scoring/scheduler.hpp"
#include "model/ops/int8_peak.hpp"

namespace tapewatch {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kBatches[] = {1, 8, 32};
constexpr std::size_t kLengths[] = {16, 32, 64, 128};
constexpr std::chrono::milliseconds kEachShape{200};
constexpr std::size_t kSingles = 200;   // headlines, one after another
constexpr std::size_t kMeanwhile = 60;  // waits beside the other lane's load, in each round

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

std::string text_of_length(const model::ModelPackage& model, std::size_t tokens) {
  std::string text;
  while (model.tokenizer().encode(text + " stock", tokens + 1).tokens.size() <= tokens) text += " stock";
  return text;
}

/// Texts per second of `threads` classifiers, each with `batch` texts at a time.
double shape_speed(std::vector<model::Classifier>& classifiers, std::size_t batch, const std::string& text) {
  const std::vector<std::string_view> texts(batch, text);
  std::atomic<std::size_t> scored = 0;
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (auto& classifier : classifiers) {
      threads.emplace_back([&] {
        while (Clock::now() - begin < kEachShape) {
          classifier.classify(texts);
          scored += batch;
        }
      });
    }
  }
  return static_cast<double>(scored.load()) / seconds_since(begin);
}

/// Operations per second that all cores reach at most.
double int8_peak(std::size_t cores) {
  constexpr std::size_t kRounds = 50'000;
  std::atomic<double> operations = 0;
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < cores; ++i) {
      threads.emplace_back([&] {
        while (Clock::now() - begin < kEachShape) operations += model::compute_int8_peak(kRounds);
      });
    }
  }
  return operations.load() / seconds_since(begin);
}

bool computes_all(const model::ModelPackage& model, bool whole_last_layer) {
  return whole_last_layer || model.config().pooling == model::Pooling::mean;
}

/// The encoder's 8-bit operations for a text of `tokens`, a product and a sum as two.
double operations(const model::ModelPackage& model, std::size_t tokens, bool whole_last_layer) {
  const auto& shape = model.config().encoder;
  double sum = 0;
  for (std::size_t layer = 0; layer < shape.layers; ++layer) {
    const bool first_alone = layer + 1 == shape.layers && !computes_all(model, whole_last_layer);
    const auto hidden = static_cast<double>(shape.hidden_size), all = static_cast<double>(tokens);
    const auto attention = static_cast<double>(shape.attention_size(layer));
    const double finished = first_alone ? 1 : all;
    sum += 2 * (3 * hidden * attention * all + attention * hidden * finished +
                2 * hidden * static_cast<double>(shape.intermediate_size) * finished);
  }
  return sum;
}

/// Measures everything on one scheduler, with the headlines as they are.
class Measurement {
 public:
  Measurement(const std::shared_ptr<const model::ModelPackage>& model, const std::vector<std::string>& headlines,
              const ScoringSpeedOptions& options)
      : scheduler_(model, {.whole_last_layer = options.whole_last_layer}, {.threads = options.threads}) {
    for (const auto& headline : headlines) all_.push_back({.text = headline});
    for (std::size_t i = 0; i < scheduler_.threads(); ++i) {
      classifiers_.emplace_back(model, model::ReadingOptions{.whole_last_layer = options.whole_last_layer});
    }
  }

  std::vector<model::Classifier>& classifiers() { return classifiers_; }

  /// Texts per second, and the tokens of one.
  std::pair<double, double> headlines() {
    const auto begin = Clock::now();
    const auto predictions = scheduler_.classify(all_, Lane::news);
    const double seconds = seconds_since(begin);
    double tokens = 0;
    for (const auto& prediction : predictions) tokens += static_cast<double>(prediction.tokens);
    const auto texts = static_cast<double>(all_.size());
    return {texts / seconds, tokens / texts};
  }

  /// Adds the waits of `count` headlines, one after another.
  void singles(std::size_t count, Lane lane, std::vector<double>& milliseconds) {
    for (std::size_t i = 0; i < count; ++i) {
      const auto begin = Clock::now();
      scheduler_.classify(std::span(all_).subspan(i % all_.size(), 1), lane);
      milliseconds.push_back(seconds_since(begin) * 1e3);
    }
  }

  /// The same while another lane is never empty.
  void singles_beside(Lane other, Lane lane, std::vector<double>& milliseconds) {
    const std::size_t callers = 2 * scheduler_.threads() + 1, size = std::min<std::size_t>(32, all_.size());
    std::atomic<bool> over = false;
    std::vector<std::jthread> flood;
    for (std::size_t i = 0; i < callers; ++i) {
      flood.emplace_back([&, i] {
        for (std::size_t first = i; !over; ++first) {
          scheduler_.classify(std::span(all_).subspan(first % (all_.size() - size + 1), size), other);
        }
      });
    }
    std::vector<double> first_ones;  // before the flood has risen
    singles(3, lane, first_ones);
    singles(kMeanwhile, lane, milliseconds);
    over = true;
  }

 private:
  Scheduler scheduler_;
  std::vector<model::TextInput> all_;
  std::vector<model::Classifier> classifiers_;
};

}  // namespace

ScoringSpeed measure_scoring(const std::shared_ptr<const model::ModelPackage>& model,
                             const std::vector<std::string>& headlines, const ScoringSpeedOptions& options,
                             const std::function<void(const std::string&)>& progress) {
  Measurement measurement(model, headlines, options);
  std::vector<ShapeSpeed> shapes;
  for (const std::size_t tokens : kLengths) {
    for (const std::size_t batch : kBatches) {
      if (tokens <= model->max_tokens()) shapes.push_back({.batch = batch, .tokens = tokens});
    }
  }
  std::vector<std::vector<double>> speeds(shapes.size());
  std::vector<double> peaks, streams, alone, request_meanwhile, news_meanwhile, beside_history;
  ScoringSpeed found;
  for (unsigned round = 0; round < options.rounds; ++round) {
    progress(fmt::format("scoring: round {} of {}", round + 1, options.rounds));
    peaks.push_back(int8_peak(measurement.classifiers().size()) / 1e9);
    for (std::size_t i = 0; i < shapes.size(); ++i) {
      speeds[i].push_back(
          shape_speed(measurement.classifiers(), shapes[i].batch, text_of_length(*model, shapes[i].tokens)));
    }
    const auto [texts, tokens] = measurement.headlines();
    streams.push_back(texts);
    found.tokens_per_headline = tokens;
    measurement.singles(kSingles, Lane::requests, alone);
    measurement.singles_beside(Lane::news, Lane::requests, request_meanwhile);
    measurement.singles_beside(Lane::requests, Lane::news, news_meanwhile);
    measurement.singles_beside(Lane::history, Lane::news, beside_history);
  }
  for (std::size_t i = 0; i < shapes.size(); ++i) shapes[i].texts_per_second = quantile(speeds[i], 0.5);
  found.headlines_per_second = quantile(streams, 0.5);
  found.alone = Waits::of(alone);
  found.request_meanwhile = Waits::of(request_meanwhile);
  found.news_meanwhile = Waits::of(news_meanwhile);
  found.beside_history = Waits::of(beside_history);
  found.peak_gops = quantile(peaks, 0.5);
  const auto square = std::ranges::find_if(shapes, [](const auto& s) { return s.batch == 32 && s.tokens == 32; });
  if (square != shapes.end() && found.peak_gops > 0 && model->engine().precision == model::Precision::int8) {
    found.share_of_peak =
        square->texts_per_second * operations(*model, 32, options.whole_last_layer) / (found.peak_gops * 1e9);
  }
  found.shapes = std::move(shapes);
  return found;
}

}  // namespace tapewatch
