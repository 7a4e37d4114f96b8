// The trainer's forward pass compared with an independent reference: tests/train/reference_states.py.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <span>

#include "model/train/data/batches.hpp"
#include "model/train/model_directory.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;
namespace json = boost::json;

namespace {

constexpr double kTolerance = 1e-4;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// A Python with transformers, or "" (and a line that says so).
std::string reference_python() {
  auto python = environment("TAPEWATCH_REFERENCE_PYTHON");
  if (python.empty()) {
    std::cout << "SKIP: the trainer's encoders beside PyTorch's transformers: TAPEWATCH_REFERENCE_PYTHON is not set "
                 "(tests/train/reference_states.py)\n";
  }
  return python;
}

/// Texts of several lengths, the longest beyond the last bucket of relative positions where the encoder is so long.
/// Ids from 5 on: no padding id among them.
std::vector<EncodedRow> some_rows(const NetworkShape& shape) {
  std::vector<EncodedRow> rows;
  for (const std::int64_t length :
       {std::int64_t{3}, std::int64_t{17}, std::min<std::int64_t>(170, shape.max_position - 2)}) {
    auto& row = rows.emplace_back();
    for (std::int64_t i = 0; i < length; ++i) row.ids.push_back(5 + i * 7919 % (shape.vocab_size - 5));
  }
  return rows;
}

/// The largest difference between our states and the reference's, with all rows in one padded batch.
double largest_difference(const std::string& folder, const TemporaryFolder& work, const std::string& python) {
  auto encoder = read_encoder(folder);
  Network network(encoder.shape, true, 0.0);
  network.load(encoder.tensors);
  const auto rows = some_rows(encoder.shape);
  json::array ids;
  for (const auto& row : rows) ids.push_back(json::array(row.ids.begin(), row.ids.end()));
  write_text(work / "ids.json", json::serialize(ids));
  const auto command = python + " " + TAPEWATCH_SOURCE_DIR + "/tests/train/reference_states.py " + folder + " " +
                       (work / "ids.json") + " " + (work / "states.json") + " 2>/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  const auto expected = json::parse(contents(work / "states.json")).as_array();

  torch::NoGradGuard no_grad;
  const std::vector<std::size_t> all{0, 1, 2};
  const auto batch = make_batch(rows, all);
  const auto states = network.encode(batch.input.ids, batch.input.mask, false);
  double difference = 0.0;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    for (std::size_t token = 0; token < rows[row].ids.size(); ++token) {
      const auto& theirs = expected[row].as_array()[token].as_array();
      const auto ours = states[static_cast<std::int64_t>(row)][static_cast<std::int64_t>(token)].contiguous();
      for (std::size_t k = 0; k < theirs.size(); ++k) {
        difference = std::max(difference, std::abs(theirs[k].to_number<double>() - double{ours.data_ptr<float>()[k]}));
      }
    }
  }
  return difference;
}

}  // namespace

TEST_CASE("states agree to 1e-4 with PyTorch's transformers, for a small BERT and a small MPNet",
          "[train][reference]") {
  const auto python = reference_python();
  if (python.empty()) return;
  const bool mpnet = GENERATE(false, true);
  INFO((mpnet ? "MPNet" : "BERT"));
  const NetworkShape shape{.architecture = mpnet ? Architecture::mpnet : Architecture::bert,
                           .hidden_size = 24,
                           .layers = 3,
                           .heads = 2,
                           .intermediate_size = 40,
                           .max_position = 200,
                           .vocab_size = 300};
  torch::manual_seed(17);
  const TemporaryFolder folder;
  write_encoder(folder.path() / "encoder", Network(shape, true, 0.0), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n");
  CHECK(largest_difference(folder / "encoder", folder, python) < kTolerance);
}

TEST_CASE("states agree to 1e-4 with PyTorch's transformers on published weights", "[train][reference]") {
  for (const char* name : {"TAPEWATCH_REFERENCE_MODEL", "TAPEWATCH_REFERENCE_MPNET"}) {
    const auto folder = environment(name);
    const auto python = folder.empty() ? "" : reference_python();
    if (folder.empty()) std::cout << "SKIP: the trainer's encoder on published weights: " << name << " is not set\n";
    if (python.empty()) continue;
    const TemporaryFolder work;
    const auto difference = largest_difference(folder, work, python);
    std::cout << "reference: " << name << ", largest difference " << difference << '\n';
    CHECK(difference < kTolerance);
  }
}
