// Tested by tests/daemon/commands/score_command_test.cpp
#include "daemon/commands/score.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <future>
#include <iostream>
#include <optional>
#include <system_error>
#include <utility>

#include "config/notation/printable.hpp"
#include "daemon/api/format/document_json.hpp"
#include "daemon/api/format/explanation_json.hpp"
#include "daemon/commands/line_reader.hpp"
#include "daemon/commands/query/text_table.hpp"
#include "daemon/load_parts.hpp"
#include "daemon/pipeline/scoring/scorer.hpp"
#include "daemon/pipeline/writing/mapping.hpp"
#include "ingest/document/canonical_document.hpp"
#include "ingest/document/json_text.hpp"
#include "ingest/text/normalise.hpp"
#include "model/engine.hpp"
#include "model/package/model_error.hpp"

namespace tapewatch {
namespace {

namespace json = boost::json;

constexpr std::string_view kSource = "score";

/// A line in progress: its id and either a document or the reason for its rejection.
struct Line {
  std::string id, text;
  ingest::Result<ingest::Document> document;
};

ingest::TimePoint now() {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

ingest::Result<ingest::Document> from_text(const std::string& text, const ingest::DocumentLimits& limits) {
  ingest::Document document;
  document.source = kSource;
  document.title = text;
  document.published_at = document.received_at = now();
  return ingest::normalise(std::move(document), limits);
}

std::string id_of(const json::value& value) {
  const auto* id = value.is_object() ? value.get_object().if_contains("id") : nullptr;
  if (!id || id->is_null()) return "";
  return id->is_string() ? std::string(id->get_string()) : notation::to_json(*id);
}

Line read_document(const std::string& text, const ingest::DocumentLimits& limits) {
  std::vector<ingest::FieldWarning> warnings;
  const auto value = ingest::parse_json_text(text, limits.max_json_depth, warnings);
  if (!value) return {"", "", value.error()};
  Line line{id_of(*value), "", ingest::decode_document(*value, kSource, now(), limits)};
  if (line.document) line.document = ingest::normalise(std::move(*line.document), limits);
  return line;
}

Line read_line(const LineReader& reader, const std::string& text, const ScoreOptions& options) {
  const ingest::DocumentLimits limits;
  Line line{"", "", ingest::Rejection{}};
  if (reader.too_long()) {
    line.document = ingest::Rejection{"", fmt::format("the line is longer than {} bytes", options.max_line_bytes)};
  } else if (text.starts_with('{')) {
    line = read_document(text, limits);
  } else {
    line.document = from_text(text, limits);
  }
  if (line.id.empty()) line.id = fmt::to_string(reader.number());
  if (line.document) line.text = line.document->title;
  return line;
}

std::string why(const ingest::Rejection& rejection) {
  return rejection.pointer.empty() ? rejection.reason : rejection.pointer + ": " + rejection.reason;
}

/// An explanation and its subject.
struct Why {
  std::string text;
  model::Explanation explanation;
  const model::Prior& prior;
};

/// The format of a result line.
class Writer {
 public:
  Writer(std::ostream& out, const ModelNames& names, bool table) : out_(out), names_(names), table_(table) {}

  /// `why`: null where nothing is explained.
  void write(const Line& line, const storage::DocumentRow* row, const Why* why_so = nullptr) {
    if (table_) {
      write_table(line, row);
      if (why_so) {
        out_ << fmt::format("{:>11}{}\n", "",
                            notation::printable(telling_words(why_so->text, why_so->explanation, kTellingWords)));
      }
      return;
    }
    notation::JsonWriter json;
    json.begin_object().field("id", line.id);
    if (row) {
      json.field("model", names_.version);
      append_score(json, *row, names_, true);
      if (why_so) append_explanation(json, why_so->text, why_so->explanation, names_, why_so->prior);
    } else {
      json.field("error", why(line.document.error()));
    }
    out_ << json.end_object().text() << '\n';
  }

 private:
  // Fixed columns, so that lines can be printed before later ones are read.
  void write_table(const Line& line, const storage::DocumentRow* row) {
    if (!row) {
      out_ << fmt::format("{:>9}  {:<9}  {:<24}  {}\n", "", "error", "",
                          notation::printable(line.id + ": " + why(line.document.error())));
      return;
    }
    const auto score = row->probabilities ? fmt::format("{:+.3f}", *row->sentiment()) : "";
    const std::string whole = notation::printable(line.text);
    const auto text = width_ > kTextColumn ? cut_to_width(whole, width_ - kTextColumn) : whole;
    out_ << fmt::format("{:>9}  {:<9}  {:<24}  {}\n", score, storage::to_string(row->label), row->topic, text);
  }

  static constexpr std::size_t kTellingWords = 5;
  static constexpr std::size_t kTextColumn = 9 + 2 + 9 + 2 + 24 + 2;

  std::ostream& out_;
  const ModelNames& names_;
  bool table_;
  std::size_t width_ = terminal_width();
};

/// Lines whose documents are being scored: the next ones are read meanwhile.
class Batch {
 public:
  Batch(const std::function<Scorer()>& make_scorer, std::vector<Line> lines, std::launch when)
      : lines_(std::move(lines)) {
    std::vector<Incoming> documents;
    for (auto& line : lines_) {
      if (line.document) documents.emplace_back().content = std::move(*line.document);
    }
    scored_ = std::async(when, [scorer = make_scorer(), documents = std::move(documents)]() mutable {
      return scorer.score(std::move(documents), EventClock());
    });
  }

  /// Waits for the scores and writes all lines in order; with `explainer` also why each text has its label.
  void write(Writer& writer, Scorer* explainer) {
    const auto scored = scored_.get();
    std::size_t next = 0;
    for (const auto& line : lines_) {
      if (!line.document) {
        writer.write(line, nullptr);
        continue;
      }
      const auto& record = scored[next++];
      const auto row = to_document_row(record);
      if (explainer == nullptr || !record.prediction) {
        writer.write(line, &row);
        continue;
      }
      const auto& document = std::get<ingest::Document>(record.incoming.content);
      const auto text = ingest::scoring_text(document);
      const Why why_so{text, explainer->explain(text, document.source), explainer->prior()};
      writer.write(line, &row, &why_so);
    }
  }

 private:
  std::vector<Line> lines_;
  std::future<std::vector<Scored>> scored_;
};

/// The requested names as a watch list.
std::shared_ptr<const ingest::EntityFinder> finder_for(const std::vector<std::string>& names) {
  std::vector<ingest::WatchedEntity> entities;
  entities.reserve(names.size());
  for (const auto& name : names) entities.push_back({.id = name, .name = name});
  return std::make_shared<const ingest::EntityFinder>(std::move(entities));
}

int score_stream(const ScoreOptions& options, std::istream& in, std::ostream& out) {
  const auto package = model::load_model(options.model, model::engine_named(options.precision, options.kernels));
  auto prior = rules_prior(options.rules, *package);
  prior.neutral_bias = static_cast<float>(options.neutral_bias);
  const auto names = model_names(*package, prior);
  const auto finder = finder_for(options.entities);
  model::ClassifierOptions reading;
  reading.languages = options.languages;
  if (std::ranges::find(options.languages, "any") != options.languages.end()) reading.languages.clear();
  Scheduler scheduler(package, {.max_windows = reading.max_windows, .prior = prior},
                      {.threads = static_cast<unsigned>(options.threads)});
  const auto make_scorer = [&] { return Scorer(scheduler, Lane::news, finder, reading); };
  Scorer explainer = make_scorer();
  Writer writer(out, names, options.format == "table");
  const auto write = [&](std::optional<Batch>& batch) {
    if (batch) batch->write(writer, options.explain ? &explainer : nullptr);
    batch.reset();
  };
  LineReader reader(in, options.max_line_bytes);
  std::vector<Line> lines;
  std::optional<Batch> before;
  std::string text;
  bool more = true;
  while (more && out) {
    more = reader.next(text);
    if (more) lines.push_back(read_line(reader, text, options));
    const bool wait = !more || !reader.more_at_hand();
    if (!lines.empty() && (wait || lines.size() >= options.batch * scheduler.threads())) {
      // Nothing to read or to write meanwhile: another thread would only have to wake.
      const auto when = wait && !before ? std::launch::deferred : std::launch::async;
      std::optional<Batch> batch(std::in_place, make_scorer, std::exchange(lines, {}), when);
      write(before);
      before = std::move(batch);
    }
    if (wait) {
      write(before);
      out.flush();
    }
  }
  return out ? 0 : 1;
}

}  // namespace

int run_score(const ScoreOptions& options, std::istream& in, std::ostream& out, std::ostream& err) {
  if (options.format != "ndjson" && options.format != "table") {
    err << fmt::format("score: --format: expected ndjson or table, found \"{}\"\n", options.format);
    return 2;
  }
  std::ifstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary);
    const int error = !file ? errno : std::filesystem::is_directory(options.file) ? EISDIR : 0;
    if (error != 0) {  // the most likely mistake is a text instead of a file
      err << fmt::format("score: {}: cannot be read: {} (FILE contains texts; send a text itself to standard input)\n",
                         notation::printable(options.file), std::generic_category().message(error));
      return 1;
    }
  }
  try {
    return score_stream(options, file.is_open() ? file : in, out);
  } catch (const model::ModelError& error) {
    err << "score: " << notation::printable(error.what()) << '\n';
  } catch (const model::RulesError& error) {
    err << "score: " << notation::printable(error.what()) << '\n';
  }
  return 1;
}

int run_score(const ScoreOptions& options) { return run_score(options, std::cin, std::cout, std::cerr); }

}  // namespace tapewatch
