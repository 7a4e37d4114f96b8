// The cost of the detector on one core of this machine: bench_alerts. A row is what the writer passes on for a
// document.
#include <fmt/format.h>

#include "alerts/formats/webhook_message.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/bench/measure.hpp"

namespace {

using namespace tapewatch::alerts;
using tapewatch::bench::seconds_per_call;

/// Four weeks of quiet news of `companies` companies, one rule by entity: rows and ticks per second, and the size of
/// the saved state in bytes.
void bench_stream(std::size_t companies) {
  test::StreamOptions stream;
  stream.series = companies;
  stream.other_share = 1.0;
  const auto rows = test::quiet_stream(stream, 7);
  const double seconds = seconds_per_call(
      [&] {
        TrendDetector detector({test::entity_rule()});
        for (const Observation& row : rows) detector.observe(row);
      },
      2);
  TrendDetector detector({test::entity_rule()});
  for (const Observation& row : rows) detector.observe(row);
  std::size_t bytes = 0, parts = 0;
  for (const SeriesState& state : detector.take_dirty()) bytes += state.blob.size(), ++parts;
  auto at = detector.event_time();
  const double tick = seconds_per_call([&] { detector.tick(0, at += std::chrono::minutes{1}); }, 2);
  fmt::print("{:>5} companies  {:>9.0f} rows/s  {:>8.2f} us a tick  state {:.1f} kB in {} parts\n", companies,
             static_cast<double>(rows.size()) / seconds, tick * 1e6, static_cast<double>(bytes) / 1e3, parts);
}

}  // namespace

int main() {
  for (const std::size_t companies : {20, 200, 2000}) bench_stream(companies);
}
