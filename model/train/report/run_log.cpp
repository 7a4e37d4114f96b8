// Tested by tests/train/report/report_test.cpp
#include "model/train/report/run_log.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

#include "model/train/report/tensorboard.hpp"

namespace tapewatch::model::train {
namespace {

constexpr const char* kTable = "curves.tsv";

void remove_events(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> old;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (is_event_file(entry.path().filename().string())) old.push_back(entry.path());
  }
  for (const auto& path : old) std::filesystem::remove(path);
}

}  // namespace

struct RunLog::Files {
  std::ofstream table;
  EventFile events;
};

RunLog::RunLog(std::string folder, bool goes_on) : folder_(std::move(folder)) {
  if (folder_.empty()) return;
  std::filesystem::create_directories(folder_);
  if (!goes_on) remove_events(folder_);
  const auto path = std::filesystem::path(folder_) / kTable;
  files_ = std::make_unique<Files>(Files{std::ofstream(path, goes_on ? std::ios::app : std::ios::trunc),
                                         EventFile(folder_, std::chrono::system_clock::now())});
  if (!files_->table) throw std::runtime_error(path.string() + ": cannot be written");
}

RunLog::~RunLog() = default;

void RunLog::add(std::int64_t step, const std::vector<std::pair<std::string, double>>& values) {
  if (!files_) return;
  for (const auto& [name, value] : values) files_->table << fmt::format("{}\t{}\t{:.6g}\n", step, name, value);
  files_->table.flush();
  files_->events.add(step, values, std::chrono::system_clock::now());
}

std::vector<CurvePoint> RunLog::points() const {
  std::map<std::pair<std::string, std::int64_t>, double> last;
  std::ifstream in(std::filesystem::path(folder_) / kTable);
  for (std::string step, name, value;
       std::getline(in, step, '\t') && std::getline(in, name, '\t') && std::getline(in, value);) {
    last[{name, std::atoll(step.c_str())}] = std::atof(value.c_str());
  }
  std::vector<CurvePoint> points;
  for (const auto& [place, value] : last) points.push_back({place.second, place.first, value});
  return points;
}

}  // namespace tapewatch::model::train
