#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <map>

#include "model/train/learn/trainer.hpp"
#include "model/train/report/html_report.hpp"
#include "model/train/report/progress_bar.hpp"
#include "model/train/report/tensorboard.hpp"
#include "tests/support/catch.hpp"
#include "tests/train/workshop.hpp"

using namespace tapewatch::model::train;

TEST_CASE("CRC-32C has the values of RFC 3720, B.4", "[train][report]") {
  CHECK(crc32c("123456789") == 0xE3069283U);
  CHECK(crc32c(std::string(32, '\0')) == 0x8A9136AAU);
  CHECK(crc32c(std::string(32, '\xFF')) == 0x62A8AB43U);
}

namespace {

/// Reads protocol-buffer fields: (number, wire type, payload), numbers as their bytes.
struct Message {
  std::string_view bytes;

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0;; shift += 7) {
      REQUIRE(!bytes.empty());
      const auto byte = static_cast<unsigned char>(bytes.front());
      bytes.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80U) return value;
    }
  }
  std::string_view take(std::size_t size) {
    REQUIRE(bytes.size() >= size);
    const auto part = bytes.substr(0, size);
    bytes.remove_prefix(size);
    return part;
  }
};

template <class Number>
Number number(std::string_view bytes) {
  REQUIRE(bytes.size() == sizeof(Number));
  Number value;
  std::memcpy(&value, bytes.data(), sizeof value);  // both are little-endian here
  return value;
}

/// The data of every record of a TFRecord file, sums verified.
std::vector<std::string> records(const std::string& file) {
  const auto sum = [](std::string_view data) {
    const auto crc = crc32c(data);
    return static_cast<std::uint32_t>(((crc >> 15) | (crc << 17)) + 0xA282EAD8U);
  };
  std::vector<std::string> all;
  for (Message rest{file}; !rest.bytes.empty();) {
    const auto length = rest.take(8);
    REQUIRE(number<std::uint32_t>(rest.take(4)) == sum(length));
    const auto data = rest.take(number<std::uint64_t>(length));
    REQUIRE(number<std::uint32_t>(rest.take(4)) == sum(data));
    all.emplace_back(data);
  }
  return all;
}

struct Scalar {
  std::uint64_t step = 0;
  std::string tag;
  float value = 0.0F;
};

