// Tested by tests/train/learn/distillation_test.cpp
#include "model/train/predict.hpp"

#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <stdexcept>

#include "config/notation/json_writer.hpp"
#include "model/text/tokenizer.hpp"
#include "model/train/data/run_data.hpp"
#include "model/train/data/soft_labels.hpp"
#include "model/train/learn/validation.hpp"
#include "model/train/model_directory.hpp"

namespace tapewatch::model::train {
namespace {

namespace json = boost::json;

std::string header(const PublishedEncoder& teacher) {
  json::array topics, tasks;
  for (const auto& topic : teacher.trained->topics) topics.push_back(json::value(topic.id));
  for (const auto task : teacher.trained->tasks) tasks.push_back(json::value(to_string(task)));
  json::object line{{"format", kSoftLabelFormat}, {"teacher", teacher.name + " " + teacher.sha256}, {"tasks", tasks}};
  if (std::ranges::count(teacher.trained->tasks, Task::topic) > 0) line["topics"] = topics;
  return notation::to_json(json::value(std::move(line)));
}

/// Logits to five digits: finer than a teacher's precision.
void append_logits(notation::JsonWriter& line, std::string_view name, const torch::Tensor& logits) {
  constexpr int kDigits = 5;
  line.key(name).begin_array();
  for (std::int64_t i = 0; i < logits.numel(); ++i) line.rounded(logits.data_ptr<float>()[i], kDigits);
  line.end_array();
}

/// The texts with complete lines in the file; a line cut off by an interruption is removed. A new file gets its
/// header.
std::set<std::string> prepare(const std::string& path, const std::string& first_line) {
  std::set<std::string> done;
  std::uintmax_t whole = 0;
  if (std::ifstream in(path, std::ios::binary); in) {
    std::string line;
    while (std::getline(in, line) && !in.eof()) {
      if (whole == 0 && line != first_line) throw std::runtime_error(path + ": holds another teacher's soft labels");
      whole += line.size() + 1;
      if (line != first_line) done.insert(std::string(json::parse(line).at("text").as_string()));
    }
  }
  if (whole > 0) {
    std::filesystem::resize_file(path, whole);
  } else {
    std::ofstream(path, std::ios::binary) << first_line << '\n';
  }
  return done;
}

class Predictor {
 public:
  Predictor(const PublishedEncoder& teacher, Network network) : teacher_(teacher), network_(std::move(network)) {}

  /// One line for each of the chosen texts.
  std::string lines(const std::vector<TrainingText>& texts, const std::vector<EncodedRow>& rows,
                    std::span<const std::size_t> chosen) const {
    torch::NoGradGuard no_grad;
    const auto logits = network_.forward(make_batch(rows, chosen).input, false);
    std::string out;
    std::int64_t entity = 0;
    for (std::size_t row = 0; row < chosen.size(); ++row) {
      const auto& text = texts[chosen[row]];
      const auto place = static_cast<std::int64_t>(row);
      notation::JsonWriter line;
      line.begin_object().field("text", text_key(text.text));
      if (has(Task::sentiment)) append_logits(line, "sentiment", logits.sentiment[place]);
      if (has(Task::topic)) append_logits(line, "topic", logits.topic[place]);
      if (logits.entity.defined() && !text.entities.empty()) {
        line.key("entities").begin_object();
        for (const auto& one : text.entities) append_logits(line, one.name, logits.entity[entity++]);
        line.end_object();
      }
      out += line.end_object().take() + "\n";
    }
    return out;
  }

 private:
  bool has(Task task) const { return std::ranges::count(teacher_.trained->tasks, task) > 0; }

  const PublishedEncoder& teacher_;
  Network network_;
};

}  // namespace

void predict_soft_labels(const TrainOptions& options, const std::string& path,
                         const std::function<void(const std::string&)>& log) {
  at::set_num_threads(options.threads);
  const auto teacher = read_encoder(options.encoder);
  if (!teacher.trained) {
    throw std::runtime_error(options.encoder + ": not a model directory that tapewatch-train wrote");
  }
  auto network = network_of(teacher);

  BadRows bad;
  const auto raw = read_files(options.train, options.sources, bad);
  const auto corpus = join_texts(raw, {.topics = topics_in(raw)}, bad);
  report_rows(raw, bad, corpus, options.max_bad_rows, "predicted", log);
  const auto& texts = corpus.texts;
  const auto vocabulary = Vocabulary::parse(teacher.vocabulary);
  const Tokenizer tokenizer(vocabulary);
  const auto rows = encode_texts(texts, tokenizer, options.run_max_tokens, false);

  const auto done = prepare(path, header(teacher));
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (!done.contains(text_key(texts[i].text))) missing.push_back(i);
  }
  log(fmt::format("{} texts, {} of them still to be predicted", texts.size(), missing.size()));
  const Predictor predictor(teacher, std::move(network));
  std::ofstream out(path, std::ios::binary | std::ios::app);
  std::int64_t batches = 0;
  std::size_t written = 0;
  for (const auto& chosen : plan_by_length(rows, std::move(missing), options.batch)) {
    if (options.stop_after > 0 && batches == options.stop_after) return;
    out << predictor.lines(texts, rows, chosen) << std::flush;
    if (!out) throw std::runtime_error(path + ": cannot be written");
    written += chosen.size();
    if (++batches % options.log_every == 0) log(fmt::format("{} texts predicted", written));
  }
  log(fmt::format("{} texts predicted: all are in {}", written, std::filesystem::path(path).filename().string()));
}

}  // namespace tapewatch::model::train
