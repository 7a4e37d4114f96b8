// Tested by tests/daemon/commands/bench_test.cpp
#include "daemon/commands/bench/bench_news.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace tapewatch {
namespace {

constexpr std::array<std::string_view, 16> kSyllables = {"ba", "ce", "di", "fo", "gu", "ha", "je", "ki",
                                                         "lo", "mu", "na", "pe", "ri", "so", "tu", "va"};
constexpr std::array<std::string_view, 5> kDisasters = {
    "{}: {} collapses as {} admits fraud in {}", "{}: {} files for bankruptcy after record loss at {} in {}",
    "{}: {} sued over default of {} in {}", "{}: {} halts withdrawals, {} faces collapse in {}",
    "{}: fraud charges against {} and {} after losses in {}"};
constexpr std::size_t kGraveEvery = 20;

}  // namespace

/// Two words of three syllables.
std::string BenchNews::name() {
  std::string name;
  for (int syllable = 0; syllable < 6; ++syllable) {
    const std::size_t begin = name.size();
    name += kSyllables[random_() % kSyllables.size()];
    if (syllable % 3 == 0) name[begin] = static_cast<char>(name[begin] - 'a' + 'A');
    if (syllable == 2) name += ' ';
  }
  return name;
}

BenchNews::Document BenchNews::next() {
  Document document{.id = fmt::format("bench-{}", count_), .title = {}, .grave = count_ % kGraveEvery == 0};
  if (document.grave) {
    const auto disaster = kDisasters[count_ / kGraveEvery % kDisasters.size()];
    document.title = fmt::format(fmt::runtime(disaster), name(), kWatchedCompany, name(), name());
  } else {
    document.title = fmt::format("{}: {}", name(), headlines_[count_ % headlines_.size()]);
  }
  ++count_;
  return document;
}

}  // namespace tapewatch
