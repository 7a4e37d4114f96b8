#include "daemon/commands/query/terminal_plot.hpp"

#include "daemon/commands/query/text_table.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;

TEST_CASE("several series have a line each; missing values are not zero") {
  PlotOptions options;
  options.width = 60;
  options.from = "A";
  options.to = "B";
  const auto plot = draw_plot({{"one", {-1.0, 0.0, std::nullopt, 1.0}}, {"other", {std::nullopt}}}, options);
  CHECK(plot.find("one   │▁▅ █") != std::string::npos);
  CHECK(plot.find("│ +1.00\n") != std::string::npos);
  CHECK(plot.find("other │ ") != std::string::npos);
}

TEST_CASE("a single series is drawn tall, around zero") {
  PlotOptions options;
  options.width = 40;
  const auto plot = draw_plot({{"all", {1.0, -1.0, 0.1, std::nullopt}}}, options);
  CHECK(plot.starts_with("all\n+1.00 │█"));
  CHECK(plot.find("\n-1.00 ┊ █") != std::string::npos);
}

TEST_CASE("more values than columns are averaged, and no line is too wide") {
  PlotSeries series{"all", {}};
  for (int i = 0; i < 1000; ++i) series.values.push_back(i % 2 == 0 ? 1.0 : -1.0);
  PlotOptions options;
  options.width = 50;
  std::string plot = draw_plot({series}, options);
  while (!plot.empty()) {
    const auto end = plot.find('\n');
    CHECK(display_width(plot.substr(0, end)) <= 50);
    plot.erase(0, end + 1);
  }
}

TEST_CASE("an empty plot says so") { CHECK(draw_plot({}, {}) == "nothing to draw\n"); }
