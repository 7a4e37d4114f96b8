// Tested by tests/alerts/detector/mean_sentiment_test.cpp
#include "alerts/detector/blob.hpp"
#include "alerts/detector/mean_scan.hpp"

namespace tapewatch::alerts {

SentimentHistogram MeanSeries::Cell::histogram() const {
  SentimentHistogram out;
  for (std::size_t b = 0; b < SentimentHistogram::kBins; ++b) {
    out.votes[b] = votes[b];
    out.count += votes[b];
  }
  out.sum = static_cast<double>(sum);
  return out;
}

void MeanSeries::save(BlobWriter& out) const {
  for (const std::int64_t v : {first_, hour_, minute_, mask_}) out.i64(v);
  before_.save(out);
  std::uint32_t heard = 0;
  for (const Minute& minute : minutes_) heard += minute.votes != 0;
  out.u32(heard);
  for (std::size_t m = 0; m < minutes_.size(); ++m) {
    if (minutes_[m].votes == 0) continue;
    out.u8(static_cast<std::uint8_t>(m));
    out.u32(minutes_[m].votes);
    out.f32(minutes_[m].sum);
  }
  out.u8(open_ ? 1 : 0);
  for (const std::int64_t v : {opened_, from_, zero_, latest_}) out.i64(v);
  for (const double v : {accept_hours_, hours_, expected_, spread_, share_, fall_, peak_, limit_, evidence_}) {
    out.f64(v);
  }
}

void MeanSeries::load(BlobReader& in) {
  for (std::int64_t* v : {&first_, &hour_, &minute_, &mask_}) *v = in.i64();
  cells_.resize(static_cast<std::size_t>(kHours));
  minutes_.assign(static_cast<std::size_t>(kMinutes), {});
  before_.load(in);
  const std::size_t heard = in.count(9);
  for (std::size_t i = 0; i < heard; ++i) {
    const std::uint8_t m = in.u8();
    if (m >= minutes_.size()) throw DetectorStateError("detector state: a minute is damaged");
    minutes_[m].votes = in.u32();
    minutes_[m].sum = in.f32();
  }
  open_ = in.u8() != 0;
  for (std::int64_t* v : {&opened_, &from_, &zero_, &latest_}) *v = in.i64();
  for (double* v : {&accept_hours_, &hours_, &expected_, &spread_, &share_, &fall_, &peak_, &limit_, &evidence_}) {
    *v = in.f64();
  }
}

void MeanSeries::save_day(std::size_t day, BlobWriter& out) const {
  for (std::size_t h = day * 24; h < (day + 1) * 24; ++h) {
    const Cell& it = cells_[h];
    std::uint8_t heard = 0;
    for (std::size_t b = 0; b < it.votes.size(); ++b) {
      heard = static_cast<std::uint8_t>(heard | (it.votes[b] != 0 ? 1u << b : 0u));
    }
    out.u8(it.excluded ? 1 : 0);
    out.u8(heard);
    if (heard == 0) continue;
    for (const std::uint16_t votes : it.votes) {
      if (votes == 0) continue;
      out.u8(static_cast<std::uint8_t>(votes & 0xff));
      out.u8(static_cast<std::uint8_t>(votes >> 8));
    }
    out.f32(it.sum);
  }
}

void MeanSeries::load_day(std::size_t day, BlobReader& in) {
  cells_.resize(static_cast<std::size_t>(kHours));
  for (std::size_t h = day * 24; h < (day + 1) * 24; ++h) {
    Cell& it = cells_[h];
    it.excluded = in.u8() != 0;
    const std::uint8_t heard = in.u8();
    for (std::size_t b = 0; b < it.votes.size(); ++b) {
      if ((heard >> b & 1) == 0) continue;
      const unsigned low = in.u8();
      it.votes[b] = static_cast<std::uint16_t>(low | static_cast<unsigned>(in.u8()) << 8);
    }
    if (heard != 0) it.sum = in.f32();
  }
}

}  // namespace tapewatch::alerts
