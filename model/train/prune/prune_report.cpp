// Tested by tests/train/prune/prune_test.cpp
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <boost/json.hpp>
#include <cmath>

#include "model/train/prune/prune.hpp"

namespace tapewatch::model::train {
namespace {

namespace json = boost::json;

double digits(double value, double scale = 1e4) { return std::round(value * scale) / scale; }

json::object to_json(const ModelSize& size) {
  return {{"parameters", size.parameters},
          {"bytes", size.bytes},
          {"pieces", size.pieces},
          {"layers", size.layers},
          {"heads", size.heads}};
}

json::object to_json(const Accuracy& line) {
  return {{"accuracy", digits(line.accuracy)}, {"macro_f1", digits(line.macro_f1)}, {"loss", digits(line.loss)}};
}

double ratio(double after, double before) { return before > 0 ? after / before : 0; }

std::string row(std::string_view what, std::size_t before, std::size_t after) {
  return fmt::format("{:<28}{:>14}{:>14}{:>9.1f} %\n", what, before, after,
                     100 * ratio(static_cast<double>(after), static_cast<double>(before)));
}

}  // namespace

json::object to_json(const PruneReport& report) {
  json::object out{
      {"from", report.from}, {"to", report.to}, {"before", to_json(report.before)}, {"after", to_json(report.after)}};
  if (report.pieces) {
    out["vocabulary"] = {{"kept", report.pieces->ids.size()},
                         {"required", report.pieces->required},
                         {"frequent", report.pieces->frequent},
                         {"rescued", report.pieces->rescued}};
  }
  if (report.tokenisation) {
    const auto& change = *report.tokenisation;
    out["tokenisation"] = {{"texts", change.texts},
                           {"different", change.different},
                           {"more_unknown", change.more_unknown},
                           {"pieces_before", change.pieces_before},
                           {"pieces_after", change.pieces_after}};
  }
  if (!report.layers.empty()) out["layers"] = json::value_from(report.layers);
  if (!report.heads.empty()) {
    out["heads"] = json::value_from(report.heads);
    json::array importance;
    for (const auto& layer : report.importance) {
      json::array heads;
      for (const double value : layer) heads.emplace_back(digits(value, 1e6));
      importance.push_back(std::move(heads));
    }
    out["head_importance"] = std::move(importance);
  }
  if (report.speeds) {
    out["texts_per_second"] = {{"before", digits(report.speeds->before, 10)},
                               {"after", digits(report.speeds->after, 10)}};
  }
  json::array accuracy;
  for (std::size_t i = 0; i < report.accuracy_before.size(); ++i) {
    const auto& before = report.accuracy_before[i];
    accuracy.push_back({{"task", before.task},
                        {"source", before.source},
                        {"rows", before.rows},
                        {"before", to_json(before)},
                        {"after", to_json(report.accuracy_after[i])}});
  }
  if (!accuracy.empty()) out["accuracy"] = std::move(accuracy);
  return out;
}

std::string to_text(const PruneReport& report) {
  auto text = fmt::format("{} -> {}\n{:<28}{:>14}{:>14}\n", report.from, report.to, "", "before", "after");
  text += row("parameters", report.before.parameters, report.after.parameters);
  text += row("bytes", report.before.bytes, report.after.bytes);
  text += row("pieces", report.before.pieces, report.after.pieces);
  text += row("layers", report.before.layers, report.after.layers);
  text += row("heads", report.before.heads, report.after.heads);
  if (report.speeds) {
    text += fmt::format("{:<28}{:>14.1f}{:>14.1f}{:>9.1f} %\n", "texts per second, one thread", report.speeds->before,
                        report.speeds->after, 100 * ratio(report.speeds->after, report.speeds->before));
  }
  if (report.tokenisation) {
    const auto& change = *report.tokenisation;
    text += fmt::format("{} of {} texts are split differently ({} pieces, before {}), {} with more [UNK]\n",
                        change.different, change.texts, change.pieces_after, change.pieces_before, change.more_unknown);
  }
  if (!report.heads.empty()) text += fmt::format("heads kept, by layer: {}\n", report.heads);
  if (!report.accuracy_before.empty()) {
    text += fmt::format("{:<12}{:<14}{:>7}{:>10}{:>10}{:>10}{:>10}\n", "task", "source", "rows", "accuracy", "after",
                        "loss", "after");
  }
  for (std::size_t i = 0; i < report.accuracy_before.size(); ++i) {
    const auto &before = report.accuracy_before[i], &after = report.accuracy_after[i];
    text += fmt::format("{:<12}{:<14}{:>7}{:>10.4f}{:>10.4f}{:>10.4f}{:>10.4f}\n", before.task,
                        before.source.empty() ? "all" : before.source, before.rows, before.accuracy, after.accuracy,
                        before.loss, after.loss);
  }
  return text;
}

}  // namespace tapewatch::model::train
