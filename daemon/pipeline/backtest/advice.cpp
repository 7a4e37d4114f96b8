#include "daemon/pipeline/backtest/advice.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "config/notation/duration.hpp"
#include "daemon/pipeline/writing/history_feed.hpp"
#include "storage/clock.hpp"
#include "storage/document/sequence_reader.hpp"

namespace tapewatch {
namespace {

constexpr std::size_t kFewVerdicts = 10;
constexpr std::size_t kSeriesBytes = 8 * 1024;  // of a detector, about

bool no_looser(const TriedSetting& setting, const TriedSetting& present) {
  return setting.budget.count <= present.budget.count && setting.min_stories >= present.min_stories;
}

double distance(const TriedSetting& setting, const TriedSetting& present) {
  const auto apart = [](double a, double b) { return std::abs(std::log(a / b)); };
  return apart(setting.budget.count, present.budget.count) +
         apart(static_cast<double>(setting.min_stories), static_cast<double>(present.min_stories));
}

std::string setting_text(const TriedSetting& setting) {
  return fmt::format("{:.3g} per {} with min_stories {}", setting.budget.count,
                     notation::format_duration(setting.budget.per), setting.min_stories);
}

std::string counted(std::size_t n, std::string_view what) {
  return fmt::format("{} {} {}", n, what, n == 1 ? "alert" : "alerts");
}

std::string summary_of(const Advice& advice, std::size_t useful) {
  if (!advice.advised) return "no alert of this time has a verdict: acknowledge alerts as useful or noise first";
  const TriedResult& present = advice.tried.front();
  const TriedResult& best = advice.tried[*advice.advised];
  const std::string setting = setting_text(best.setting);
  if (*advice.advised == 0) {
    return fmt::format("stay with {}: no stricter setting keeps {} and raises less noise", setting,
                       counted(useful, "useful"));
  }
  return fmt::format("{} keeps {} and raises {} instead of {} with the verdict noise", setting,
                     counted(useful, "useful"), best.noise_kept, present.noise_kept);
}

/// One pass of some settings over the stored sequence.
class Pass {
 public:
  Pass(storage::Connection& connection, const AdviceQuery& query, Advice& advice)
      : sequence_(connection, {query.detector.model_version, ""}),
        query_(query),
        advice_(advice),
        end_(storage::Clock(connection).last_seq()) {
    const auto first = sequence_.first_of(query.detector.model_version).value_or(advice.to);
    start_ = sequence_.before(std::max<TimePoint>(first, advice.from - query.detector.history));
  }

  /// `before` and `share`: the work that is done, and that this pass is. Nothing: is_over.
  std::optional<SettingsTrial> run(std::span<const TriedSetting> settings, double before, double share,
                                   const std::function<bool(double)>& is_over) {
    SettingsTrial trial(query_.rule, settings, query_.detector);
    HistoryFeed feed(trial.detector(), {query_.detector.model_version, ""}, query_.tags);
    advice_.documents = advice_.skipped = 0;
    for (std::int64_t at = start_; at < end_;) {
      const auto rows = sequence_.after(at, query_.page);
      if (rows.empty()) break;
      const double done = static_cast<double>(at - start_) / static_cast<double>(end_ - start_);
      at = rows.back().seq;
      for (const auto& row : rows) {
        if (is_over(before + share * done)) return std::nullopt;
        if (row.at >= advice_.to) return trial;
        const auto told = feed.take(row);
        if (row.is_document()) ++(told ? advice_.documents : advice_.skipped);
        if (told) trial.take(*told);
      }
    }
    return trial;
  }

