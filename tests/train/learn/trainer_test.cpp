#include "model/train/learn/trainer.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <stdexcept>

#include "model/train/data/run_data.hpp"
#include "model/train/learn/checkpoint.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;

namespace {

/// The run's message when it refuses; "" if it does not.
std::string failure(const TrainOptions& options) {
  try {
    train(options, ignore);
    return "";
  } catch (const std::runtime_error& error) {
    return error.what();
  }
}

}  // namespace

TEST_CASE("a dozen sentences are learned by heart", "[train]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  options.epochs = 40;
  options.dropout = 0.0;
  options.label_smoothing = 0.0;
  const auto result = train(options, ignore);
  CHECK(result.finished);
  REQUIRE(result.best.size() == 2);
  for (const auto& score : result.best) {
    INFO(score.source);
    CHECK(score.accuracy == Approx(1.0));
    CHECK(score.macro_f1 == Approx(1.0));
  }
  const auto table = contents(workshop.folder / "out/validation.tsv");
  CHECK(table.starts_with(
      "epoch\ttexts\ttask\tsource\trows\taccuracy\tmacro_f1\tloss\n1\tas is\tsentiment\tsentfin\t12\t"));
  CHECK(std::count(table.begin(), table.end(), '\n') == 1 + 40 * 4);
}

TEST_CASE("a run stopped and resumed gives the bits of one that was not", "[train]") {
  const Workshop workshop;
  auto whole = workshop.all_tasks("whole");
  whole.freeze_embeddings = GENERATE(false, true);
  whole.swap_names = 0.5;
  whole.ema = whole.freeze_embeddings ? 0.9 : 0.0;
  const auto expected = train(whole, ignore);
  REQUIRE(expected.finished);

  auto parts = whole;
  parts.out = workshop.folder / "parts";
  parts.checkpoint = workshop.folder / "state";
  parts.stop_after = 7;  // of 5 steps per epoch: in the middle of the second
  int runs = 1;
  auto result = train(parts, ignore);
  for (parts.resume = true; !result.finished; ++runs) result = train(parts, ignore);
  CHECK(runs == 3);
  REQUIRE(result.tensors.size() == expected.tensors.size());
  for (const auto& [name, tensor] : expected.tensors) {
    INFO(name);
    CHECK(torch::equal(tensor, result.tensors.at(name)));
  }
  CHECK(contents(workshop.folder / "whole/model.safetensors") == contents(workshop.folder / "parts/model.safetensors"));
}

TEST_CASE("with adapters, averages and early stopping a resumed run still gives the same bits", "[train]") {
  const Workshop workshop;
  auto whole = workshop.all_tasks("whole");
  whole.adapters = {.kind = AdapterKind::lora, .rank = 2};
  whole.ema = 0.9;
  whole.optimiser = "adagrad";
  whole.l2 = 1e-3;
  whole.epochs = 12;
  whole.patience = 2;
  whole.lr_heads = 0.5;  // so fast that it soon stops improving
  const auto expected = train(whole, ignore);
  REQUIRE(expected.finished);

  auto parts = whole;
  parts.out = workshop.folder / "parts";
  parts.checkpoint = workshop.folder / "state";
  parts.stop_after = 6;
  auto result = train(parts, ignore);
  for (parts.resume = true; !result.finished;) result = train(parts, ignore);
  CHECK(result.best_epoch == expected.best_epoch);
  for (const auto& [name, tensor] : expected.tensors) {
    INFO(name);
    CHECK(torch::equal(tensor, result.tensors.at(name)));
  }
  CHECK(contents(workshop.folder / "whole/model.safetensors") == contents(workshop.folder / "parts/model.safetensors"));
  CHECK(contents(workshop.folder / "whole/validation.tsv") == contents(workshop.folder / "parts/validation.tsv"));
}

TEST_CASE("the same seed gives the same bits, another seed different ones", "[train]") {
  const Workshop workshop;
  auto options = workshop.all_tasks("one");
  options.swap_names = 0.5;
  const auto one = train(options, ignore).tensors;
  options.out = workshop.folder / "two";
  const auto two = train(options, ignore).tensors;
  options.seed += 1;
  const auto other = train(options, ignore).tensors;
  std::size_t differing = 0;
  for (const auto& [name, tensor] : one) {
    INFO(name);
    CHECK(torch::equal(tensor, two.at(name)));
    differing += torch::equal(tensor, other.at(name)) ? 0 : 1;
  }
  CHECK(differing > one.size() / 2);
}