/// The scalars of one event.
std::vector<Scalar> scalars(const std::string& event) {
  std::vector<Scalar> all;
  std::uint64_t step = 0;
  for (Message fields{event}; !fields.bytes.empty();) {
    const auto key = fields.varint();
    if (key == (1U << 3 | 1U)) {
      CHECK(number<double>(fields.take(8)) > 1.6e9);  // seconds since 1970
    } else if (key == (2U << 3)) {
      step = fields.varint();
    } else {
      const auto content = fields.take(fields.varint());
      if (key == (3U << 3 | 2U)) CHECK(content == "brain.Event:2");
      if (key != (5U << 3 | 2U)) continue;
      for (Message summary{content}; !summary.bytes.empty();) {
        REQUIRE(summary.varint() == (1U << 3 | 2U));
        Message value{summary.take(summary.varint())};
        REQUIRE(value.varint() == (1U << 3 | 2U));
        Scalar one{.step = step, .tag = std::string(value.take(value.varint()))};
        REQUIRE(value.varint() == (2U << 3 | 5U));
        one.value = number<float>(value.take(4));
        CHECK(value.bytes.empty());
        all.push_back(std::move(one));
      }
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a run's event file holds its curves, every record with its sums", "[train][report]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  train(options, ignore);
  train(options, ignore);  // a new run in the same directory leaves one file, not two
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(options.out)) {
    if (is_event_file(entry.path().filename().string())) files.push_back(entry.path().string());
  }
  REQUIRE(files.size() == 1);
  const auto events = records(contents(files.front()));
  REQUIRE(events.size() > 3);
  CHECK(scalars(events.front()).empty());  // the version
  std::map<std::pair<std::string, std::uint64_t>, double> found;
  for (const auto& event : events) {
    for (const auto& one : scalars(event)) found[{one.tag, one.step}] = one.value;
  }
  const auto points = RunLog(options.out, true).points();
  REQUIRE(points.size() == found.size());
  for (const auto& point : points) {
    INFO(point.name << " " << point.step);
    const auto event = found.find({point.name, static_cast<std::uint64_t>(point.step)});
    REQUIRE(event != found.end());
    CHECK(event->second == Approx(point.value).epsilon(1e-4));
  }
  CHECK(found.contains({"valid/sentiment sentfin/accuracy", 12}));
}

TEST_CASE("a varint of more than one byte survives", "[train][report]") {
  const std::vector<std::pair<std::string, double>> values{{"a", -2.5}};
  const auto found = scalars(scalar_event(1.7e9, 1LL << 40, values));
  REQUIRE(found.size() == 1);
  CHECK((found[0].step == 1ULL << 40 && found[0].tag == "a" && found[0].value == -2.5F));
}

TEST_CASE("TensorBoard's own reader reads the event files", "[train][report]") {
  const char* python = std::getenv("TAPEWATCH_TENSORBOARD_PYTHON");
  if (python == nullptr || *python == '\0') {
    std::cout
        << "SKIP: event files beside TensorBoard's own reader: TAPEWATCH_TENSORBOARD_PYTHON is not set (a Python with "
           "`pip install tensorboard`)\n";
    return;
  }
  const TemporaryFolder folder;
  {
    EventFile file(folder.path().string(), std::chrono::system_clock::now());
    const std::vector<std::pair<std::string, double>> one{{"train/loss", 0.5}, {"train/topic/accuracy", 0.25}},
        two{{"train/loss", -3.0}};
    file.add(20, one, std::chrono::system_clock::now());
    file.add(1LL << 40, two, std::chrono::system_clock::now());
  }
  write_text(folder / "read.py",
             "import sys\nfrom tensorboard.backend.event_processing.event_accumulator import EventAccumulator\n"
             "e = EventAccumulator(sys.argv[1]); e.Reload()\n"
             "got = {t: [(s.step, s.value) for s in e.Scalars(t)] for t in e.Tags()['scalars']}\n"
             "assert got == {'train/loss': [(20, 0.5), (2**40, -3.0)], 'train/topic/accuracy': [(20, 0.25)]}, got\n");
  const auto command = std::string(python) + " " + (folder / "read.py") + " " + folder.path().string();
  CHECK(std::system(command.c_str()) == 0);
}

TEST_CASE("the report shows curves, confusion, reliability and mistakes, and needs nothing else", "[train][report]") {
  const Workshop workshop;
  std::string rows = "label\tsource\ttext\n";  // one text with nearly every label: at least two are mistakes
  for (const char* const label : {"positive", "neutral", "negative"}) {
    rows += fmt::format("{0}\tsentfin\tbank <script>alert(1)</script> & falls {0}\n", label);
  }
  write_text(workshop.folder / "valid.tsv", rows);
  auto options = workshop.all_tasks("out");
  options.valid.sentiment = {workshop.folder / "valid.tsv"};
  options.epochs = 12;
  options.name = "a \"small\" model";
  train(options, ignore);
  const auto page = contents(options.out + "/report.html");
  CHECK(page.find("Learning curves") != std::string::npos);
  CHECK(page.find("<polyline") != std::string::npos);
  CHECK(page.find("Reliability") != std::string::npos);
  CHECK(page.find("<th>calibration error</th>") != std::string::npos);
  CHECK(contents(options.out + "/config.json").find("\"calibration_error\":") != std::string::npos);
  CHECK(page.find("rows are true") != std::string::npos);
  CHECK(page.find("bank &lt;script&gt;alert(1)&lt;/script&gt; &amp; falls n") != std::string::npos);
  CHECK(page.find("a &quot;small&quot; model") != std::string::npos);
  for (const char* foreign : {"<script", "http://", "https://", "src=", "@import", "url("}) {
    INFO(foreign);
    CHECK(page.find(foreign) == std::string::npos);
  }
}

TEST_CASE("curves continue where an earlier process stopped", "[train][report]") {
  const TemporaryFolder folder;
  { RunLog(folder.path().string(), false).add(1, {{"train/loss", 2.0}}); }
  RunLog log(folder.path().string(), true);
  log.add(1, {{"train/loss", 1.5}});
  log.add(2, {{"train/loss", 1.0}});
  const auto points = log.points();
  REQUIRE(points.size() == 2);
  CHECK((points[0].step == 1 && points[0].value == 1.5 && points[1].value == 1.0));
  CHECK(RunLog(folder.path().string(), false).points().empty());  // another run
}

TEST_CASE("the report is of the exported epoch, also if an earlier process found it", "[train][report]") {
  const Workshop workshop;
  auto options = workshop.options("out");
  options.checkpoint = workshop.folder / "state";
  options.lr_encoder = options.lr_heads = 0.0;  // nothing improves after the first epoch
  options.stop_after = 4;                       // an epoch
  train(options, ignore);
  const auto first = contents(options.out + "/report.html");
  CHECK(first.find("Validation after epoch 1") != std::string::npos);
  options.resume = true;
  train(options, ignore);
  const auto second = contents(options.out + "/report.html");
  CHECK(second.find("Validation after epoch 1") != std::string::npos);
  CHECK(second != first);  // the curves continue
  const auto figures = [](const std::string& page) { return page.substr(0, page.find("<h2>Learning curves")); };
  CHECK(figures(first) == figures(second));
  std::filesystem::remove(options.out + "/model.safetensors");
  CHECK_THROWS_WITH(train(options, ignore), Catch::Matchers::Contains("--out must be that of the run resumed"));
}

TEST_CASE("the progress bar fits its line", "[train][report]") {
  const RunState state{.epoch = 2,
                       .epochs = 3,
                       .step = 500,
                       .steps = 1000,
                       .loss = 0.4517,
                       .accuracy = " topic 0.9000",
                       .seconds_a_step = 1.09,
                       .seconds_left = 5400};
  CHECK(state_line(state) == "epoch 2 step 500/1000 loss 0.4517 topic 0.9000 1.09 s/step, 90 minutes left");
  CHECK(state_bar(state, 200) == "[############------------] " + state_line(state));
  CHECK(state_bar(state, 40).size() == 40);
}
