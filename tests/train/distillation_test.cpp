#include <torch/torch.h>

#include <algorithm>

#include "model/train/losses.hpp"
#include "model/train/predict.hpp"
#include "model/train/soft_labels.hpp"
#include "model/train/trainer.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;
using Catch::Matchers::Contains;

TEST_CASE("a teacher's soft labels are written once, go on after an interruption, and teach", "[train][distil]") {
  const Workshop workshop;
  auto options = workshop.all_tasks("teacher");
  options.epochs = 60;
  options.dropout = 0.0;
  train(options, ignore);

  auto predicting = options;
  predicting.encoder = options.out;
  const auto whole = workshop.folder / "whole.ndjson", parts = workshop.folder / "parts.ndjson";
  predict_soft_labels(predicting, whole, ignore.line);
  predicting.stop_after = 2;
  predict_soft_labels(predicting, parts, ignore.line);
  write_text(parts, contents(parts) + "{\"text\":\"cut o");
  predicting.stop_after = 0;
  predict_soft_labels(predicting, parts, ignore.line);
  const auto lines = contents(whole);
  CHECK(std::count(lines.begin(), lines.end(), '\n') ==
        1 + 18);  // "gold unchanged" and "bank shares unchanged" are in several files
  CHECK(contents(parts) == lines);

  // A student that sees no label of its own learns from the teacher alone.
  auto student = options;
  student.out = workshop.folder / "student";
  student.seed = 4;
  student.teachers = {whole, parts};
  student.soft_share = 1.0;
  std::string log;
  const auto result = train(student, {.line = [&](const std::string& line) { log += line + "\n"; }});
  CHECK(log.find("18 texts have a teacher's labels") != std::string::npos);
  for (const auto& score : result.best) {
    INFO(to_string(score.task) << " " << score.source);
    CHECK(score.accuracy == Approx(1.0));
  }
  CHECK(contents(student.out + "/config.json").find("\"teachers\"") != std::string::npos);

  predicting.encoder = workshop.folder / "student";
  CHECK_THROWS_WITH(predict_soft_labels(predicting, whole, ignore.line), Contains("another teacher"));
}

TEST_CASE("the distilled loss is the formula's", "[train][distil]") {
  const auto logits = torch::tensor({{1.0F, 0.0F, -1.0F}, {0.5F, 0.5F, 2.0F}});
  Batch batch;
  batch.input.ids = torch::zeros({2, 1}, torch::kLong);
  batch.sentiment = torch::tensor({0, 1}, torch::kLong);
  batch.topic = torch::full({2}, kNoLabel, torch::kLong);
  const auto topic_logits = torch::zeros({2, 1});
  const double plain =
      batch_loss({logits, topic_logits, {}}, batch, {.soft_share = 0.6, .soft_temperature = 2.0}).item<double>();
  CHECK(plain == Approx(torch::cross_entropy_loss(logits, batch.sentiment).item<double>()));

  const auto teacher = torch::softmax(torch::tensor({3.0F, 1.0F, 0.0F}) / 2.0, 0);
  batch.soft.sentiment = torch::stack({teacher, torch::zeros({3})});  // nobody speaks of the second text
  batch.soft.topic = torch::zeros({2, 1});
  const double taught =
      batch_loss({logits, topic_logits, {}}, batch, {.soft_share = 0.6, .soft_temperature = 2.0}).item<double>();
  const auto hard = -torch::log_softmax(logits, 1);
  const auto divergence = (teacher * (teacher.log() - torch::log_softmax(logits[0] / 2.0, 0))).sum().item<double>();
  const double expected = (0.4 * hard[0][0].item<double>() + 0.6 * 4.0 * divergence + hard[1][1].item<double>()) / 2.0;
  CHECK(taught == Approx(expected).epsilon(1e-5));
}
