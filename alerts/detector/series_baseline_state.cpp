// Tested by tests/alerts/detector/detector_state_test.cpp
#include <algorithm>

#include "alerts/detector/blob.hpp"
#include "alerts/detector/series_baseline.hpp"

namespace tapewatch::alerts {
namespace {

constexpr std::uint32_t kLongCount = 255;  // from here on a minute's count takes four bytes more

void save_cell(BlobWriter& out, const HourCell& cell) {
  out.u32(cell.count | (cell.bunched ? 1u << 29 : 0u) | (cell.excluded ? 1u << 30 : 0u) |
          (cell.unwatched ? 1u << 31 : 0u));
  for (const float v : {cell.taught, cell.factor, cell.level}) out.f32(v);
  for (const ShortFloat v : {cell.factor_variance, cell.level_variance}) {
    const auto bits = std::bit_cast<std::uint16_t>(v);
    out.u8(static_cast<std::uint8_t>(bits & 0xff));
    out.u8(static_cast<std::uint8_t>(bits >> 8));
  }
}

void load_cell(BlobReader& in, HourCell& cell) {
  const std::uint32_t packed = in.u32();
  cell.count = packed & ((1u << 29) - 1);
  cell.bunched = (packed >> 29 & 1) != 0;
  cell.excluded = (packed >> 30 & 1) != 0;
  cell.unwatched = packed >> 31 != 0;
  for (float* v : {&cell.taught, &cell.factor, &cell.level}) *v = in.f32();
  for (ShortFloat* v : {&cell.factor_variance, &cell.level_variance}) {
    const unsigned low = in.u8();
    *v = std::bit_cast<ShortFloat>(static_cast<std::uint16_t>(low | static_cast<unsigned>(in.u8()) << 8));
  }
}

}  // namespace

void SeriesBaseline::save_hot(BlobWriter& out) const {
  for (const std::int64_t v : {first_, hour_, minute_}) out.i64(v);
  out.u8(closed_ ? 1 : 0);
  save_cell(out, cell(hour_));
  for (const double v : {count_, exposure_, age_, rough_}) out.f64(v);
  std::uint32_t heard = 0;
  for (const std::uint32_t count : minutes_) heard += count != 0;
  out.u32(heard);
  for (std::size_t m = 0; m < minutes_.size(); ++m) {
    const std::uint32_t count = minutes_[m];
    if (count == 0) continue;
    out.u8(static_cast<std::uint8_t>(m));
    out.u8(static_cast<std::uint8_t>(std::min(count, kLongCount)));
    if (count >= kLongCount) out.u32(count);
  }
}

void SeriesBaseline::load_hot(BlobReader& in) {
  for (std::int64_t* v : {&first_, &hour_, &minute_}) *v = in.i64();
  closed_ = in.u8() != 0;
  cells_.resize(static_cast<std::size_t>(kHours));
  load_cell(in, cells_[place(hour_)]);
  for (double* v : {&count_, &exposure_, &age_, &rough_}) *v = in.f64();
  const std::size_t heard = in.count(2);
  if (heard > 0) minutes_.resize(static_cast<std::size_t>(kMinutes));
  for (std::size_t i = 0; i < heard; ++i) {
    const std::size_t minute = in.u8();
    if (minute >= minutes_.size()) throw DetectorStateError("detector state: a minute is damaged");
    const std::uint32_t count = in.u8();
    minutes_[minute] = count < kLongCount ? count : in.u32();
  }
}

void SeriesBaseline::save_hourly(BlobWriter& out) const {
  out.i64(learned_to_);
  out.f64(learned_exposure_);
  for (const Weighed& e : spread_) out.f64(e.sum), out.f64(e.weight);
  out.f64(clump_.sum);
  out.f64(clump_.weight);
  for (const Block& block : blocks_) {
    for (const double v : {block.count, block.factor, block.rough}) out.f64(v);
    out.f32(block.level);
    out.f32(block.level_variance);
    out.u8(static_cast<std::uint8_t>((block.whole ? 1 : 0) | (block.young ? 2 : 0)));
  }
  for (const Visits& own : season_) out.f32(own.count), out.f32(own.visits);
}

void SeriesBaseline::load_hourly(BlobReader& in) {
  learned_to_ = in.i64();
  learned_exposure_ = in.f64();
  for (Weighed& e : spread_) e.sum = in.f64(), e.weight = in.f64();
  clump_.sum = in.f64();
  clump_.weight = in.f64();
  for (Block& block : blocks_) {
    for (double* v : {&block.count, &block.factor, &block.rough}) *v = in.f64();
    block.level = in.f32();
    block.level_variance = in.f32();
    const std::uint8_t flags = in.u8();
    block.whole = (flags & 1) != 0;
    block.young = (flags & 2) != 0;
  }
  for (Visits& own : season_) own.count = in.f32(), own.visits = in.f32();
}

/// The open hour's cell is saved with every vote: here it is left empty, whatever it holds by now.
void SeriesBaseline::save_day(std::size_t part, BlobWriter& out) const {
  for (std::size_t i = part * 24; i < (part + 1) * 24; ++i) {
    save_cell(out, i == place(hour_) ? HourCell{} : cells_[i]);
  }
  for (std::size_t i = part * 3; i < (part + 1) * 3; ++i) {
    for (const Lesson& lesson : lessons_[i]) out.f32(lesson.sum), out.f32(lesson.weight);
  }
}

void SeriesBaseline::load_day(std::size_t part, BlobReader& in) {
  cells_.resize(static_cast<std::size_t>(kHours));
  for (std::size_t i = part * 24; i < (part + 1) * 24; ++i) {
    HourCell cell;
    load_cell(in, cell);
    if (i != place(hour_)) cells_[i] = cell;
  }
  for (std::size_t i = part * 3; i < (part + 1) * 3; ++i) {
    for (Lesson& lesson : lessons_[i]) lesson.sum = in.f32(), lesson.weight = in.f32();
  }
}

}  // namespace tapewatch::alerts
