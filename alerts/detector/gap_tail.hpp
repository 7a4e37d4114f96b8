#pragma once
#include <array>
#include <cstddef>

namespace tapewatch::alerts {

class BlobReader;
class BlobWriter;

/// How long documents keep one waiting: the tail of the gaps between them, in units of expected stories. Gaps of a
/// Poisson process exceed x with probability e^-x. News come in clumps, and what is expected is never quite right, so
/// that their gaps are longer, the more so the further out. Beyond a threshold the tail is therefore learned in bands,
/// each with an ending rate of its own, a Gamma variable (shape a: gaps that ended in the band, rate b: what was waited
/// in it) whose prior is the band before it, or the same band of the rule's series:
///
///     P(gap > x) = q Π (1 + d / b)^-a,     d the part of x in each band
///
/// Gamma-mixed survival (Lomax 1954): where little was heard the tail is heavy, so that ignorance raises no alarm.
class GapTail {
 public:
  static constexpr double kThreshold = 2.0;  ///< where the bands begin

  /// A gap that is over; what was heard before counts `kept` times as much from now on.
  void hear(double gap, double kept);

  // `prior`: the tail of all series of the rule, which holds as long as little was heard; without one what is taken for
  // granted does.

  /// P(gap > x), at most q.
  double beyond(double x, const GapTail* prior) const;
  /// The x beyond which a gap is with probability `p`; at least the threshold.
  double limit(double p, const GapTail* prior) const;

  void save(BlobWriter&) const;
  void load(BlobReader&);

 private:
  struct Band {
    double ended = 0.0;   // decayed
    double waited = 0.0;  // stories
  };
  struct Rate {  // of ending: a Gamma variable
    double shape = 0.0;
    double rate = 0.0;
    double mean() const { return shape / rate; }
    double log_survival(double stories) const;
    double survived(double log_p) const;  // the other way round
  };
  static constexpr std::array<double, 6> kBands = {kThreshold, 3.0, 4.5, 6.75, 10.0, 15.0};  // where they begin

  static double end_of(std::size_t band);
  double exceedance(const GapTail* prior) const;  // q
  std::array<Rate, kBands.size()> rates(const GapTail* prior) const;

  double gaps_ = 0.0;  // decayed
  double long_ = 0.0;  // of them, those longer than the threshold
  std::array<Band, kBands.size()> bands_{};
};

}  // namespace tapewatch::alerts
