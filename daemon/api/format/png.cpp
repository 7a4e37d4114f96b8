// Tested by tests/daemon/api/format/alert_chart_png_test.cpp
#include "daemon/api/format/png.hpp"

#define ZLIB_CONST  // next_in points to const
#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>

namespace tapewatch {
namespace {

void append_number(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((number >> shift) & 0xff);
}

void append_chunk(std::string& out, std::string_view type, std::string_view content) {
  append_number(out, static_cast<std::uint32_t>(content.size()));
  const std::string whole = std::string(type) + std::string(content);
  out += whole;
  append_number(out, static_cast<std::uint32_t>(
                         crc32(0, reinterpret_cast<const Bytef*>(whole.data()), static_cast<uInt>(whole.size()))));
}

std::string deflated(std::string_view bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::string out(size, '\0');
  if (compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()),
                static_cast<uLong>(bytes.size()), Z_BEST_COMPRESSION) != Z_OK) {
    throw std::runtime_error("zlib cannot compress a picture");
  }
  out.resize(size);
  return out;
}

std::size_t pixel_of(double value, std::size_t most) {
  return static_cast<std::size_t>(std::clamp(std::round(value), 0.0, static_cast<double>(most)));
}

}  // namespace

void Raster::fill(double left, double top, double right, double bottom, std::uint8_t colour) {
  const std::size_t from = pixel_of(left, width_), to = pixel_of(right, width_), last = pixel_of(bottom, height_);
  for (std::size_t y = pixel_of(top, height_); y < last; ++y) {
    for (std::size_t x = from; x < to; ++x) set(x, y, colour);
  }
}

std::string png(const Raster& raster, std::span<const Rgb> palette) {
  constexpr std::string_view kSignature = "\x89PNG\r\n\x1a\n";
  constexpr std::string_view kKind("\x08\x03\0\0\0", 5);  // 8 bits, palette, deflate, filters by row, not interlaced
  std::string header, colours, rows;
  append_number(header, static_cast<std::uint32_t>(raster.width()));
  append_number(header, static_cast<std::uint32_t>(raster.height()));
  for (const Rgb& colour : palette) colours.append(colour.begin(), colour.end());
  rows.reserve((raster.width() + 1) * raster.height());
  for (std::size_t y = 0; y < raster.height(); ++y) {
    rows += '\0';  // no filter
    rows.append(reinterpret_cast<const char*>(raster.row(y)), raster.width());
  }
  std::string out(kSignature);
  append_chunk(out, "IHDR", header.append(kKind));
  append_chunk(out, "PLTE", colours);
  append_chunk(out, "IDAT", deflated(rows));
  append_chunk(out, "IEND", {});
  return out;
}

}  // namespace tapewatch
