#include "storage/alert/detector_state.hpp"

namespace tapewatch::storage {

std::vector<DetectorState> DetectorStateStore::load_all() const {
  auto read = connection_.prepare("SELECT rule, key, blob FROM detector_state ORDER BY rule, key");
  std::vector<DetectorState> states;
  while (read.step()) {
    const auto bytes = read.blob(2);
    states.push_back(
        {read.text(0), read.text(1), std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size())});
  }
  return states;
}

void DetectorStateStore::save(std::string_view rule, std::string_view key, std::string_view blob) {
  if (blob.empty()) {
    connection_.prepare("DELETE FROM detector_state WHERE rule = ? AND key = ?").bind_all(rule, key).run();
    return;
  }
  connection_
      .prepare(
          "INSERT INTO detector_state (rule, key, blob) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET blob = "
          "excluded.blob")
      .bind_all(rule, key)
      .bind_blob(3, std::as_bytes(std::span(blob.data(), blob.size())))
      .run();
}

}  // namespace tapewatch::storage
