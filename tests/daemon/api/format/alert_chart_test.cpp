#include "daemon/api/format/alert_chart.hpp"

#include <pugixml.hpp>

#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

const AlertChart::TimePoint kMorning = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + std::chrono::hours{8};

/// Two stories in each stretch, then nine in each of the last four.
AlertChart surge() {
  AlertChart chart;
  chart.title = "Halden Bank: 36 negative stories in 20 minutes, 8.0 expected";
  chart.caption = "Negative stories per 5 minutes.";
  chart.from = kMorning;
  for (int i = 0; i < 48; ++i) chart.buckets.push_back({i < 44 ? 2.0 : 9.0, 2.0, 0.0, 5.0});
  chart.alert_from = kMorning + 220min;
  chart.alert_to = kMorning + 240min;
  return chart;
}

pugi::xml_document parsed(const std::string& svg) {
  pugi::xml_document document;
  const auto result = document.load_buffer(svg.data(), svg.size());
  INFO(svg);
  REQUIRE(result.status == pugi::status_ok);
  REQUIRE(std::string_view(document.document_element().name()) == "svg");
  return document;
}

pugi::xml_node drawing(const pugi::xml_document& document) { return document.document_element().child("g"); }

std::string path(const pugi::xml_document& document, const char* of_class) {
  return drawing(document).find_child_by_attribute("path", "class", of_class).attribute("d").value();
}

std::ptrdiff_t count(const std::string& text, char c) { return std::count(text.begin(), text.end(), c); }

}  // namespace

TEST_CASE("a chart shows its bars, those above the band in a colour of their own, the band and the alert's span") {
  const auto svg = parsed(alert_chart_svg(surge()));
  CHECK(count(path(svg, "v"), 'M') == 44);
  CHECK(count(path(svg, "o"), 'M') == 4);
  CHECK(count(path(svg, "b"), 'Z') == 1);
  CHECK(count(path(svg, "e"), 'M') == 48);
  const auto span = drawing(svg).find_child_by_attribute("rect", "class", "a");
  CHECK(span.attribute("x").as_double() == Approx(44 + 584.0 * 44 / 48).margin(0.1));
  CHECK(span.attribute("width").as_double() == Approx(584.0 * 4 / 48).margin(0.1));
  CHECK(std::string(svg.document_element().attribute("role").value()) == "img");
  CHECK(std::string(svg.document_element().child("title").child_value()) == surge().title);
  CHECK(std::string(svg.document_element().child("desc").child_value()) == surge().caption);
}

TEST_CASE("the axes have numbers and times in UTC, with the day where there are several") {
  const std::string svg = alert_chart_svg(surge());
  for (const char* label : {">0<", ">5<", ">10<", ">5 Jan 08:00<", ">08:40<"}) {
    INFO(label);
    CHECK(svg.find(label) != std::string::npos);
  }
  AlertChart days = surge();
  days.bucket = 3h;
  CHECK(alert_chart_svg(days).find(">7 Jan 08:00<") != std::string::npos);
}

TEST_CASE("the times at the axis are those of the zone that is asked for, an hour later in summer") {
  AlertChart chart = surge();
  chart.zone = tapewatch::notation::TimeZone::find("Europe/London");
  chart.from = std::chrono::sys_days{std::chrono::year{2026} / 3 / 28} + 12h;
  chart.bucket = 30min;
  const std::string svg = alert_chart_svg(chart);
  CHECK(svg.find(">28 Mar 12:00<") != std::string::npos);
  CHECK(svg.find(">29 Mar 05:00<") != std::string::npos);
}

TEST_CASE("a stretch that was not known interrupts the band, an open alert reaches the end") {
  AlertChart chart = surge();
  for (int i = 10; i < 20; ++i) {
    chart.buckets[static_cast<std::size_t>(i)] = {1.0, std::nullopt, std::nullopt, std::nullopt};
  }
  chart.open = true;
  const auto svg = parsed(alert_chart_svg(chart));
  CHECK(count(path(svg, "b"), 'Z') == 2);
  const auto span = drawing(svg).find_child_by_attribute("rect", "class", "a");
  CHECK(span.attribute("x").as_double() + span.attribute("width").as_double() == Approx(628).margin(0.1));
}

TEST_CASE("means are a line with gaps, between -1 and +1") {
  AlertChart chart = surge();
  chart.mean = true;
  for (std::size_t i = 0; i < chart.buckets.size(); ++i) {
    chart.buckets[i] = {i % 12 == 0 ? std::nullopt : std::optional(-0.4), 0.1, std::nullopt, std::nullopt};
  }
  const auto svg = parsed(alert_chart_svg(chart));
  CHECK(count(path(svg, "m"), 'M') == 4);
  CHECK(path(svg, "b").empty());
  CHECK(alert_chart_svg(chart).find(">-1<") != std::string::npos);
}

TEST_CASE("text is text, whatever it holds, and nothing in a chart can run or be fetched") {
  AlertChart chart = surge();
  chart.title = "</title><script>alert(1)</script> & \"quoted\" \x01 \xEF\xBF\xBF \xFF end";
  chart.caption = "<image href='https://other.example/x.png'/>";
  const std::string text = alert_chart_svg(chart);
  const auto svg = parsed(text);
  CHECK(svg.select_nodes("//script | //image | //foreignObject | //*[@href] | //*[@onload]").empty());
  CHECK(std::string(svg.document_element().child("title").child_value()).starts_with("</title><script>"));
  CHECK(std::string(svg.document_element().child("desc").child_value()) == chart.caption);
  CHECK(text.find("url(") == std::string::npos);
}

TEST_CASE("a long title takes two lines, parted between words, and the picture grows by one") {
  const auto lines = [](const AlertChart& chart) {
    std::vector<std::string> found;
    const auto svg = parsed(alert_chart_svg(chart));
    for (const auto& text : svg.document_element().children("text")) found.emplace_back(text.child_value());
    found.push_back(svg.document_element().attribute("height").value());
    return found;
  };
  AlertChart chart = surge();
  CHECK(lines(chart) == std::vector<std::string>{chart.title, "260"});
  const std::string first = "Halden Bank: 14 negative stories in 30 minutes, 0.21 expected, from seven sources; the";
  chart.title = first + " largest of them says that the bank stops payments to its creditors";
  CHECK(lines(chart) ==
        std::vector<std::string>{first, "largest of them says that the bank stops payments to its creditors", "276"});
  chart.title += std::string(100, 'x') + " end";
  CHECK(lines(chart)[1].ends_with("x\u2026"));
  chart.title = std::string(200, 'x');
  CHECK(lines(chart) == std::vector<std::string>{std::string(88, 'x') + "\u2026", "260"});
}

TEST_CASE("a chart is small and always the same") {
  AlertChart chart = surge();
  chart.title = std::string(5'000, 'x');
  chart.buckets.assign(96, {123'456.0, 100'000.5, 99'000.0, 110'000.0});
  CHECK(alert_chart_svg(chart).size() < 20'000);
  CHECK(alert_chart_svg(chart) == alert_chart_svg(chart));
  chart.buckets.clear();
  parsed(alert_chart_svg(chart));
}