TEST_CASE("without validation files a share of the texts is held out, the same one every time", "[train]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  options.valid = {};
  options.valid_share = 0.4;
  std::string log;
  const auto data = read_run_data(options, [&](const std::string& line) { log += line; });
  const auto whole = read_run_data(workshop.options("out"), ignore.line);
  CHECK(data.train.size() + data.valid.size() == whole.train.size());
  CHECK(data.valid.size() > 1);
  CHECK(data.train.size() > 1);
  CHECK(log.find("are held out") != std::string::npos);
  const auto again = read_run_data(options, ignore.line);
  REQUIRE(again.valid.size() == data.valid.size());
  for (std::size_t i = 0; i < data.valid.size(); ++i) CHECK(again.valid[i].text == data.valid[i].text);
}

TEST_CASE("options that contradict each other are refused by name", "[train]") {
  const Workshop workshop;
  const auto refused = [&](auto change) {
    auto options = workshop.options("out");
    change(options);
    try {
      check(options);
      return std::string();
    } catch (const std::invalid_argument& error) {
      return std::string(error.what());
    }
  };
  CHECK(refused([](TrainOptions&) {}).empty());
  CHECK(refused([](auto& o) { o.resume = true; }).starts_with("--resume needs --checkpoint"));
  CHECK(refused([](auto& o) { o.clip_norm = 0.0; }).starts_with("--clip"));
  CHECK(refused([](auto& o) { o.encoder = ""; }).starts_with("--encoder, or --from-scratch"));
  CHECK(
      refused([](auto& o) { o.from_scratch = "bert", o.adapters.kind = AdapterKind::lora; }).starts_with("--adapters"));
  CHECK(refused([](auto& o) {
          o.adapters.kind = AdapterKind::adalora, o.target_rank = 9.0;
        }).starts_with("--target-rank"));
  CHECK(refused([](auto& o) {
          o.adapters = {.kind = AdapterKind::adalora}, o.rank_finish = 0.95;
        }).starts_with("--rank-warmup"));
}

TEST_CASE("rows of sources that were not requested are not trained on", "[train]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  options.sources = {"phrasebank"};
  std::string log;
  CHECK_THROWS_WITH(train(options, {.line = [&](const std::string& line) { log += line + "\n"; }}),
                    Catch::Matchers::Contains("no training rows"));
  CHECK(log.find("12 training rows of source `sentfin` are left out") != std::string::npos);
}

TEST_CASE("a damaged or missing checkpoint is named", "[train]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  options.checkpoint = workshop.folder / "state";
  options.resume = true;
  CHECK(failure(options).find("no checkpoint") != std::string::npos);
  std::filesystem::create_directories(options.checkpoint);
  write_text(options.checkpoint + "/checkpoint.pt", "not a pickle");
  CHECK(failure(options).find("checkpoint.pt") != std::string::npos);
}

TEST_CASE("another run's checkpoint is refused", "[train]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  options.checkpoint = workshop.folder / "state";
  options.stop_after = 2;
  REQUIRE(failure(options).empty());
  options.resume = true;
  auto other = options;
  other.seed += 1;
  CHECK(failure(other).find("other options") != std::string::npos);
  CHECK(failure(options).empty());
}

TEST_CASE("every row is in an epoch's plan once, and the plan is a function of seed and epoch", "[train][batches]") {
  std::vector<EncodedRow> rows(333);
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i].ids.assign(3 + i * 7 % 40, 1);
  std::vector<std::size_t> all(rows.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  const auto plan = plan_batches(rows, all, 32, 9, 2);
  std::multiset<std::size_t> seen;
  for (const auto& batch : plan) seen.insert(batch.begin(), batch.end());
  CHECK(seen.size() == rows.size());
  CHECK(std::set<std::size_t>(seen.begin(), seen.end()).size() == rows.size());
  CHECK(plan == plan_batches(rows, all, 32, 9, 2));
  CHECK(plan != plan_batches(rows, all, 32, 9, 3));
}
