// The cost of the model on one core of this machine: bench_model [MODEL].
#include <fmt/format.h>

#include <string>
#include <vector>

#include "model/classifier.hpp"
#include "model/ops/kernels.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace tapewatch::model;

using tapewatch::bench::seconds_per_call;

void bench_kernels(const Kernels& kernels) {
  struct Layer {
    const char* name;
    std::size_t depth, columns;
  };
  for (const auto& layer : {Layer{"384 → 1152", 384, 1152}, {"384 → 384", 384, 384}, {"1536 → 384", 1536, 384}}) {
    const std::vector<float> weight(layer.depth * layer.columns, 0.01F), bias(layer.columns);
    PackedMatrix matrix(layer.depth, layer.columns);
    matrix.pack_transposed(weight, 0);
    std::string line = fmt::format("{:<9} {:<12} GFLOP/s", kernels.name, layer.name);
    for (const std::size_t rows : {1, 8, 32, 128}) {
      const std::vector<float> a(rows * layer.depth, 0.5F);
      std::vector<float> c(rows * layer.columns);
      const double seconds = seconds_per_call([&] {
        kernels.multiply({.a = a.data(),
                          .a_stride = layer.depth,
                          .rows = rows,
                          .b = matrix.view(),
                          .bias = bias.data(),
                          .c = c.data(),
                          .c_stride = layer.columns});
      });
      const auto operations = 2.0 * static_cast<double>(rows * layer.depth * layer.columns);
      line += fmt::format("  {} rows {:.1f}", rows, operations / seconds / 1e9);
    }
    fmt::print("{}\n", line);
  }
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

}  // namespace

int main(int argc, char** argv) {
  const std::string path = argc > 1 ? argv[1] : "builtin";
  std::shared_ptr<const ModelPackage> package;
  fmt::print("loading    {:.1f} ms\n", seconds_per_call([&] { package = load_model(path); }, 2) * 1e3);
  fmt::print("{}, {} parameters, kernels {}\n", package->version(), package->parameters(), best_kernels().name);
  for (const auto* kernels : available_kernels()) bench_kernels(*kernels);
  bench_tokenizer(*package);
  bench_texts(package);
}
