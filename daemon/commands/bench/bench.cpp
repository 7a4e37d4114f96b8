// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/bench/bench.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <optional>
#include <thread>

#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "daemon/commands/bench/held_signals.hpp"
#include "daemon/commands/bench/pipeline_speed.hpp"
#include "daemon/commands/bench/scoring_speed.hpp"
#include "daemon/commands/bench/start_cost.hpp"
#include "daemon/commands/demo/demo_wire.hpp"
#include "daemon/web/assets.hpp"
#include "model/engine.hpp"

namespace tapewatch {
namespace {

namespace fs = std::filesystem;

/// A folder of this run, deleted at its end.
class ScratchFolder {
 public:
  ScratchFolder() : path_(fs::temp_directory_path() / fmt::format("tapewatch-bench-{}", getpid())) {
    fs::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  /// A new folder in it.
  std::string folder(const char* name) const {
    fs::create_directory(path_ / name);
    return (path_ / name).string();
  }

 private:
  const fs::path path_;
};

/// The first column of each line of the file, or the titles of the demo's wire.
std::vector<std::string> read_headlines(const std::string& path) {
  std::vector<std::string> headlines;
  if (path.empty()) {
    for (auto& document : parse_demo_wire(asset("wire.ndjson"), wall_now(), {})) {
      headlines.push_back(std::move(document.title));
    }
    return headlines;
  }
  std::ifstream file(path);
  if (!file) throw std::runtime_error(fmt::format("{}: cannot be read", path));
  for (std::string line; std::getline(file, line);) {
    line.resize(std::min(line.size(), line.find('\t')));
    if (!line.empty()) headlines.push_back(std::move(line));
  }
  if (headlines.empty()) throw std::runtime_error(fmt::format("{}: expected headlines, found none", path));
  return headlines;
}

struct BenchFindings {
  std::string kernels, version, last_layer;
  std::size_t threads = 0, headlines = 0;
  ScoringSpeed scoring;
  StartCost start;
  std::optional<PipelineSpeed> pipeline;
};

/// Three significant digits, for people and for JSON alike.
double rounded(double value) {
  if (value == 0) return 0;
  const double digits = 2 - std::floor(std::log10(std::abs(value)));
  if (digits <= 0) return std::round(value);
  const double scale = std::pow(10, digits);  // exact, so that the quotient is the double next to the decimal
  return std::round(value * scale) / scale;
}

void append_waits(notation::JsonWriter& json, std::string_view name, const Waits& waits) {
  json.key(name).begin_object().field("p50", rounded(waits.p50)).field("p99", rounded(waits.p99)).end_object();
}

void append_pipeline(notation::JsonWriter& json, const std::optional<PipelineSpeed>& pipeline) {
  json.key("pipeline");
  if (!pipeline) {
    json.null();
    return;
  }
  json.begin_object().field("source", pipeline->source);
  json.field("documents_per_second", rounded(pipeline->documents_per_second));
  json.field("scored_alone_per_second", rounded(pipeline->scored_alone));
  json.field("share_of_scored_alone", rounded(pipeline->share_of_scored_alone)).key("rates").begin_array();
  for (const auto& rate : pipeline->rates) {
    json.begin_object().field("share", rate.share).field("documents_per_second", rounded(rate.documents_per_second));
    append_waits(json, "stored_ms", rate.stored);
    append_waits(json, "webhook_ms", rate.told);
    json.field("webhooks", rate.webhooks).end_object();
  }
  json.end_array().end_object();
}

void write_json(std::ostream& out, const BenchOptions& options, const BenchFindings& found) {
  notation::JsonWriter json;
  json.begin_object()
      .field("model", found.version)
      .field("kernel", found.kernels)
      .field("precision", options.precision);
  json.key("options").begin_object().field("threads", found.threads).field("rounds", options.rounds);
  json.field("cache", false).field("entities", false).field("last_layer", found.last_layer);
  json.field("headlines", found.headlines);
  json.field("tokens_per_headline", rounded(found.scoring.tokens_per_headline)).end_object();
  json.field("int8_peak_gops", rounded(found.scoring.peak_gops));
  const auto share = found.scoring.share_of_peak;
  json.field("share_of_int8_peak_32x32", share ? std::optional(rounded(*share)) : std::nullopt);
  json.key("texts_per_second").begin_object();
  for (const auto& shape : found.scoring.shapes) {
    json.field(fmt::format("{}x{}", shape.batch, shape.tokens), rounded(shape.texts_per_second));
  }
  json.field("headlines", rounded(found.scoring.headlines_per_second)).end_object();
  json.key("latency_ms").begin_object();
  append_waits(json, "alone", found.scoring.alone);
  append_waits(json, "request_beside_news", found.scoring.request_meanwhile);
  append_waits(json, "news_beside_requests", found.scoring.news_meanwhile);
  append_waits(json, "news_beside_history", found.scoring.beside_history);
  json.end_object();
  append_pipeline(json, found.pipeline);
  json.field("resident_mb", rounded(found.start.resident_mb)).field("startup_s", rounded(found.start.seconds));
  out << json.end_object().take() << '\n';
}

void write_shapes(std::ostream& out, const std::vector<ShapeSpeed>& shapes) {
  out << fmt::format("{:<28}{:>10}{:>10}{:>10}\n", "texts/s, texts at a time:", 1, 8, 32);
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (i == 0 || shapes[i].tokens != shapes[i - 1].tokens) {
      out << fmt::format("  {:>3} tokens {:<15}", shapes[i].tokens, "each");
    }
    out << fmt::format("{:>10.0f}", shapes[i].texts_per_second);
    if (i + 1 == shapes.size() || shapes[i].tokens != shapes[i + 1].tokens) out << '\n';
  }
}

void write_waits(std::ostream& out, std::string_view what, const Waits& waits) {
  out << fmt::format("{:<44}p50 {:>7.1f} ms   p99 {:>7.1f} ms\n", what, waits.p50, waits.p99);
}

void write_table(std::ostream& out, const BenchOptions& options, const BenchFindings& found) {
  out << fmt::format("{}, kernels {}, {} threads, no cache, no entities, last layer {}; medians of {} rounds\n\n",
                     found.version, found.kernels, found.threads, found.last_layer, options.rounds);
  write_shapes(out, found.scoring.shapes);
  out << fmt::format("{} headlines of {:.1f} tokens: {:.0f} texts/s\n", found.headlines,
                     found.scoring.tokens_per_headline, found.scoring.headlines_per_second);
  if (found.scoring.peak_gops > 0) {
    out << fmt::format("8-bit peak of the processor: {:.0f} GOP/s", found.scoring.peak_gops);
    if (found.scoring.share_of_peak) {
      out << fmt::format("; at 32 × 32: {:.0f} % of it", 100 * *found.scoring.share_of_peak);
    }
    out << '\n';
  }
  out << '\n';
  write_waits(out, "one headline", found.scoring.alone);
  write_waits(out, "  a request, while news comes without end", found.scoring.request_meanwhile);
  write_waits(out, "  news, while requests come without end", found.scoring.news_meanwhile);
  write_waits(out, "  news, while history is scored without end", found.scoring.beside_history);
  out << fmt::format("\na daemon is ready after {:.2f} s and takes {:.0f} MB\n", found.start.seconds,
                     found.start.resident_mb);
  if (!found.pipeline) return;
  out << fmt::format("\nfrom {} to committed rows: {:.0f} documents/s, {:.0f} % of {:.0f} when they are only scored\n",
                     found.pipeline->source == "kafka" ? "Kafka" : "the queue of documents",
                     found.pipeline->documents_per_second, 100 * found.pipeline->share_of_scored_alone,
                     found.pipeline->scored_alone);
  for (const auto& rate : found.pipeline->rates) {
    out << fmt::format("at {:.0f} documents/s\n", rate.documents_per_second);
    write_waits(out, "  from arrival to stored", rate.stored);
    write_waits(out, fmt::format("  to the webhook ({})", rate.webhooks), rate.told);
  }
}

BenchFindings measure(const BenchOptions& options, std::ostream& err) {
  const auto progress = [&](const std::string& what) { err << "bench: " << what << std::endl; };
  const auto engine = model::engine_named(options.precision, options.kernels);
  const auto headlines = read_headlines(options.headlines);
  BenchFindings found{.kernels = std::string(engine.kernels->name), .version = {}, .headlines = headlines.size()};
  {
    const auto package = model::load_model(options.model, engine);
    found.version = package->version();
    const bool first = package->config().pooling == model::Pooling::first_token && !options.whole_last_layer;
    found.last_layer = first ? "of first tokens" : "of every token";
    found.threads = options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
    found.scoring =
        measure_scoring(package, headlines, {options.threads, options.rounds, options.whole_last_layer}, progress);
  }
  progress("starting a daemon");
  {
    const HeldSignals signals;
    const ScratchFolder scratch;
    found.start = measure_start(options, scratch.folder("start"), headlines, signals);
  }
  if (options.each.count() > 0) {
    const ScratchFolder scratch;  // signals end the daemon of this process
    found.pipeline = measure_pipeline(options, scratch.folder("pipeline"), headlines, progress);
  }
  return found;
}

}  // namespace

int run_bench(const BenchOptions& options, std::ostream& out, std::ostream& err) {
  try {
    const BenchFindings found = measure(options, err);
    if (options.format == "json") {
      write_json(out, options, found);
    } else {
      write_table(out, options, found);
    }
    return 0;
  } catch (const std::exception& error) {
    err << "bench: " << notation::printable(error.what()) << '\n';
    return 1;
  }
}

int run_bench(const BenchOptions& options) { return run_bench(options, std::cout, std::cerr); }

}  // namespace tapewatch
