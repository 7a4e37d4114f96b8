#include "tests/bench/detection/rivals.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <deque>

namespace tapewatch::bench {

double log_upper_tail(double count, double mean, double ratio) {
  if (count <= 0.0) return 0.0;
  const bool poisson = ratio < 1.0001;
  const double size = poisson ? 0.0 : mean / (ratio - 1.0), q = 1.0 - 1.0 / ratio;
  const double first = poisson ? -mean + count * std::log(mean) - std::lgamma(count + 1.0)
                               : std::lgamma(count + size) - std::lgamma(size) - std::lgamma(count + 1.0) -
                                     size * std::log(ratio) + count * std::log(q);
  double term = 1.0, sum = 1.0;
  for (double j = count; term > 1e-6 * sum && j < count + 20'000.0; j += 1.0) {
    term *= poisson ? mean / (j + 1.0) : q * (size + j) / (j + 1.0);
    sum += term;
  }
  return std::min(0.0, first + std::log(sum));
}

double log_likelihood_ratio(double count, double mean, double factor, double dispersion) {
  if (dispersion < 1.01) return count * std::log(factor) - mean * (factor - 1.0);
  const double size = mean / (dispersion - 1.0), raised = mean * factor;
  return count * std::log(factor * (mean + size) / (raised + size)) - size * std::log((raised + size) / (mean + size));
}

namespace {

/// The rise that a test looks for, as a factor.
double rise(const HourSoFar& hour, double least, double deviations) {
  return 1.0 + std::max(least, deviations * std::sqrt(hour.dispersion / std::max(hour.level, 1e-4)));
}

class NbCusum final : public Rival {
 public:
  NbCusum(std::size_t series, const char* name, double least, double deviations)
      : sums_(series), name_(name), least_(least), deviations_(deviations) {}
  const char* name() const override { return name_; }
  double calm() const override { return 1e-9; }
  double at_story(std::size_t series, const HourSoFar& hour) override {
    return sums_[series] +
           log_likelihood_ratio(hour.count, hour.mean, rise(hour, least_, deviations_), hour.dispersion);
  }
  double at_hour_end(std::size_t series, const HourSoFar& hour) override {
    return sums_[series] = std::max(0.0, at_story(series, hour));
  }

 private:
  std::vector<double> sums_;
  const char* name_;
  double least_, deviations_;
};

class NbScan final : public Rival {
 public:
  explicit NbScan(std::size_t series) : series_(series) {}
  const char* name() const override { return "NB scan"; }
  double calm() const override { return 3.0; }

  double at_story(std::size_t index, const HourSoFar& hour) override {
    Series& series = series_[index];
    series.times.push_back(hour.now_ms);
    return largest(series, hour);
  }

  double at_hour_end(std::size_t index, const HourSoFar& hour) override {
    Series& series = series_[index];
    const double statistic = largest(series, hour);
    series.hours[static_cast<std::size_t>(hour.hour % 256)] = hour.full_mean / hour.level;
    while (!series.times.empty() && series.times.front() <= hour.now_ms - kLengths.back()) {
      series.times.pop_front();
      for (std::size_t& head : series.heads) head -= head > 0;
    }
    return statistic;
  }

 private:
  static constexpr std::array<std::int64_t, 7> kLengths = {900'000,    3'600'000,   10'800'000, 28'800'000,
                                                           86'400'000, 259'200'000, 604'800'000};
  struct Series {
    std::deque<std::int64_t> times;
    std::array<std::size_t, 7> heads{};
    std::array<double, 256> hours{};  // season of the hours past
  };

  static double largest(Series& series, const HourSoFar& hour) {
    double best = 0.0, season = hour.mean / hour.level;
    std::int64_t summed = hour.hour, hours_ms = hour.hour * 3'600'000;
    for (std::size_t w = 0; w < kLengths.size(); ++w) {
      const std::int64_t from = hour.now_ms - kLengths[w];
      std::size_t& head = series.heads[w];
      while (head < series.times.size() && series.times[head] <= from) ++head;
      double in_window = 0.0;
      if (from >= hours_ms && summed == hour.hour) {  // within the open hour
        in_window = static_cast<double>(kLengths[w]) / 3.6e6 * hour.full_mean / hour.level;
      } else {
        for (; summed * 3'600'000 > from; --summed) {
          season += series.hours[static_cast<std::size_t>((summed - 1) % 256)];
        }
        const double before = static_cast<double>(from - summed * 3'600'000) / 3.6e6;
        in_window = season - before * series.hours[static_cast<std::size_t>(summed % 256)];
      }
      const double mean = std::max(1e-9, hour.level * in_window);
      const auto count = static_cast<double>(series.times.size() - head);
      if (count <= mean + std::sqrt(hour.dispersion * mean)) continue;
      best = std::max(best, -log_upper_tail(count, mean, hour.dispersion));
    }
    return best;
  }

