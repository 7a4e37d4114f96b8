#include "daemon/api/format/alert_chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/notation/utf8.hpp"
#include "daemon/api/format/chart_scale.hpp"

namespace tapewatch {
namespace {

constexpr std::string_view kStyle =
    ":root{color-scheme:light dark}"
    ".g{fill:#fff}text{fill:#5a6a73;font:11px system-ui,sans-serif}.t{fill:#17232a;font-weight:600;font-size:12.5px}"
    ".a{fill:#b83a26;fill-opacity:.13}.b{fill:#1b6f8f;fill-opacity:.2}.e{fill:none;stroke:#1b6f8f;stroke-width:1.5;"
    "stroke-dasharray:4 3}.v{fill:#46565f}.o{fill:#b83a26}.m{fill:none;stroke:#46565f;stroke-width:1.5}"
    ".l{stroke:#dde3e6}.x{stroke:#9aa7ae}"
    "@media(prefers-color-scheme:dark){.g{fill:#162026}text{fill:#93a4ad}.t{fill:#e3eaed}.a{fill:#ff8a70;"
    "fill-opacity:.16}.b{fill:#5fb8d8;fill-opacity:.22}.e{stroke:#5fb8d8}.v{fill:#b3c0c7}.o{fill:#ff8a70}"
    ".m{stroke:#b3c0c7}.l{stroke:#27343b}.x{stroke:#5f6f78}}";

/// Text of an XML element: XML 1.0 has no control characters, nor U+FFFE and U+FFFF.
std::string xml_text(std::string_view text) {
  std::string out;
  const std::string valid = notation::repaired_utf8(text);
  for (std::size_t i = 0; i < valid.size(); ++i) {
    const char c = valid[i];
    if (valid.compare(i, 2, "\xEF\xBF") == 0 && i + 2 < valid.size() &&
        static_cast<unsigned char>(valid[i + 2]) >= 0xBE) {
      i += 2;
    } else if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      out += c;
    } else {
      out += ' ';
    }
  }
  return out;
}

/// At most `most` characters, with an ellipsis in place of the rest.
std::string shortened(std::string_view text, std::size_t most) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) == 0x80) continue;  // within a character
    if (++characters > most) return std::string(text.substr(0, i)) + "\u2026";
  }
  return std::string(text);
}

constexpr std::size_t kTitleCharacters = 88;  // of a line
constexpr int kTitleLine = 16;

/// In one line or two, parted between words; what does not fit ends with an ellipsis.
std::vector<std::string> title_lines(std::string_view title) {
  const std::string head = shortened(title, kTitleCharacters);
  if (head.size() == title.size()) return {head};
  const std::size_t cut = title.rfind(' ', head.size() - std::string_view("\u2026").size());
  if (cut == std::string_view::npos || cut == 0) return {head};
  return {std::string(title.substr(0, cut)), shortened(title.substr(cut + 1), kTitleCharacters)};
}

/// "14:05", or where the day matters "5 Jan 14:05".
std::string time_text(AlertChart::TimePoint at, bool with_day) {
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto minutes = std::chrono::floor<std::chrono::minutes>(at - day).count();
  std::string clock = fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
  if (!with_day) return clock;
  return fmt::format("{} {} {}", static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     clock);
}

std::string axes(const AlertChart& chart, const chart::Scale& at) {
  std::string out;
  for (const double value : chart::levels(chart, at)) {
    out += fmt::format(R"(<path class="{}" d="M{} {:.1f}H{}"/><text x="{}" y="{:.1f}" text-anchor="end">{}</text>)",
                       value == at.lowest && !chart.mean ? "x" : "l", chart::kLeft, at.y(value), chart::kRight,
                       chart::kLeft - 6, at.y(value) + 4, chart::level_text(chart, value));
  }
  for (std::size_t i = 0; i < chart.buckets.size(); i += chart::label_every(chart)) {
    const std::string label =
        time_text(chart::local(chart, chart.from + chart.bucket * i), i == 0 || chart::spans_days(chart));
    out += fmt::format(R"(<path class="x" d="M{0:.1f} {1}v4"/><text x="{0:.1f}" y="{2}" text-anchor="{3}">{4}</text>)",
                       at.x(i), chart::kBottom, chart::kBottom + 17, i == 0 ? "start" : "middle", label);
  }
  return out;
}

