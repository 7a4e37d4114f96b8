#include "daemon/commands/query/query_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "config/notation/json_writer.hpp"
#include "config/notation/printable.hpp"
#include "daemon/api/format/export_format.hpp"
#include "daemon/commands/query/terminal_plot.hpp"
#include "daemon/commands/query/text_table.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;
using Align = TextTable::Align;

const json::value& member(const json::value& object, std::string_view name) {
  static const json::value none;
  const auto* found = object.is_object() ? object.as_object().if_contains(name) : nullptr;
  return found ? *found : none;
}

/// A value for people: "" for null, times without milliseconds.
std::string shown(const json::value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_int64()) return fmt::format("{}", value.as_int64());
  if (value.is_uint64()) return fmt::format("{}", value.as_uint64());
  if (value.is_double()) return fmt::format("{:.2f}", value.as_double());
  if (value.is_bool()) return value.as_bool() ? "yes" : "no";
  return value.is_null() ? "" : notation::to_json(value);
}

std::string shown_time(const json::value& value) {
  std::string text = shown(value);
  if (const auto dot = text.find('.'); dot != std::string::npos && text.ends_with("Z")) {
    text = text.substr(0, dot) + "Z";
  }
  return text;
}

std::string shown_number(const json::value& value) {
  return value.is_number() ? fmt::format("{:+.2f}", value.to_number<double>()) : std::string{};
}

/// `topic=earnings source=wire`, or "all".
std::string shown_key(const json::value& key) {
  std::string text;
  if (key.is_object()) {
    for (const auto& [name, value] : key.as_object()) {
      text += fmt::format("{}{}={}", text.empty() ? "" : " ", std::string_view(name), shown(value));
    }
  }
  return text.empty() ? "all" : text;
}

/// `form:8-K items:4.02,9.01`.
std::string shown_metadata(const json::value& meta) {
  std::string text;
  if (!meta.is_object()) return text;
  for (const auto& [name, values] : meta.as_object()) {
    text += fmt::format("{}{}:", text.empty() ? "" : " ", std::string_view(name));
    const char* between = "";
    for (const auto& value : values.is_array() ? values.as_array() : json::array()) {
      text += std::exchange(between, ",") + shown(value);
    }
  }
  return text;
}

const json::array& items_of(const json::value& list) {
  static const json::array none;
  return list.is_array() ? list.as_array() : none;
}

/// The versions of the model from a point on, or "".
std::string shown_models(const json::value& point) {
  std::string text;
  for (const auto& model : items_of(member(point, "models"))) text += (text.empty() ? "" : ", ") + shown(model);
  return text;
}

/// Whether the points say where the version of the model changes.
bool names_models(const json::value& answer) {
  for (const auto& series : items_of(member(answer, "series"))) {
    for (const auto& point : items_of(member(series, "points"))) {
      if (!shown_models(point).empty()) return true;
    }
  }
  return false;
}

}  // namespace

std::string sentiment_table(const json::value& answer, std::size_t width) {
  std::vector<TextTable::Column> columns({{"from"},
                                          {"series"},
                                          {"documents", Align::right},
                                          {"stories", Align::right},
                                          {"positive", Align::right},
                                          {"neutral", Align::right},
                                          {"negative", Align::right},
                                          {"neg. stories", Align::right},
                                          {"mean", Align::right},
                                          {"coverage", Align::right}});
  const bool marked = names_models(answer);
  if (marked) columns.push_back({"model"});
  TextTable table(columns);
  for (const auto& series : items_of(member(answer, "series"))) {
    const std::string key = shown_key(member(series, "key"));
    for (const auto& point : items_of(member(series, "points"))) {
      std::vector<std::string> row = {shown_time(member(point, "t")),      key,
                                      shown(member(point, "documents")),   shown(member(point, "stories")),
                                      shown(member(point, "positive")),    shown(member(point, "neutral")),
                                      shown(member(point, "negative")),    shown(member(point, "negative_stories")),
                                      shown_number(member(point, "mean")), shown(member(point, "coverage"))};
      if (marked) row.push_back(shown_models(point));
      table.add(std::move(row));
    }
  }
  return table.text(width);
}

