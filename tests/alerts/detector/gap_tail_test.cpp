#include "alerts/detector/gap_tail.hpp"

#include <cmath>

#include "alerts/detector/blob.hpp"
#include "tests/alerts/detector/news_stream.hpp"
#include "tests/support/catch.hpp"

namespace tapewatch::alerts {
namespace {

/// So many gaps with an exponential tail of this mean.
GapTail heard(double mean, int gaps, std::uint64_t seed) {
  test::Dice dice(seed);
  GapTail tail;
  for (int i = 0; i < gaps; ++i) tail.hear(dice.exponential() * mean, 1.0);
  return tail;
}

TEST_CASE("a tail that nobody has heard anything of is Poisson's, somewhat longer and heavier") {
  const GapTail nothing;
  CHECK(nothing.beyond(1.0, nullptr) == Approx(std::exp(-2.0)));
  CHECK(nothing.beyond(2.0, nullptr) == Approx(std::exp(-2.0)));
  for (const double x : {4.0, 8.0, 12.0}) {
    CHECK(nothing.beyond(x, nullptr) > std::exp(-2.0 - (x - 2.0) / 1.5));
    CHECK(nothing.beyond(x, nullptr) < std::exp(-2.0 - (x - 2.0) / 3.0));
  }
}

TEST_CASE("the limit is where the tail has the probability, in every band and beyond them") {
  const GapTail tail = heard(1.7, 500, 1);
  for (const double p : {0.2, 0.1, 0.01, 1e-3, 1e-5, 1e-9}) {
    const double limit = tail.limit(p, nullptr);
    CHECK(tail.beyond(limit, nullptr) == Approx(p));
  }
  CHECK(tail.limit(0.9, nullptr) == Approx(GapTail::kThreshold));
  for (double x = 2.1; x < 30.0; x += 0.1) CHECK(tail.beyond(x, nullptr) < tail.beyond(x - 0.1, nullptr));
}

TEST_CASE("a tail of Poisson's and one of clumps are both learned") {
  for (const double mean : {1.0, 1.5, 3.0}) {
    const GapTail tail = heard(mean, 20'000, 2);
    for (const double x : {3.0, 4.0, 5.0}) {
      CHECK(tail.beyond(x, nullptr) == Approx(std::exp(-x / mean)).epsilon(0.3));
    }
  }
}

TEST_CASE("a tail that grows heavier further out is learned as that") {
  test::Dice dice(3);
  GapTail tail;
  int beyond = 0;
  constexpr int kGaps = 20'000;
  for (int i = 0; i < kGaps; ++i) {  // one gap in ten is of a series four times as slow as thought
    const double gap = dice.exponential() * (i % 10 == 0 ? 4.0 : 1.0);
    beyond += gap > 12.0;
    tail.hear(gap, 1.0);
  }
  const double measured = static_cast<double>(beyond) / kGaps;
  CHECK(tail.beyond(12.0, nullptr) == Approx(measured).epsilon(0.3));  // one exponential beyond 2 has a third of it
}

TEST_CASE("a series of which little was heard has the tail of its rule, and later its own") {
  const GapTail rule = heard(3.0, 20'000, 4);
  const GapTail nothing, own = heard(1.0, 20'000, 5);
  CHECK(nothing.beyond(6.0, &rule) == Approx(rule.beyond(6.0, nullptr)).epsilon(0.2));
  CHECK(own.beyond(6.0, &rule) == Approx(own.beyond(6.0, nullptr)).epsilon(0.35));
  CHECK(own.beyond(6.0, &rule) < 0.1 * rule.beyond(6.0, nullptr));
}

TEST_CASE("what was heard long ago is forgotten, and a stored tail goes on to the byte") {
  GapTail tail = heard(3.0, 5'000, 6);
  test::Dice dice(7);
  for (int i = 0; i < 5'000; ++i) tail.hear(dice.exponential(), 1.0 - 1.0 / 500);
  CHECK(tail.beyond(6.0, nullptr) < 2.0 * std::exp(-6.0));
  BlobWriter out;
  tail.save(out);
  const std::string blob = out.take();
  BlobReader in(blob);
  GapTail again;
  again.load(in);
  in.finish();
  CHECK(again.beyond(7.3, nullptr) == tail.beyond(7.3, nullptr));
}

}  // namespace
}  // namespace tapewatch::alerts
