#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tapewatch {

using Rgb = std::array<std::uint8_t, 3>;

/// A picture of few colours, each pixel the number of one.
class Raster {
 public:
  Raster(std::size_t width, std::size_t height) : width_(width), height_(height), pixels_(width * height, 0) {}

  std::size_t width() const { return width_; }
  std::size_t height() const { return height_; }
  /// Sets [left, right) x [top, bottom), as far as it lies in the picture.
  void fill(double left, double top, double right, double bottom, std::uint8_t colour);
  std::uint8_t at(std::size_t x, std::size_t y) const { return pixels_[y * width_ + x]; }
  void set(std::size_t x, std::size_t y, std::uint8_t colour) { pixels_[y * width_ + x] = colour; }
  const std::uint8_t* row(std::size_t y) const { return pixels_.data() + y * width_; }

 private:
  std::size_t width_, height_;
  std::vector<std::uint8_t> pixels_;
};

/// As PNG (ISO/IEC 15948), with a palette of at most 256 colours. Throws std::runtime_error if zlib fails.
std::string png(const Raster& raster, std::span<const Rgb> palette);

}  // namespace tapewatch
