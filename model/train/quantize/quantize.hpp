#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "model/evaluation/agreement.hpp"

namespace tapewatch::model::train {

/// `tapewatch-train quantize`.
struct QuantizeOptions {
  std::string model, out;  // model directories
  std::string
      calibration;  // file of texts: weights are rounded for them, and the two are compared on them; empty: none
  std::size_t texts = 1000;  // of these at most, evenly spread
  std::size_t threads = 1;   // of scoring
  std::string command;       // goes into the model's provenance
};

struct QuantizeReport {
  std::string from, to;  // versions: as it was, in fp32, and as written, in int8
  std::size_t parameters = 0, integers = 0;
  std::size_t bytes_before = 0, bytes_after = 0;  // of the three files
  struct Task {
    std::string name;  // sentiment, topic, entity (towards the whole text, as if it named nobody)
    Agreement agreement;
  };
  std::vector<Task> tasks;  // on the calibration texts; those that the model has
};

/// Writes the model with the word table and the matrices of the encoder's layers in 8-bit integers: without calibration
/// the same as at load, to the bit. Throws ModelError, writing nothing.
QuantizeReport quantize(const QuantizeOptions& options);

/// The report for people.
std::string to_text(const QuantizeReport& report);

}  // namespace tapewatch::model::train