 private:
  const storage::SequenceReader sequence_;
  const AdviceQuery& query_;
  Advice& advice_;
  std::int64_t start_ = 0, end_ = 0;
};

}  // namespace

void choose_setting(Advice& advice, std::vector<storage::JudgedAlert> judged) {
  for (const auto& alert : judged) {
    ++(alert.verdict == "useful"      ? advice.useful
       : alert.verdict == "noise"     ? advice.noise
       : alert.verdict == "duplicate" ? advice.duplicate
                                      : advice.unjudged);
  }
  const std::size_t verdicts = advice.useful + advice.noise;
  std::size_t useful = advice.useful;
  if (!advice.tried.empty() && verdicts > 0) {
    const TriedResult& present = advice.tried.front();
    const auto comes_again = [&](const storage::JudgedAlert& alert) {
      return std::find(present.lost.begin(), present.lost.end(), alert.id) == present.lost.end();
    };
    const auto keeps_all = [&](const TriedResult& result) {
      return std::none_of(judged.begin(), judged.end(), [&](const storage::JudgedAlert& alert) {
        return alert.verdict == "useful" && comes_again(alert) &&
               std::find(result.lost.begin(), result.lost.end(), alert.id) != result.lost.end();
      });
    };
    useful = present.useful_kept;
    advice.vanished = advice.useful - useful;
    advice.advised = 0;
    const auto better = [&](const TriedResult& one, const TriedResult& other) {
      if (one.noise_kept != other.noise_kept) return one.noise_kept < other.noise_kept;
      return distance(one.setting, present.setting) < distance(other.setting, present.setting);
    };
    for (std::size_t i = 1; i < advice.tried.size(); ++i) {
      const TriedResult& result = advice.tried[i];
      if (!no_looser(result.setting, present.setting) || !keeps_all(result)) continue;
      if (better(result, advice.tried[*advice.advised])) advice.advised = i;
    }
  }
  if (verdicts < kFewVerdicts) {
    advice.warnings.push_back(fmt::format("it rests on {} {}, which says little; from {} on it means something",
                                          verdicts, verdicts == 1 ? "verdict" : "verdicts", kFewVerdicts));
  }
  if (advice.vanished > 0) {
    const bool one = advice.vanished == 1;
    advice.warnings.push_back(fmt::format(
        "of {}, {} {} not come again with the present setting, and {} left out: the news are no longer stored, another "
        "model scored them, or the rule selected other news then",
        counted(advice.useful, "useful"), advice.vanished, one ? "does" : "do", one ? "is" : "are"));
  }
  if (advice.skipped > 0) {
    advice.warnings.push_back(fmt::format("{} documents that another model scored are left out", advice.skipped));
  }
  advice.summary = summary_of(advice, useful);
}

std::optional<Advice> advise(storage::Connection& connection, const AdviceQuery& query,
                             const std::function<bool(double)>& is_over) {
  Advice advice;
  auto judged = storage::Verdicts(connection).alerts_begun(query.rule.name, query.from, query.to);
  const auto event_time = storage::Clock(connection).event_time();
  advice.to = event_time ? std::min(query.to, *event_time + std::chrono::milliseconds{1}) : query.to;
  advice.from = judged.empty() ? advice.to : judged.front().started_at;
  const auto settings = tried_settings(query.rule);
  const bool any = std::any_of(judged.begin(), judged.end(), [](const storage::JudgedAlert& alert) {
    return alert.verdict == "useful" || alert.verdict == "noise";
  });
  if (settings.empty()) {
    advice.summary = "the measure story has no budget: each grave story is an alert";
    return advice;
  }
  if (any) {
    Pass pass(connection, query, advice);
    const std::span<const TriedSetting> all(settings);
    std::size_t done = 0, size = 1;  // the present setting alone tells how many series there are
    while (done < all.size()) {
      const auto some = all.subspan(done, std::min(size, all.size() - done));
      const auto share = [&](std::size_t n) { return static_cast<double>(n) / static_cast<double>(all.size()); };
      const auto trial = pass.run(some, share(done), share(some.size()), is_over);
      if (!trial) return std::nullopt;
      for (auto& result : trial->results(judged, advice.from)) advice.tried.push_back(std::move(result));
      done += some.size();
      size = std::max<std::size_t>(1, query.memory / (kSeriesBytes * std::max<std::size_t>(trial->series(), 1)));
    }
  }
  choose_setting(advice, std::move(judged));
  return advice;
}

}  // namespace tapewatch