std::string sentiment_plot(const json::value& answer, std::size_t width) {
  std::vector<PlotSeries> plots;
  for (const auto& series : items_of(member(answer, "series"))) {
    PlotSeries plot;
    plot.name = notation::printable(shown_key(member(series, "key")));
    for (const auto& point : items_of(member(series, "points"))) {
      const auto& mean = member(point, "mean");
      plot.values.push_back(mean.is_number() ? std::optional(mean.to_number<double>()) : std::nullopt);
    }
    plots.push_back(std::move(plot));
  }
  PlotOptions options;
  if (width != 0) options.width = width;
  options.from = notation::printable(shown_time(member(answer, "from")));
  options.to = notation::printable(shown_time(member(answer, "to")));
  return draw_plot(plots, options);
}

std::string document_table(const json::value& items, std::size_t width) {
  std::vector<TextTable::Column> columns = {{"published"}, {"label"},  {"sentiment", Align::right},
                                            {"topic"},     {"source"}, {"title"}};
  const auto& list = items_of(items);
  const bool metadata = std::any_of(list.begin(), list.end(),
                                    [](const auto& item) { return !shown_metadata(member(item, "meta")).empty(); });
  if (metadata) columns.insert(columns.end() - 1, {"meta"});  // the title, which is cut, stays last
  TextTable table(columns);
  for (const auto& item : list) {
    std::vector<std::string> row = {shown_time(member(item, "published_at")),
                                    shown(member(item, "label")),
                                    shown_number(member(item, "sentiment")),
                                    shown(member(item, "topic")),
                                    shown(member(item, "source")),
                                    shown(member(item, "title"))};
    if (metadata) row.insert(row.end() - 1, shown_metadata(member(item, "meta")));
    table.add(std::move(row));
  }
  return table.text(width);
}

/// "Ana: useful", or who it was alone.
std::string shown_acknowledgement(const json::value& alert) {
  const auto& said = member(alert, "acknowledgement");
  const std::string by = shown(member(said, "by")), verdict = shown(member(said, "verdict"));
  return verdict.empty() ? by : by + ": " + verdict;
}

std::string alert_table(const json::value& items, std::size_t width) {
  TextTable table({{"started"}, {"state"}, {"severity"}, {"rule"}, {"series"}, {"acknowledged"}, {"summary"}});
  for (const auto& item : items_of(items)) {
    table.add({shown_time(member(item, "started_at")), shown(member(item, "state")), shown(member(item, "severity")),
               shown(member(item, "rule")), shown_key(member(item, "key")), shown_acknowledgement(item),
               shown(member(item, "summary"))});
  }
  return table.text(width);
}

std::string incident_table(const json::value& items, std::size_t width) {
  TextTable table({{"from"}, {"to"}, {"kind"}, {"source"}, {"documents", Align::right}, {"detail"}});
  for (const auto& item : items_of(items)) {
    const auto& to = member(item, "to");
    table.add({shown_time(member(item, "from")), to.is_null() ? "it lasts" : shown_time(to),
               shown(member(item, "kind")), shown(member(item, "source")), shown(member(item, "documents")),
               shown(member(item, "detail"))});
  }
  return table.text(width);
}

std::string alert_csv(const json::value& items) {
  static constexpr const char* kColumns[] = {"id",         "rule",       "severity", "state",         "measure",
                                             "started_at", "updated_at", "ended_at", "sequence",      "late",
                                             "reason",     "summary",    "model",    "config_version"};
  static constexpr const char* kAcknowledged[] = {"at", "by"};
  std::string out;
  CsvLine header;
  for (const char* column : kColumns) header.field(std::string_view(column));
  header.field(std::string_view("key"));
  for (const char* column : kAcknowledged) header.field(std::string_view("acknowledged_" + std::string(column)));
  header.field(std::string_view("verdict")).end_into(out);
  for (const auto& item : items_of(items)) {
    CsvLine line;
    for (const char* column : kColumns) {
      const auto& value = member(item, column);
      if (value.is_bool()) {
        line.field(value.as_bool());
      } else {
        line.field(std::string_view(shown(value)));
      }
    }
    line.field(std::string_view(notation::to_json(member(item, "key"))));
    const auto& said = member(item, "acknowledgement");
    for (const char* column : kAcknowledged) line.field(std::string_view(shown(member(said, column))));
    line.field(std::string_view(shown(member(said, "verdict")))).end_into(out);
  }
  return out;
}

}  // namespace tapewatch