/// The band as one shape for each run of stretches in which it is known, the expected level as a line of steps.
std::string band(const AlertChart& chart, const chart::Scale& at) {
  std::string shapes, line;
  for (std::size_t i = 0; i < chart.buckets.size();) {
    std::string upper, lower;
    for (; i < chart.buckets.size() && chart.buckets[i].expected; ++i) {
      const auto& bucket = chart.buckets[i];
      line += fmt::format("M{:.1f} {:.1f}H{:.1f}", at.x(i), at.y(*bucket.expected), at.x(i + 1));
      if (!bucket.low || !bucket.high) continue;
      upper +=
          fmt::format("{}{:.1f} {:.1f}H{:.1f}", upper.empty() ? "M" : "L", at.x(i), at.y(*bucket.high), at.x(i + 1));
      lower.insert(0, fmt::format("L{:.1f} {:.1f}H{:.1f}", at.x(i + 1), at.y(*bucket.low), at.x(i)));
    }
    if (!upper.empty()) shapes += upper + lower + "Z";
    if (i < chart.buckets.size() && !chart.buckets[i].expected) ++i;
  }
  std::string out;
  if (!shapes.empty()) out += fmt::format(R"(<path class="b" d="{}"/>)", shapes);
  if (!line.empty()) out += fmt::format(R"(<path class="e" d="{}"/>)", line);
  return out;
}

std::string bars(const AlertChart& chart, const chart::Scale& at) {
  std::string usual, beyond;
  for (std::size_t i = 0; i < chart.buckets.size(); ++i) {
    const auto& bucket = chart.buckets[i];
    if (bucket.value.value_or(0) <= 0) continue;
    const double width = std::max(1.0, at.step * 0.72), top = at.y(*bucket.value);
    std::string& into = bucket.high && *bucket.value > *bucket.high ? beyond : usual;
    into += fmt::format("M{:.1f} {}V{:.1f}h{:.1f}V{}Z", at.x(i) + (at.step - width) / 2, chart::kBottom, top, width,
                        chart::kBottom);
  }
  std::string out;
  if (!usual.empty()) out += fmt::format(R"(<path class="v" d="{}"/>)", usual);
  if (!beyond.empty()) out += fmt::format(R"(<path class="o" d="{}"/>)", beyond);
  return out;
}

/// A gap in the means ends the line: nothing was said there.
std::string means(const AlertChart& chart, const chart::Scale& at) {
  std::string line, dots;
  bool joined = false;
  for (std::size_t i = 0; i < chart.buckets.size(); ++i) {
    const auto& value = chart.buckets[i].value;
    if (value) {
      const double x = at.x(i) + at.step / 2, y = at.y(*value);
      line += fmt::format("{}{:.1f} {:.1f}", joined ? "L" : "M", x, y);
      dots += fmt::format(R"(<circle cx="{:.1f}" cy="{:.1f}" r="2"/>)", x, y);
    }
    joined = value.has_value();
  }
  if (dots.empty()) return {};
  return fmt::format(R"(<path class="m" d="{}"/><g class="v">{}</g>)", line, dots);
}

}  // namespace

std::string alert_chart_svg(const AlertChart& chart) {
  const chart::Scale at(chart);
  const double from = at.x(chart.alert_from), to = chart.open ? chart::kRight : at.x(chart.alert_to);
  const auto lines = title_lines(chart.title);
  const double height = chart::kHeight + kTitleLine * static_cast<double>(lines.size() - 1);
  std::string out = fmt::format(
      R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="img" )"
      R"(aria-labelledby="title desc"><title id="title">{2}</title><desc id="desc">{3}</desc><style>{4}</style>)"
      R"(<rect class="g" width="{0}" height="{1}" rx="8"/>)",
      chart::kWidth, height, xml_text(shortened(chart.title, 300)), xml_text(chart.caption), kStyle);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += fmt::format(R"(<text class="t" x="14" y="{}">{}</text>)", 20 + kTitleLine * static_cast<int>(i),
                       xml_text(lines[i]));
  }
  out += fmt::format("<g transform=\"translate(0 {})\">", height - chart::kHeight);
  out += fmt::format(R"(<rect class="a" x="{:.1f}" y="{}" width="{:.1f}" height="{}"/>)", from, chart::kTop,
                     std::max(2.0, to - from), chart::kBottom - chart::kTop);
  out += axes(chart, at) + band(chart, at) + (chart.mean ? means(chart, at) : bars(chart, at));
  out += fmt::format(R"(<text x="14" y="246">{}</text></g></svg>)", xml_text(shortened(chart.caption, 112)));
  return out;
}

}  // namespace tapewatch
