#pragma once
#include <chrono>
#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace tapewatch::model::train {

/// CRC-32C (Castagnoli, reflected polynomial 0x82F63B78; RFC 3720, B.4).
std::uint32_t crc32c(std::string_view bytes);

/// A record of a TFRecord file: length (8 bytes, little-endian), masked CRC of the length, data, masked CRC of the
/// data; masked: rotated right by 15 bits, plus 0xA282EAD8.
std::string tf_record(std::string_view data);

/// A TensorBoard event (event.proto): wall_time = 1 (double), step = 2 (int64), file_version = 3 (string), summary = 5
/// with value = 1 {tag = 1 (string), simple_value = 2 (float)}.
std::string scalar_event(double wall_time, std::int64_t step, std::span<const std::pair<std::string, double>> values);
std::string version_event(double wall_time);

/// Whether EventFile created a file of this name.
bool is_event_file(std::string_view name);

/// `events.out.tfevents.…` in a folder, one file per process, flushed with every event.
class EventFile {
 public:
  /// Throws std::runtime_error where the file cannot be created.
  EventFile(const std::string& folder, std::chrono::system_clock::time_point now);
  void add(std::int64_t step, std::span<const std::pair<std::string, double>> values,
           std::chrono::system_clock::time_point now);

 private:
  std::ofstream out_;
};

}  // namespace tapewatch::model::train
