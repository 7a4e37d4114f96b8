// The cost of the model on one core of this machine: bench_model [MODEL] [PRECISION] [KERNELS] [FILE]. FILE: texts, one
// a line up to a tab, the first 10,000 of which are classified.
#include <fmt/format.h>

#include <fstream>
#include <string>
#include <vector>

#include "model/classifier.hpp"
#include "model/ops/int8_peak.hpp"
#include "model/ops/int8_weights.hpp"
#include "model/ops/kernels.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace tapewatch::model;

using tapewatch::bench::seconds_per_call;

struct Layer {
  const char* name;
  std::size_t depth, columns;
};
constexpr Layer kLayers[] = {
    {"384 → 1152", 384, 1152}, {"384 → 384", 384, 384}, {"384 → 1536", 384, 1536}, {"1536 → 384", 1536, 384}};
constexpr std::size_t kRows[] = {1, 8, 32, 128, 256};

/// `product(rows)` is measured for each number of rows.
template <class Product>
void print_products(const Kernels& kernels, const Layer& layer, const char* unit, Product product) {
  std::string line = fmt::format("{:<12} {:<12} {}", kernels.name, layer.name, unit);
  for (const std::size_t rows : kRows) {
    const double seconds = seconds_per_call([&] { product(rows); });
    const auto operations = 2.0 * static_cast<double>(rows * layer.depth * layer.columns);
    line += fmt::format("  {} rows {:.1f}", rows, operations / seconds / 1e9);
  }
  fmt::print("{}\n", line);
}

void bench_fp32(const Kernels& kernels, const Layer& layer) {
  const std::vector<float> weight(layer.depth * layer.columns, 0.01F), bias(layer.columns);
  PackedMatrix matrix(layer.depth, layer.columns);
  matrix.pack_transposed(weight, 0);
  const std::vector<float> a(kRows[4] * layer.depth, 0.5F);
  std::vector<float> c(kRows[4] * layer.columns);
  print_products(kernels, layer, "GFLOP/s", [&](std::size_t rows) {
    kernels.multiply({.a = a.data(),
                      .a_stride = layer.depth,
                      .rows = rows,
                      .b = matrix.view(),
                      .bias = bias.data(),
                      .c = c.data(),
                      .c_stride = layer.columns});
  });
}

/// Without quantising the rows.
void bench_int8(const Kernels& kernels, const Layer& layer) {
  QuantisedWeights quantised;
  append_quantised(std::vector<float>(layer.depth * layer.columns, 0.01F), layer.depth, quantised);
  const Int8Weights weights(kernels, quantised, std::vector<float>(layer.columns), layer.depth);
  const std::vector<float> a(kRows[4] * layer.depth, 0.5F);
  std::vector<float> c(kRows[4] * layer.columns);
  Int8Buffer buffer;
  auto quantised_rows = buffer.quantise(kernels, a.data(), layer.depth, kRows[4], layer.depth);
  print_products(kernels, layer, "int8 GOP/s", [&](std::size_t rows) {
    quantised_rows.rows = rows;
    kernels.int8.multiply({.a = quantised_rows, .b = weights.view(), .c = c.data(), .c_stride = layer.columns});
  });
}

void bench_texts(const std::shared_ptr<const ModelPackage>& package) {
  Classifier classifier(package);
  for (const std::size_t tokens : {16, 32, 64, 128}) {
    std::string text;
    while (package->tokenizer().encode(text + " stock", 512).tokens.size() <= tokens) text += " stock";
    std::string line = fmt::format("{:>3} tokens  texts/s", package->tokenizer().encode(text, 512).tokens.size());
    for (const std::size_t batch : {1, 8, 32}) {
      const std::vector<std::string_view> texts(batch, text);
      const double seconds = seconds_per_call([&] { classifier.classify(texts); });
      line += fmt::format("  batch {} {:.1f} ({:.2f} ms)", batch, static_cast<double>(batch) / seconds, seconds * 1e3);
    }
    fmt::print("{}\n", line);
  }
}

void bench_tokenizer(const ModelPackage& package) {
  const std::string text =
      "Acme Corp shares plunge 14% after the company cuts its full-year profit forecast, Müller says";
  Encoding encoding;
  const double seconds = seconds_per_call([&] { package.tokenizer().encode(text, 128, encoding); });
  fmt::print("tokenizer  headlines/s {:.0f} ({} tokens each)\n", 1 / seconds, encoding.tokens.size());
}

void bench_file(const std::shared_ptr<const ModelPackage>& package, const std::string& path) {
  constexpr std::size_t kTexts = 10000;
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; lines.size() < kTexts && std::getline(file, line);) {
    lines.push_back(line.substr(0, line.find('\t')));
  }
  const std::vector<std::string_view> texts(lines.begin(), lines.end());
  Classifier classifier(package);
  std::size_t tokens = 0;
  const double begin = tapewatch::bench::seconds_of(CLOCK_THREAD_CPUTIME_ID);
  for (const auto& prediction : classifier.classify(texts)) tokens += prediction.tokens;
  const double seconds = tapewatch::bench::seconds_of(CLOCK_THREAD_CPUTIME_ID) - begin;
  fmt::print("{} texts of {}: {:.1f} texts/s ({:.1f} tokens each)\n", texts.size(), path,
             static_cast<double>(texts.size()) / seconds,
             static_cast<double>(tokens) / static_cast<double>(texts.size()));
}

}  // namespace

int main(int argc, char** argv) {
  const auto argument = [&](int i, const char* otherwise) { return std::string(argc > i ? argv[i] : otherwise); };
  const auto engine = engine_named(argument(2, "fp32"), argument(3, "auto"));
  const auto path = argument(1, "builtin");
  std::shared_ptr<const ModelPackage> package;
  fmt::print("loading    {:.1f} ms\n", seconds_per_call([&] { package = load_model(path, engine); }, 2) * 1e3);
  fmt::print("{}, {} parameters, kernels {}\n", package->version(), package->parameters(), engine.kernels->name);
  constexpr std::size_t kRounds = 100'000;
  const double seconds = seconds_per_call([] { compute_int8_peak(kRounds); });
  if (const double peak = compute_int8_peak(kRounds) / seconds; peak > 0) {
    fmt::print("int8 peak  {:.0f} GOP/s (vpdpbusd on registers)\n", peak / 1e9);
  }
  if (argc <= 4) {
    for (const auto* kernels : available_kernels()) {
      for (const auto& layer : kLayers) {
        bench_fp32(*kernels, layer);
        bench_int8(*kernels, layer);
      }
    }
    bench_tokenizer(*package);
  }
  bench_texts(package);
  if (argc > 4) bench_file(package, argv[4]);
}
