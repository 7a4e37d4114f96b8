#include "model/train/learn/losses.hpp"

#include <cmath>

#include "model/train/learn/trainer.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;

TEST_CASE("the squared error is that of P(positive) - P(negative) and of P(neutral), of labelled rows alone",
          "[train][losses]") {
  const auto logits = torch::tensor({{2.0F, 0.0F, 0.0F}, {0.0F, 0.0F, 1.0F}, {5.0F, 0.0F, 0.0F}});
  Batch batch;
  batch.input.ids = torch::zeros({3, 1}, torch::kLong);
  batch.sentiment = torch::tensor({std::int64_t{0}, std::int64_t{1}, kNoLabel}, torch::kLong);
  batch.score = torch::tensor({0.5F, -0.1F, 0.0F});
  batch.topic = torch::full({3}, kNoLabel, torch::kLong);
  const double loss = batch_loss({logits, torch::zeros({3, 1}), {}}, batch, {.squared_error = true}).item<double>();
  const auto p = torch::softmax(logits, 1).to(torch::kDouble);
  const auto said = [&](int row) { return p[row][0].item<double>() - p[row][2].item<double>(); };
  const double first = std::pow(said(0) - 0.5, 2) + std::pow(p[0][1].item<double>() - 0.5, 2);
  const double second = std::pow(said(1) + 0.1, 2) + std::pow(p[1][1].item<double>() - 0.9, 2);
  CHECK(loss == Approx((first + second) / 3.0).epsilon(1e-5));
}

TEST_CASE("balanced weights give each class the same sum", "[train][losses]") {
  std::vector<TrainingText> texts;
  for (int i = 0; i < 12; ++i) texts.push_back({.sentiment = i < 8 ? 0 : 1});
  texts.push_back({.entities = {{"a", 2}}});
  const auto weights = balanced_weights(texts, Task::sentiment, 3);
  CHECK(weights[0].item<double>() == Approx(12.0 / (2.0 * 8.0)));
  CHECK(weights[1].item<double>() == Approx(12.0 / (2.0 * 4.0)));
  CHECK(weights[2].item<double>() == Approx(1.0));
}

TEST_CASE("a class weight makes its labels count more, beside balanced classes as a factor", "[train][losses]") {
  auto weights = torch::tensor({1.0F, 0.5F, 1.0F});
  scale_weights(weights, {"positive", "neutral", "negative"}, {{"negative", 3.0}, {"neutral", 2.0}, {"ipo", 9.0}});
  CHECK(torch::equal(weights, torch::tensor({1.0F, 1.0F, 3.0F})));
}

TEST_CASE("a label counts as much as its class weighs", "[train][losses]") {
  Batch batch;
  batch.input.ids = torch::zeros({2, 1}, torch::kLong);
  batch.sentiment = torch::tensor({std::int64_t{0}, std::int64_t{2}}, torch::kLong);
  batch.topic = torch::full({2}, kNoLabel, torch::kLong);
  LossOptions options;
  options.class_weights[static_cast<std::size_t>(Task::sentiment)] = torch::tensor({1.0F, 1.0F, 3.0F});
  const auto loss = batch_loss({torch::zeros({2, 3}), torch::zeros({2, 1}), {}}, batch, options).item<double>();
  CHECK(loss == Approx((1.0 + 3.0) * std::log(3.0) / 2.0));
}

TEST_CASE("a class weight for an unknown class, or of zero, is refused by name", "[train][losses]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  const auto refused = [&](const std::string& why) {
    try {
      train(options, ignore);
      FAIL("it was trained");
    } catch (const std::exception& error) {
      CHECK(std::string(error.what()).find(why) != std::string::npos);
    }
  };
  options.class_weights = {{"negativ", 2.0}};
  refused("--class-weight negativ: no such class; expected one of positive, neutral, negative");
  options.class_weights = {{"negative", 0.0}};
  refused("--class-weight: a weight must be above 0");
}

TEST_CASE("early stopping ends a run that stops improving", "[train][losses]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  options.lr_encoder = options.lr_heads = 0.0;  // nothing is learned
  options.epochs = 9;
  options.patience = 2;
  std::string log;
  const auto result = train(options, {.line = [&](const std::string& line) { log += line + "\n"; }});
  CHECK(result.finished);
  CHECK(result.best_epoch == 0);
  CHECK(log.find("epoch 3 valid") != std::string::npos);
  CHECK(log.find("epoch 4 ") == std::string::npos);
}

TEST_CASE("scores are learned by their squared error", "[train][losses]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  write_text(
      workshop.folder / "scores.csv",
      "label,text,source\n0.9,profit rises,a\n-0.9,loss falls,a\n0.0,flat,a\n0.6,gold rises,a\n-0.7,bank loss,a\n");
  options.train = {.sentiment = {workshop.folder / "scores.csv"}};
  options.valid = options.train;
  options.sources = {"a"};
  options.squared_error = true;
  options.balanced_classes = true;
  options.optimiser = GENERATE("adamw", "adagrad");
  options.epochs = 60;
  options.dropout = 0.0;
  options.schedule = "constant";
  const auto result = train(options, ignore);
  REQUIRE(result.best.size() == 1);
  CHECK(result.best[0].accuracy == Approx(1.0));
}
