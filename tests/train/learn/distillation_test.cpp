#include <torch/torch.h>

#include <algorithm>
#include <numeric>
#include <set>

#include "model/train/data/run_data.hpp"
#include "model/train/data/soft_labels.hpp"
#include "model/train/learn/losses.hpp"
#include "model/train/learn/trainer.hpp"
#include "model/train/predict.hpp"
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

  // A student without any labels learns only from the teacher.
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

TEST_CASE("a student learns texts without labels from its teacher", "[train][distil]") {
  const Workshop workshop;
  auto options = workshop.all_tasks("teacher");
  options.epochs = 60;
  options.dropout = 0.0;
  train(options, ignore);

  // The student has two labels per task; the teacher supplies the rest. Labelled and validation texts stay as they are.
  write_text(workshop.folder / "few.tsv", tsv({kSentiment[0], kSentiment[11]}, "sentfin"));
  std::string texts = "text\tentity\n",
              topics = "label\ttext\nEnergy | Oil\toil rises\nGold | Metals\tgold unchanged\n";
  for (const auto& [label, text] : kSentiment) texts += std::string(text) + " again\t\n";
  for (const auto& [label, text] : kTopic) texts += std::string(text) + " again\t\n";
  for (const char* const about : {"bank", "oil"}) {
    texts += std::string("oil rises while bank falls again\t") + about + "\n";
    texts += std::string("oil falls while bank rises again\t") + about + "\n";
  }
  texts += std::string(kSentiment[0].second) + "\t\n" + kSentiment[5].second + "\t\n";
  write_text(workshop.folder / "texts.tsv", texts);
  write_text(workshop.folder / "few_topics.tsv", topics);
  write_text(workshop.folder / "few_entities.tsv", "label\tentity\ttext\npositive\tbank\tbank rises while oil falls\n");
  auto student = options;
  student.train = {.sentiment = {workshop.folder / "few.tsv"},
                   .topic = {workshop.folder / "few_topics.tsv"},
                   .entity = {workshop.folder / "few_entities.tsv"},
                   .unlabelled = {workshop.folder / "texts.tsv"}};
  student.out = workshop.folder / "student";
  CHECK_THROWS_WITH(train(student, ignore), Contains("--predict and the same --unlabelled"));

  auto predicting = student;
  predicting.encoder = options.out;
  const auto soft = workshop.folder / "soft.ndjson";
  predict_soft_labels(predicting, soft, ignore.line);
  student.teachers = {soft};
  student.unlabelled_ratio = 2.0;
  const auto validated = read_run_data(student, ignore.line);
  CHECK(validated.train.size() - validated.labelled == 16);  // "oil flat again" is a validation text
  student.valid = {};                                        // so that the last epoch is exported
  student.valid_share = 0.0;
  std::string log;
  const auto keep = [&](const std::string& line) { log += line + "\n"; };
  train(student, {.line = keep});
  INFO(log);
  CHECK(log.find("5 training texts, ") != std::string::npos);
  CHECK(log.find("17 texts without labels have them too, 10 used in each epoch") != std::string::npos);
  predicting.encoder = student.out;
  const auto learned = workshop.folder / "learned.ndjson";
  predict_soft_labels(predicting, learned, ignore.line);
  const auto data = read_run_data(student, ignore.line);
  const SoftLabels taught({soft}, data.train, data.topics, 1.0), own({learned}, data.train, data.topics, 1.0);
  int agreed = 0;
  for (auto i = data.labelled; i < data.train.size(); ++i) {
    const auto said = [&](const SoftLabels& who) {
      const auto& probabilities = who.texts()[i].sentiment;
      return std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin();
    };
    agreed += said(taught) == said(own) ? 1 : 0;
  }
  CHECK(agreed >= 16);  // of 17
  CHECK(contents(student.out + "/config.json").find("\"unlabelled_texts\":17") != std::string::npos);

  auto whole = student, parts = student;
  whole.epochs = parts.epochs = 3;
  whole.out = workshop.folder / "whole";
  parts.out = workshop.folder / "parts";
  parts.checkpoint = workshop.folder / "state";
  parts.stop_after = 5;
  const auto expected = train(whole, ignore);
  auto resumed = train(parts, ignore);
  for (parts.resume = true; !resumed.finished;) resumed = train(parts, ignore);
  for (const auto& [name, tensor] : expected.tensors) {
    INFO(name);
    CHECK(torch::equal(tensor, resumed.tensors.at(name)));
  }
}

TEST_CASE("every epoch takes another share of the unlabelled texts until all were there", "[train][distil]") {
  std::vector<std::size_t> pool(10);
  std::iota(pool.begin(), pool.end(), std::size_t{5});
  std::multiset<std::size_t> seen;
  for (std::int64_t epoch = 0; epoch < 5; ++epoch) {
    const auto share = epoch_share(pool, 4, 9, epoch);
    CHECK(share.size() == 4);
    CHECK(std::set<std::size_t>(share.begin(), share.end()).size() == 4);
    CHECK(share == epoch_share(pool, 4, 9, epoch));
    seen.insert(share.begin(), share.end());
  }
  for (const auto row : pool) CHECK(seen.count(row) == 2);
  CHECK(epoch_share(pool, 4, 9, 0) != epoch_share(pool, 4, 10, 0));
  CHECK(epoch_share(pool, 99, 9, 3) == pool);
}

TEST_CASE("the distilled loss follows the formula", "[train][distil]") {
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
  batch.soft.sentiment = torch::stack({teacher, torch::zeros({3})});  // no teacher covers the second text
  batch.soft.topic = torch::zeros({2, 1});
  const double taught =
      batch_loss({logits, topic_logits, {}}, batch, {.soft_share = 0.6, .soft_temperature = 2.0}).item<double>();
  const auto hard = -torch::log_softmax(logits, 1);
  const auto divergence = (teacher * (teacher.log() - torch::log_softmax(logits[0] / 2.0, 0))).sum().item<double>();
  const double expected = (0.4 * hard[0][0].item<double>() + 0.6 * 4.0 * divergence + hard[1][1].item<double>()) / 2.0;
  CHECK(taught == Approx(expected).epsilon(1e-5));
}
