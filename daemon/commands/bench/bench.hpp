#pragma once

#include <chrono>
#include <iosfwd>
#include <string>

namespace tapewatch {

struct BenchOptions {
  std::string model = "builtin";   // or a model directory
  std::string precision = "int8";  // or fp32
  std::string kernels = "auto";    // instruction set
  unsigned threads = 0;            // 0: one per core
  unsigned rounds = 5;             // of which the medians are printed
  bool whole_last_layer = false;   // also compute what no head needs of it
  std::string headlines;           // file of headlines, one a line; empty: the demo's wire
  std::string kafka;               // brokers; empty: documents go to the daemon's queue without a broker
  std::chrono::seconds each{10};   // how long the pipeline is measured at each rate; 0: not at all
  std::string format = "table";    // or json
};

/// `tapewatch bench`: what this machine reaches with this model; nothing is kept. Progress on `err`. Exit status 0,
/// 1 (failed), 2 (usage).
int run_bench(const BenchOptions& options, std::ostream& out, std::ostream& err);
int run_bench(const BenchOptions& options);

}  // namespace tapewatch
