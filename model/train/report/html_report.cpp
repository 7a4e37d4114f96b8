// Tested by tests/train/report/report_test.cpp
#include "model/train/report/html_report.hpp"

#include <fmt/format.h>

#include <map>

#include "model/train/report/svg_charts.hpp"

namespace tapewatch::model::train {
namespace {

constexpr std::string_view kStyle = R"(
body{font:15px/1.5 system-ui,sans-serif;color:#1f2328;background:#fff;max-width:1180px;margin:24px auto;padding:0 20px}
h1{font-size:24px;margin:0 0 4px}h2{font-size:19px;margin:32px 0 8px;border-bottom:1px solid #d0d7de;padding-bottom:4px}
code{font:12px ui-monospace,monospace;color:#57606a;overflow-wrap:anywhere}
.pair{display:flex;flex-wrap:wrap;gap:8px 40px;align-items:flex-start}.confusion th{white-space:nowrap}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(480px,1fr));gap:16px}svg{max-width:100%;height:auto}
.title{font-size:14px;font-weight:600}.tick{font-size:11px;fill:#57606a}.grid{stroke:#d8dee4;stroke-width:.6}
.ideal{stroke:#57606a;stroke-dasharray:4 4}
table{border-collapse:collapse;margin:8px 0;font-size:13px}th,td{border:1px solid #d0d7de;padding:3px 8px;text-align:left}
td.n,.confusion td{text-align:right;font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:600;padding:4px 0}
th{background:#f6f8fa;font-weight:600}.text{max-width:620px;overflow-wrap:anywhere}
)";

/// The curves whose names begin with `prefix` and end with `suffix`, named by the part between.
std::vector<ChartLine> curves(const std::vector<CurvePoint>& points, std::string_view prefix, std::string_view suffix) {
  std::map<std::string, ChartLine> lines;
  for (const auto& point : points) {
    if (!point.name.starts_with(prefix) || !point.name.ends_with(suffix)) continue;
    const auto name = point.name.substr(prefix.size(), point.name.size() - prefix.size() - suffix.size());
    auto& line = lines[name];
    line.name = name.empty() ? suffix : name;
    line.points.emplace_back(static_cast<double>(point.step), point.value);
  }
  std::vector<ChartLine> list;
  for (auto& [name, line] : lines) list.push_back(std::move(line));
  return list;
}

std::string score_table(const std::vector<SourceScore>& scores, const std::vector<TaskReview>& reviews) {
  std::string out =
      "<table><tr><th>task</th><th>source</th><th>rows</th><th>accuracy</th><th>macro-F1</th><th>loss</th>"
      "<th>squared error</th><th>calibration error</th></tr>";
  for (const auto& one : scores) {
    const auto* const held = calibration_of(reviews, one.task, one.source);
    out += fmt::format(
        "<tr><td>{}</td><td>{}</td><td class=\"n\">{}</td><td class=\"n\">{:.4f}</td><td class=\"n\">{:.4f}"
        "</td><td class=\"n\">{:.4f}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
        to_string(one.task), escape_html(one.source), one.rows, one.accuracy, one.macro_f1, one.loss,
        one.squared_error ? fmt::format("{:.4f}", *one.squared_error) : "",
        held == nullptr ? "" : fmt::format("{:.4f}", held->error));
  }
  return out + "</table>";
}

std::string mistakes(const std::vector<Mistake>& worst) {
  std::string out =
      "<table><caption>The most confident "
      "mistakes</caption><tr><th>said</th><th>true</th><th>confidence</th><th>source</th>"
      "<th>text</th></tr>";
  for (const auto& one : worst) {
    const auto about = one.entity.empty() ? "" : fmt::format("<b>{}</b>: ", escape_html(one.entity));
    out +=
        fmt::format("<tr><td>{}</td><td>{}</td><td class=\"n\">{:.3f}</td><td>{}</td><td class=\"text\">{}{}</td></tr>",
                    escape_html(one.predicted), escape_html(one.truth), one.confidence, escape_html(one.source), about,
                    escape_html(one.text));
  }
  return out + "</table>";
}

}  // namespace

std::string html_report(const ReportData& data) {
  auto out = fmt::format(
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width\"><title>{0}</title><style>{1}</style></head><body><h1>{0}</h1><p>Validation after "
      "epoch {2}</p><p><code>{3}</code></p>",
      escape_html(data.title), kStyle, data.epoch, escape_html(data.command));
  out += "<h2>Figures</h2>" + score_table(data.scores, data.reviews) + "<h2>Learning curves</h2><div class=\"charts\">";
  out += line_chart("Loss in training", "step", curves(data.curves, "train/", "loss"));
  out += line_chart("Accuracy in training", "step", curves(data.curves, "train/", "/accuracy"));
  out += line_chart("Accuracy in validation", "step", curves(data.curves, "valid/", "/accuracy"));
  out += line_chart("Loss in validation", "step", curves(data.curves, "valid/", "/loss")) + "</div>";
  for (const auto& review : data.reviews) {
    if (review.bins.empty()) continue;
    const std::string task(to_string(review.task));
    out += fmt::format(
        "<h2>{}</h2><p>Expected calibration error {:.4f} (ten bins of equal mass, calibration cross-fitted in "
        "five folds)</p><div class=\"pair\"><div>{}</div><div>{}</div></div>{}",
        task, review.calibration_error, confusion_table(task, review.classes, review.confusion),
        reliability_diagram("Reliability (share right)", review.bins), mistakes(review.worst));
  }
  return out + "</body></html>\n";
}

}  // namespace tapewatch::model::train