  std::vector<Series> series_;
};

class SeasonalEwma final : public Rival {
 public:
  explicit SeasonalEwma(std::size_t series) : series_(series) {}
  const char* name() const override { return "EWMA"; }
  double calm() const override { return 1.0; }
  double at_story(std::size_t index, const HourSoFar& hour) override {
    Series next = series_[index];
    const double last = next.statistic();  // the hour so far says little as long as it stays below
    return std::max(last, step(next, hour.count - hour.full_mean, hour));
  }
  double at_hour_end(std::size_t index, const HourSoFar& hour) override {
    return step(series_[index], hour.count - hour.full_mean, hour);
  }

 private:
  static constexpr double kWeight = 0.1;
  struct Series {
    double mean = 0.0, variance = 0.0;
    double statistic() const { return mean / std::sqrt(std::max(variance, 1e-6)); }
  };
  static double step(Series& series, double residual, const HourSoFar& hour) {
    series.mean += kWeight * (residual - series.mean);
    series.variance =
        (1.0 - kWeight) * (1.0 - kWeight) * series.variance + kWeight * kWeight * hour.dispersion * hour.full_mean;
    return series.statistic();
  }
  std::vector<Series> series_;
};

class EarsC2 final : public Rival {
 public:
  EarsC2(std::size_t series, bool daily) : series_(series), daily_(daily) {}
  const char* name() const override { return daily_ ? "EARS-C2 day" : "EARS-C2 hour"; }
  double calm() const override { return 1.0; }
  std::int64_t step_hours() const override { return daily_ ? 24 : 1; }
  double at_story(std::size_t index, const HourSoFar&) override { return series_[index].last; }

  double at_hour_end(std::size_t index, const HourSoFar& hour) override {
    Series& series = series_[index];
    series.counts[static_cast<std::size_t>(hour.hour % 256)] = hour.count;
    series.day += hour.count;
    if (!daily_) {
      std::array<double, 7> before{};
      for (std::size_t i = 0; i < 7; ++i) {
        before[i] = series.counts[static_cast<std::size_t>((hour.hour - 24 * static_cast<std::int64_t>(i + 3)) % 256)];
      }
      return series.last = statistic(before, hour.count);
    }
    if (hour.hour % 24 != 23) return series.last;
    std::array<double, 7> before{};
    std::copy(series.days.begin(), series.days.begin() + 7, before.begin());
    series.last = statistic(before, series.day);
    std::move(series.days.begin() + 1, series.days.end(), series.days.begin());
    series.days.back() = series.day;
    series.day = 0.0;
    return series.last;
  }

 private:
  struct Series {
    std::array<double, 256> counts{};
    std::array<double, 9> days{};  // the last two are too young to compare with
    double day = 0.0, last = 0.0;
  };
  static double statistic(const std::array<double, 7>& before, double count) {
    double mean = 0.0, squares = 0.0;
    for (const double value : before) mean += value / 7.0;
    for (const double value : before) squares += (value - mean) * (value - mean) / 6.0;
    return (count - mean) / std::max(0.5, std::sqrt(squares));
  }
  std::vector<Series> series_;
  bool daily_;
};

class HiddenMarkov final : public Rival {
 public:
  explicit HiddenMarkov(std::size_t series) : odds_(series, std::log(kUp)) {}
  const char* name() const override { return "NB-HMM"; }
  double calm() const override { return 0.0; }
  double at_story(std::size_t index, const HourSoFar& hour) override {
    const double raised = 1.0 / (1.0 + std::exp(-odds_[index]));
    const double predicted = raised * (1.0 - kDown) + (1.0 - raised) * kUp;
    return std::log(predicted / (1.0 - predicted)) +
           log_likelihood_ratio(hour.count, hour.mean, rise(hour, 0.5, 1.0), hour.dispersion);
  }
  double at_hour_end(std::size_t index, const HourSoFar& hour) override {
    return odds_[index] = std::clamp(at_story(index, hour), -30.0, 700.0);
  }

 private:
  static constexpr double kUp = 1.0 / (28.0 * 24.0), kDown = 1.0 / 48.0;  // an hour
  std::vector<double> odds_;
};

}  // namespace

std::unique_ptr<Rival> nb_cusum(std::size_t series, const char* name, double least, double deviations) {
  return std::make_unique<NbCusum>(series, name, least, deviations);
}
std::unique_ptr<Rival> nb_scan(std::size_t series) { return std::make_unique<NbScan>(series); }
std::unique_ptr<Rival> seasonal_ewma(std::size_t series) { return std::make_unique<SeasonalEwma>(series); }
std::unique_ptr<Rival> ears_c2(std::size_t series, bool daily) { return std::make_unique<EarsC2>(series, daily); }
std::unique_ptr<Rival> hidden_markov(std::size_t series) { return std::make_unique<HiddenMarkov>(series); }

std::vector<std::unique_ptr<Rival>> all_rivals(std::size_t series) {
  std::vector<std::unique_ptr<Rival>> all;
  all.push_back(nb_cusum(series, "NB-CUSUM", 0.3, 0.7));
  all.push_back(nb_cusum(series, "NB-CUSUM fast", 1.0, 2.0));
  all.push_back(nb_scan(series));
  all.push_back(seasonal_ewma(series));
  all.push_back(ears_c2(series, false));
  all.push_back(ears_c2(series, true));
  all.push_back(hidden_markov(series));
  return all;
}

}  // namespace tapewatch::bench
