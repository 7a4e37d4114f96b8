#include "model/evaluation/evaluation.hpp"

#include <cmath>

#include "model/evaluation/labelled_data.hpp"
#include "model/package/topic_slug.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

using Catch::Matchers::Contains;

TEST_CASE("Metrics of a set worked by hand") {
  // Six rows of three classes: class 0 twice (right, predicted as 1), class 1 three times (right, right, predicted as
  // 0), class 2 once (right).
  const std::vector<std::vector<float>> given{{0.8F, 0.1F, 0.1F},   {0.3F, 0.6F, 0.1F}, {0.2F, 0.7F, 0.1F},
                                              {0.05F, 0.9F, 0.05F}, {0.5F, 0.4F, 0.1F}, {0.1F, 0.2F, 0.7F}};
  const std::vector<std::size_t> truth{0, 0, 1, 1, 1, 2};
  Evaluator evaluator(3);
  for (std::size_t i = 0; i < given.size(); ++i) {
    evaluator.add({.truth = truth[i], .probabilities = given[i], .source = i < 4 ? "a" : "b"});
  }
  const auto evaluation = evaluator.evaluate();
  const auto& all = evaluation.all;
  CHECK(all.n == 6);
  CHECK(all.accuracy == Approx(4.0 / 6));
  CHECK(all.confusion == std::vector<std::vector<std::size_t>>{{1, 1, 0}, {1, 2, 0}, {0, 0, 1}});
  CHECK(all.classes[0].precision == Approx(0.5));
  CHECK(all.classes[0].recall == Approx(0.5));
  CHECK(all.classes[0].f1 == Approx(0.5));
  CHECK(all.classes[0].support == 2);
  CHECK(all.classes[1].precision == Approx(2.0 / 3));
  CHECK(all.classes[1].recall == Approx(2.0 / 3));
  CHECK(all.classes[2].f1 == Approx(1));
  CHECK(all.macro_f1 == Approx((0.5 + 2.0 / 3 + 1) / 3));
  CHECK(all.loss ==
        Approx(-(std::log(0.8) + std::log(0.3) + std::log(0.7) + std::log(0.9) + std::log(0.4) + std::log(0.7)) / 6));
  // Six rows, so each is a bin: |right − confidence| = 0.2, 0.6, 0.3, 0.1, 0.5, 0.3.
  CHECK(all.ece == Approx((0.2 + 0.6 + 0.3 + 0.1 + 0.5 + 0.3) / 6));
  REQUIRE(evaluation.sources.size() == 2);
  CHECK(evaluation.sources.at("a").n == 4);
  CHECK(evaluation.sources.at("a").accuracy == Approx(0.75));
  // Class 2 neither occurs nor is predicted in a: two classes count.
  CHECK(evaluation.sources.at("a").macro_f1 == Approx((2.0 / 3 + 0.8) / 2));
  CHECK(evaluation.sources.at("b").n == 2);
}

TEST_CASE("Calibration error over ten bins of equal mass") {
  // Twenty rows in pairs of equal confidence c: one of each pair right, so each bin's gap is |0.5 − c|.
  Evaluator evaluator(2);
  double expected = 0;
  for (int pair = 0; pair < 10; ++pair) {
    const float confidence = 0.5F + 0.05F * static_cast<float>(pair);
    const std::vector<float> probabilities{confidence, 1 - confidence};
    evaluator.add({.truth = 0, .probabilities = probabilities, .source = ""});
    evaluator.add({.truth = 1, .probabilities = probabilities, .source = ""});
    expected += std::abs(0.5 - confidence) / 10;
  }
  CHECK(evaluator.evaluate().all.ece == Approx(expected));
  CHECK(evaluator.evaluate().sources.empty());
}

TEST_CASE("Nothing to evaluate gives zeros, an impossible label a finite loss") {
  CHECK(Evaluator(3).evaluate().all.accuracy == 0);
  Evaluator evaluator(2);
  const std::vector<float> probabilities{1, 0};
  evaluator.add({.truth = 1, .probabilities = probabilities, .source = ""});
  CHECK(std::isfinite(evaluator.evaluate().all.loss));
  CHECK_THROWS_AS(evaluator.add({.truth = 2, .probabilities = probabilities, .source = ""}), std::logic_error);
}

TEST_CASE("Labelled rows are read by their column names") {
  const auto rows =
      parse_labelled("source\ttext\tlabel\r\nwire\tProfit \"up\"\tpositive\r\n\n\tLoss\tnegative", "file");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].label == "positive");
  CHECK(rows[0].text == "Profit \"up\"");
  CHECK(rows[0].source == "wire");
  CHECK(rows[0].line == 2);
  CHECK(rows[1].source.empty());
  CHECK(rows[1].line == 4);
  const auto with_entity = parse_labelled("label\tsource\tentity\ttext\nneutral\ta\tAcme\tAcme meets\n", "file");
  CHECK(with_entity[0].entity == "Acme");
}

TEST_CASE("An invalid labelled file is refused with line and reason") {
  CHECK_THROWS_WITH(parse_labelled("", "file"), Contains("file: expected a header and rows"));
  CHECK_THROWS_WITH(parse_labelled("label\ttext\n", "file"), Contains("found no row"));
  CHECK_THROWS_WITH(parse_labelled("label\tbody\n", "file"), Contains("file:1:") && Contains("\"body\""));
  CHECK_THROWS_WITH(parse_labelled("label\tlabel\ttext\n", "file"), Contains("each once"));
  CHECK_THROWS_WITH(parse_labelled("label\tsource\n", "file"), Contains("expected the columns text and label"));
  CHECK_THROWS_WITH(parse_labelled("label\ttext\npositive\n", "file"), Contains("file:2: expected 2 fields, found 1"));
  CHECK_THROWS_WITH(read_labelled("/nowhere.tsv"), Contains("/nowhere.tsv"));
}

TEST_CASE("Slugs of topics") {
  CHECK(topic_slug("Fed | Central Banks") == "fed-central-banks");
  CHECK(topic_slug("M&A | Investments") == "m-a-investments");
  CHECK(topic_slug("Company | Product News") == "company-product-news");
  CHECK(topic_slug("  (IPO) ") == "ipo");
  CHECK(topic_slug("fed-central-banks") == "fed-central-banks");
  CHECK(topic_slug("G7 / G20") == "g7-g20");
  CHECK(topic_slug("") == "");
}

}  // namespace
}  // namespace tapewatch::model
