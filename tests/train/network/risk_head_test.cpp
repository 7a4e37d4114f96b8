// Training of the risk heads: from columns of labelled files to what the runtime says.
#include <fstream>

#include "model/classifier.hpp"
#include "model/package/model_package.hpp"
#include "model/train/data/mentions.hpp"
#include "model/train/data/run_data.hpp"
#include "model/train/learn/losses.hpp"
#include "model/train/learn/trainer.hpp"
#include "model/train/model_directory.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;
using Catch::Matchers::Contains;
namespace model = tapewatch::model;

namespace {

/// What falls is fraud and grave, a loss is a recall and minor, and so for each name.
TrainOptions risky(const Workshop& workshop, const std::string& out) {
  auto options = workshop.all_tasks(out);
  write_text(workshop.folder / "risk.tsv",
             "label\tevent\tgravity\ttext\nnegative\tfraud\tgrave\tgold falls\nnegative\tfraud\tgrave\toil falls\n"
             "negative\trecall\tminor\tbank loss\nnegative\trecall\tminor\trecord loss at oil group\n"
             "positive\t\t\tbank profit rises\npositive\t\t\toil rises\nneutral\t?\t?\tgold unchanged\n");
  write_text(workshop.folder / "towards.tsv",
             "label\tentity\tevent\tgravity\ttext\nnegative\tbank\tfraud\tgrave\tgold rises while bank falls\n"
             "positive\tgold\t\t\tgold rises while bank falls\npositive\tbank\t\t\tbank rises while gold falls\n"
             "negative\tgold\tfraud\tgrave\tbank rises while gold falls\n");
  options.train.sentiment.push_back(workshop.folder / "risk.tsv");
  options.train.entity.push_back(workshop.folder / "towards.tsv");
  options.valid.sentiment = {workshop.folder / "risk.tsv"};
  options.valid.entity = {workshop.folder / "towards.tsv"};
  options.epochs = 40;
  options.dropout = 0.0;
  return options;
}

}  // namespace

TEST_CASE("rows may say which event happens and how grave it is; what contradicts itself is refused", "[train][risk]") {
  const TemporaryFolder folder;
  write_text(folder / "s.tsv",
             "label\tevent\tgravity\ttext\nnegative\trecall\tserious\tone\nneutral\t\t\ttwo\nneutral\t?\t?\tthree\n"
             "negative\tfraud\t\tfour\nnegative\t\tgrave\tfive\nnegative\tfraud\tawful\tsix\n");
  write_text(folder / "plain.tsv", "label\ttext\nnegative\tseven\n");
  write_text(folder / "e.tsv", "label\tentity\tevent\tgravity\ttext\nnegative\tAcme\tfraud\tgrave\tAcme and one\n");
  BadRows bad;
  const auto raw =
      read_files({.sentiment = {folder / "s.tsv", folder / "plain.tsv"}, .entity = {folder / "e.tsv"}}, {}, bad);
  const auto events = events_in(raw);
  CHECK(events == std::vector<std::string>{"fraud", "recall"});
  const auto texts = join_texts(raw, {.events = events}, bad).texts;
  REQUIRE(texts.size() == 5);
  CHECK((texts[0].risk.event == 2 && texts[0].risk.gravity == 2));
  CHECK((texts[1].risk.event == 0 && texts[1].risk.gravity == 0));
  CHECK((texts[2].risk.event == kNoLabel && texts[2].risk_source.empty()));
  CHECK(texts[3].risk.event == kNoLabel);
  CHECK((texts[4].entities[0].risk.event == 1 && texts[4].entities[0].risk.gravity == 3));
  CHECK(bad.size() == 3);
  CHECK_THAT(bad.shown().at(0), Contains("s.tsv:5:") && Contains("event `fraud` of gravity ``"));
}

TEST_CASE("the risk heads learn, and the runtime says what they say", "[train][risk]") {
  const Workshop workshop;
  const auto options = risky(workshop, "out");
  const auto result = train(options, ignore);
  for (const auto& score : result.best) {
    INFO(to_string(score.task));
    if (score.task != Task::topic) CHECK(score.accuracy == Approx(1.0));
  }
  CHECK(std::ranges::count(result.best, Task::event, &SourceScore::task) == 1);
  CHECK(std::ranges::count(result.best, Task::entity_gravity, &SourceScore::task) > 0);

  const auto package = model::load_model(options.out);
  CHECK(package->config().events == std::vector<std::string>{"fraud", "recall"});
  model::Classifier classifier(package);
  const std::string text = "gold rises while bank falls";
  const auto mention = find_mention(text, "bank");
  REQUIRE(mention);
  const std::vector<model::Mentions> asked{{{0, 4}}, {{mention->start, mention->end}}};
  const model::TextInput inputs[] = {{.text = text, .entities = asked}, {.text = "gold falls"}, {.text = "oil rises"}};
  const auto predictions = classifier.classify(inputs);
  CHECK_FALSE(predictions[0].entity_risks.at(0).event());
  CHECK(predictions[0].entity_risks.at(1).event() == 0);
  CHECK(predictions[0].entity_risks[1].gravity() == model::Gravity::grave);
  CHECK(predictions[1].risk.event() == 0);
  CHECK(predictions[1].risk.gravity() == model::Gravity::grave);
  CHECK_FALSE(predictions[2].risk.event());
}

TEST_CASE("a run goes on from a model with risk heads, and keeps how it reads", "[train][risk]") {
  const Workshop workshop;
  train(risky(workshop, "first"), ignore);
  auto config = contents(workshop.folder / "first/config.json");
  config.insert(config.find('{') + 1, "\"title_weight\": 0.25, \"fold_lookalikes\": true,");
  write_text(workshop.folder / "first/config.json", config);
  auto again = workshop.options("second");  // without a row about events
  again.encoder = workshop.folder / "first";
  again.epochs = 1;
  again.lr_encoder = again.lr_heads = 0.0;
  train(again, ignore);
  const auto package = model::load_model(again.out);
  CHECK(package->config().events == std::vector<std::string>{"fraud", "recall"});
  CHECK(package->config().title_weight == 0.25F);
  CHECK(package->config().folding.lookalikes);
  model::Classifier classifier(package);
  const std::string_view text = "gold falls";
  CHECK(classifier.classify({&text, 1}).front().risk.gravity() == model::Gravity::grave);
}

TEST_CASE("risks weigh in the loss as much as is said", "[train][risk]") {
  Batch batch;
  batch.input.ids = torch::zeros({1, 1}, torch::kLong);
  batch.sentiment = batch.topic = torch::full({1}, kNoLabel, torch::kLong);
  batch.event = torch::tensor({std::int64_t{1}}, torch::kLong);
  batch.gravity = torch::tensor({std::int64_t{3}}, torch::kLong);
  Logits logits{torch::zeros({1, 3}), torch::zeros({1, 1}), {}};
  logits.risk = torch::zeros({1, 3 + 4});
  const auto loss = [&](double share) { return batch_loss(logits, batch, {.risk_share = share}).item<double>(); };
  CHECK(loss(1.0) == Approx(std::log(3.0) + std::log(4.0)));
  CHECK(loss(0.5) == Approx((std::log(3.0) + std::log(4.0)) / 2.0));
  CHECK(loss(0.0) == Approx(0.0).margin(1e-6));
}
