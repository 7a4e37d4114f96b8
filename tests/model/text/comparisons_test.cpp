#include "model/text/comparisons.hpp"

#include <string>
#include <vector>

#include "tests/support/catch.hpp"

namespace tapewatch::model {
namespace {

std::string cut(std::string_view text, ByteSpan span) {
  return std::string(text.substr(span.start, span.end - span.start));
}

/// "0.81 < 0.95": each comparison of the text, the better one at the open side; "?" where none is found.
std::string read(std::string_view text) {
  std::string all;
  for (const auto& found : find_comparisons(text)) {
    const int outcome = found.outcome();
    all += (all.empty() ? "" : "; ") + cut(text, found.value_span) +
           (outcome < 0   ? " < "
            : outcome > 0 ? " > "
                          : " = ") +
           cut(text, found.reference_span);
  }
  return all.empty() ? "?" : all;
}

struct Case {
  std::string_view text, expected;
};

TEST_CASE("Results beside what was expected") {
  const auto [text, expected] = GENERATE(values<Case>({
      {"Halden EPS 0.81 vs 0.95 est", "0.81 < 0.95"},
      {"Q3 rev $412m, cons $398m", "$412m > $398m"},
      {"Adj. EBIT EUR 31.2 mln (poll 30.1 mln)", "31.2 mln > 30.1 mln"},
      {"*HALDEN 1Q NET NOK871M; EST. NOK790M", "871M > 790M"},
      {"Halden Q2 sales 2,200, forecast 2,200", "2,200 = 2,200"},
      {"EPS .9 vs 1.1 est", ".9 < 1.1"},
      {"Expected EPS 0.95, actual EPS 0.81", "0.81 < 0.95"},
      {"Forecast for GDP was 0.2%; it came in at 0.4%", "0.4% > 0.2%"},
      {"EPS 0.81 vs 0.95 est, 0.70 a year ago", "0.81 < 0.95"},
      {"EPS 0.81, 0.70 a year ago, 0.95 expected", "0.81 < 0.95"},
  }));
  CHECK(read(text) == expected);
}

TEST_CASE("Figures beside what they were before") {
  const auto [text, expected] = GENERATE(values<Case>({
      {"Target to 12 from 15", "12 < 15"},
      {"Margin from 14.9% to 15.4%", "15.4% > 14.9%"},
      {"Net profit 12.4m, 15.1m a year earlier", "12.4m < 15.1m"},
      {"Dividend 1.20 after 1.45", "1.20 < 1.45"},
      {"EPS 1.04 (1.01)", "1.04 > 1.01"},
      {"NPL ratio 2.2% (Dec: 3.0%)", "2.2% > 3.0%"},
      {"Sees FY EPS 2.10-2.20, had seen 2.30-2.40", "2.10-2.20 < 2.30-2.40"},
      {"Sales 412m, up from 398m", "412m > 398m"},
  }));
  CHECK(read(text) == expected);
}

TEST_CASE("Of some measures less is better") {
  const auto [text, expected] = GENERATE(values<Case>({
      {"Unemployment rate 5.1 pct, poll 4.9", "5.1 pct < 4.9"},
      {"Jobless claims 251k (cons 230k)", "251k < 230k"},
      {"CPI y/y 3.1 vs 3.4 expected", "3.1 > 3.4"},
      {"Bankruptcies 1,204 vs 1,050 a year ago", "1,204 < 1,050"},
      {"5-yr CDS 410bp from 370bp", "410bp < 370bp"},
      {"Loss of 3.1m from 11.4m", "3.1m > 11.4m"},
      {"Loss of 9m, year ago profit of 4m", "9m < 4m"},
      {"Net debt/EBITDA 3.9x vs 3.1x", "3.9x < 3.1x"},
      {"Cost of sales 61m vs 58m", "61m < 58m"},
      {"Loss before taxes 0.3 mn, compared to a loss of 2.2 mn", "0.3 mn > 2.2 mn"},
  }));
  CHECK(read(text) == expected);
}

TEST_CASE("Signs, thousands, decimals and units") {
  const auto [text, expected] = GENERATE(values<Case>({
      {"Retail sales m/m -0.4%, forecast +0.2%", "-0.4% < +0.2%"},
      {"Retail sales m/m −0.4%, forecast 0.2%", "−0.4% < 0.2%"},
      {"Same-store sales down 3.4%, consensus down 1.2%", "3.4% < 1.2%"},
      {"Industrial output 0.1% m/m vs 0.4% expected", "0.1% < 0.4%"},
      {"EPS (0.12) vs (0.20) a year ago", "0.12 > 0.20"},
      {"Sales fell to 310m from 288m", "310m > 288m"},
      {"Revenue €1.204,5m vs €1.190,0m", "€1.204,5m > €1.190,0m"},
      {"Revenue 1.2 bn vs 980 mln", "1.2 bn > 980 mln"},
      {"Revenue 412 vs 398m", "412 > 398m"},
      {"Profit Rs 4.2 crore vs Rs 91 lakh", "4.2 crore > 91 lakh"},
      {"Free cash flow (CAD 46m) vs CAD 12m a year ago", "46m < 12m"},
      {"Acme Q3 EPS 81c vs $0.95 est", "81c < $0.95"},
      {"EPS 41 cents vs. 52 cents a year ago", "41 cents < 52 cents"},
      {"Cost savings 120 mln vs 100 mln expected", "120 mln > 100 mln"},
      {"Rating BB+ from BBB-", "BB+ < BBB-"},
      {"Rating BBB- from Ba1", "BBB- > Ba1"},
      {"Rating BBB- by one agency from Baa3 by another", "BBB- = Baa3"},
      {"Rating to Baa2 from Ba1", "Baa2 > Ba1"},
  }));
  CHECK(read(text) == expected);
}

TEST_CASE("What is no comparison, or not known to be one, is left to the network") {
  const auto text = GENERATE(values<std::string_view>({
      "",
      "Halden Q3 sales 412 million euros",
      "Halden moves 12 people from 15 offices",
      "Brent at 61.2 vs 60.9",
      "Copper stocks 291,400 t from 238,900 t",
      "Halden to publish Q3 sales on 4 May 2027 after 3 May",
      "Payrolls Friday: consensus 150k, range 75k-210k",
      "Sales 5% above the poll at 1.26 bn",
      "Profit 12m and sales 310m vs plan",
      "10-year yield 4.9% from 4.5%",
      "Halden Q2 sales 2,204, forecast 2,200",
      "If CPI comes in at 3.2% vs 3.4% expected, bonds will rally",
      "EPS 0.95 vs 0.81 est, but Halden cuts its outlook",
      "EPS 0.95 vs 0.81 at rival Kesmar",
      "EPS \xff\xfe 0.81 \x80 0.95",
      "vs vs vs 1 from to from 2",
      "EPS 3 cents vs $1.02",
  }));
  INFO(text);
  CHECK(read(text) == "?");
}

TEST_CASE("Figures behind the first sentences are background") {
  CHECK(read("Halden opens a plant. It makes cable. EPS 0.81 vs 0.95 est.") == "?");
  CHECK(read("Halden reports. EPS 0.81 vs 0.95 est. It makes cable.") == "0.81 < 0.95");
}

TEST_CASE("A figure that what is read would cut is not read") {
  std::string text = "Halden";
  while (text.size() < 1004) text += " of";
  CHECK(read(text + " EPS 12 vs 5 est") == "12 > 5");
  CHECK(read(text + " EPS in May 12 vs 115 est") == "?");
}

TEST_CASE("The verdict of several comparisons") {
  const auto verdict = [](std::string_view text) { return verdict_of(find_comparisons(text)); };
  CHECK(verdict("Halden reports results") == std::nullopt);
  CHECK(verdict("EPS 1.04 vs 1.04 est") == 0);
  CHECK(verdict("EPS 0.81 vs 0.95 est; revenue 398m vs 412m est") == -1);
  CHECK(verdict("EPS 1.04 vs 1.04 est; revenue 412m vs 398m est") == 1);
  CHECK(verdict("EPS 0.81 vs 0.95 est; revenue 412m vs 398m est") == std::nullopt);
}

}  // namespace
}  // namespace tapewatch::model
