#include <zlib.h>

#include <map>

#include "daemon/api/format/alert_chart.hpp"
#include "daemon/api/format/png.hpp"
#include "tests/support/catch.hpp"

using namespace tapewatch;
using namespace std::chrono_literals;

namespace {

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes.at(at + i));
  return number;
}

/// The chunks by their types, their checksums compared.
std::map<std::string, std::string> chunks_of(const std::string& png) {
  REQUIRE(png.starts_with("\x89PNG\r\n\x1a\n"));
  std::map<std::string, std::string> chunks;
  for (std::size_t at = 8; at < png.size();) {
    const std::size_t size = number_at(png, at);
    const std::string body = png.substr(at + 4, 4 + size);
    REQUIRE(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())) ==
            number_at(png, at + 8 + size));
    chunks[body.substr(0, 4)] = body.substr(4);
    at += 12 + size;
  }
  return chunks;
}

/// The palette's number of each pixel.
std::vector<std::string> rows_of(const std::string& png) {
  const auto chunks = chunks_of(png);
  const std::size_t width = number_at(chunks.at("IHDR"), 0), height = number_at(chunks.at("IHDR"), 4);
  std::string raw((width + 1) * height, 'x');
  uLongf size = static_cast<uLongf>(raw.size());
  const std::string& data = chunks.at("IDAT");
  REQUIRE(uncompress(reinterpret_cast<Bytef*>(raw.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
                     static_cast<uLong>(data.size())) == Z_OK);
  REQUIRE(size == raw.size());
  std::vector<std::string> rows;
  for (std::size_t y = 0; y < height; ++y) {
    CHECK(raw[y * (width + 1)] == 0);
    rows.push_back(raw.substr(y * (width + 1) + 1, width));
  }
  return rows;
}

AlertChart a_surge() {
  AlertChart chart;
  chart.from = std::chrono::sys_days{std::chrono::year{2026} / 1 / 5} + std::chrono::hours{8};
  for (int i = 0; i < 48; ++i) chart.buckets.push_back({i < 44 ? 2.0 : 9.0, 2.0, 0.0, 5.0});
  chart.alert_from = chart.from + 220min;
  chart.alert_to = chart.from + 240min;
  return chart;
}

}  // namespace

TEST_CASE("a raster is a PNG that keeps each pixel") {
  Raster raster(3, 2);
  raster.fill(1, 0, 9, 1, 2);
  raster.fill(-5, 1, 1, 5, 1);
  const std::array<Rgb, 3> colours = {{{255, 255, 255}, {1, 2, 3}, {4, 5, 6}}};
  const std::string bytes = png(raster, colours);
  CHECK(rows_of(bytes) == std::vector<std::string>{std::string("\0\2\2", 3), std::string("\1\0\0", 3)});
  CHECK(chunks_of(bytes).at("PLTE") == std::string("\xFF\xFF\xFF\1\2\3\4\5\6"));
}

TEST_CASE("the picture for chats has the bars, four of them above the band, and is small") {
  const std::string bytes = alert_chart_png(a_surge());
  CHECK(bytes.size() < 20'000);
  CHECK(bytes == alert_chart_png(a_surge()));
  const auto rows = rows_of(bytes);
  REQUIRE(rows.size() > 360);
  REQUIRE(rows[0].size() == 1280);
  const auto runs = [&](std::size_t y, char colour) {
    int found = 0;
    for (std::size_t x = 1; x < rows[y].size(); ++x) found += rows[y][x] == colour && rows[y][x - 1] != colour;
    return found;
  };
  const std::size_t low = (206 - 24) * 2 - 10;  // just above the axis
  CHECK(runs(low, 7) == 44);
  CHECK(runs(low, 8) == 4);
  CHECK(runs(30, 8) == 0);
  CHECK(runs(60, 8) == 4);  // nine of ten
}

TEST_CASE("a picture of means, of nothing, and of a series without a band") {
  AlertChart chart = a_surge();
  chart.mean = true;
  for (auto& bucket : chart.buckets) bucket = {-0.5, std::nullopt, std::nullopt, std::nullopt};
  chart.buckets[7].value.reset();
  CHECK(rows_of(alert_chart_png(chart)).size() > 360);
  chart.buckets.clear();
  CHECK(rows_of(alert_chart_png(chart)).size() > 360);
}
