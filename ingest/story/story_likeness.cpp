#include "ingest/story/story_likeness.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <bitset>
#include <iterator>
#include <vector>

namespace tapewatch::ingest {
namespace {

using Class = StorySignature::Class;

/// A daily column comes again after some 24 hours; what is printed once more the same day is the same item.
constexpr std::chrono::hours kSameDay{16};

constexpr double kNumberWeight = 0.5, kTermWeight = 1.0, kPeriodWeight = 0.5;
/// Where each has words that the other has not, and where one only says more.
constexpr double kReworded = 0.78, kExtended = 0.68, kCaselessReworded = 0.85;

bool is_content(std::uint16_t word) { return StorySignature::class_of(word) <= Class::name; }

StoryMakeup makeup_of(const StorySignature& signature) {
  StoryMakeup makeup;
  for (const std::uint16_t word : signature.all()) {
    switch (StorySignature::class_of(word)) {
      case Class::word:
      case Class::name:
        ++makeup.content;
        break;
      case Class::number:
        ++makeup.numbers;
        break;
      case Class::term:
        makeup.groups |= std::uint64_t{1} << StorySignature::group_of(word);
        break;
    }
  }
  return makeup;
}

constexpr std::uint64_t bits(std::uint8_t from, std::uint8_t to) {
  return ((std::uint64_t{1} << to) - 1) & ~((std::uint64_t{1} << from) - 1);
}
constexpr std::uint64_t kOpposites = bits(StorySignature::opposites, StorySignature::negation);
constexpr std::uint64_t kNegation = bits(StorySignature::negation, StorySignature::units);
constexpr std::uint64_t kUnits = bits(StorySignature::units, StorySignature::year);
constexpr std::uint64_t kPeriods = ~(kOpposites | kNegation | kUnits);

/// The groups of `common` in which the two have no term in common.
std::uint64_t disjoint(const StorySignature& a, const StorySignature& b, std::uint64_t common) {
  for (const std::uint16_t word : a.all()) {
    if (common == 0) break;
    if (StorySignature::class_of(word) != Class::term) continue;
    const std::uint64_t group = std::uint64_t{1} << StorySignature::group_of(word);
    if ((common & group) != 0 && std::find(b.all().begin(), b.all().end(), word) != b.all().end()) common &= ~group;
  }
  return common;
}

/// "beats on profit, beats on sales", "misses on profit, beats on sales": as many words of a group of opposites, but
/// not the same ones. A title that only says more has more of them.
std::uint64_t exchanged(const StorySignature& a, const StorySignature& b, std::uint64_t common) {
  const auto of_groups = [&](const StorySignature& signature) {
    std::vector<std::uint16_t> terms;
    for (const std::uint16_t word : signature.all()) {
      if (StorySignature::class_of(word) != Class::term) continue;
      if ((common >> StorySignature::group_of(word) & 1) != 0) terms.push_back(word);
    }
    std::sort(terms.begin(), terms.end());
    return terms;
  };
  std::vector<std::uint16_t> only_a, only_b;
  const std::vector<std::uint16_t> in_a = of_groups(a), in_b = of_groups(b);
  std::set_difference(in_a.begin(), in_a.end(), in_b.begin(), in_b.end(), std::back_inserter(only_a));
  std::set_difference(in_b.begin(), in_b.end(), in_a.begin(), in_a.end(), std::back_inserter(only_b));
  std::uint64_t groups_a = 0, groups_b = 0;
  for (const std::uint16_t word : only_a) groups_a |= std::uint64_t{1} << StorySignature::group_of(word);
  for (const std::uint16_t word : only_b) groups_b |= std::uint64_t{1} << StorySignature::group_of(word);
  return groups_a & groups_b;
}

struct Conflict {
  bool sign = false, fact = false;
};

Conflict conflict_of(const StorySignature& a, const StorySignature& b, std::uint64_t in_a, std::uint64_t in_b) {
  const std::uint64_t common = in_a & in_b & ~kNegation;
  const std::uint64_t apart = disjoint(a, b, common) | exchanged(a, b, common & kOpposites);
  return {(apart & kOpposites) != 0 || ((in_a ^ in_b) & kNegation) != 0, (apart & ~kOpposites) != 0};
}

/// "rises $2", "rises 2%": each tells one amount, and they are of different kinds.
bool amounts_differ(const StoryMakeup& a, const StoryMakeup& b) {
  constexpr std::uint64_t kKinds =
      bits(StorySignature::units + 2, StorySignature::units + 5);  // ratio, currency, measure
  const std::uint64_t in_a = a.groups & kKinds, in_b = b.groups & kKinds;
  return a.numbers == 1 && b.numbers == 1 && in_a != 0 && in_b != 0 && (in_a & in_b) == 0;
}

/// Which words of the one are in the other, each at most once.
struct Overlap {
  std::bitset<StorySignature::kMostWords> in_a, in_b;
  std::array<std::uint8_t, StorySignature::kMostWords> partner{};  // of a word of b: its place in a

  Overlap(const StorySignature& a, const StorySignature& b) {
    for (std::size_t j = 0; j < b.count; ++j) {
      if (!is_content(b.words[j])) continue;
      for (std::size_t i = 0; i < a.count; ++i) {
        const bool same = is_content(a.words[i]) && !in_a[i] &&
                          StorySignature::payload_of(a.words[i]) == StorySignature::payload_of(b.words[j]);
        if (!same) continue;
        in_a.set(i);
        in_b.set(j);
        partner[j] = static_cast<std::uint8_t>(i);
        break;
      }
    }
  }
};

struct Only {
  std::size_t words = 0, names = 0;
};

Only only_in(const StorySignature& signature, const std::bitset<StorySignature::kMostWords>& shared) {
  Only only;
  for (std::size_t i = 0; i < signature.count; ++i) {
    if (shared[i] || !is_content(signature.words[i])) continue;
    ++only.words;
    only.names += StorySignature::class_of(signature.words[i]) == Class::name;
  }
  return only;
}

bool names_differ(const StorySignature& a, const StorySignature& b, const Only& only_a, const Only& only_b) {
  if (only_a.names > 0 && only_b.names > 0) return true;
  const bool a_blind = a.has(StorySignature::caseless), b_blind = b.has(StorySignature::caseless);
  if (a_blind && !b_blind) return only_b.names > 0 && only_a.words > 0;
  if (b_blind && !a_blind) return only_a.names > 0 && only_b.words > 0;
  return false;
}

/// "Volmer sues Pinecrest", "Pinecrest sues Volmer": two names change places around the same word.
bool roles_change(const StorySignature& a, const StorySignature& b, const Overlap& overlap) {
  if (a.has(StorySignature::passive) != b.has(StorySignature::passive)) return false;
  const auto is_name = [](std::uint16_t word) { return StorySignature::class_of(word) == Class::name; };
  for (std::size_t j = 0; j < b.count; ++j) {
    if (!overlap.in_b[j] || !is_name(b.words[j]) || !is_name(a.words[overlap.partner[j]])) continue;
    for (std::size_t k = j + 2; k < b.count; ++k) {
      if (!overlap.in_b[k] || !is_name(b.words[k]) || !is_name(a.words[overlap.partner[k]])) continue;
      if (overlap.partner[j] > overlap.partner[k] + 1) return true;
    }
  }
  return false;
}

/// Of two titles: what each weighs, and what they have in common beside words and names.
struct Weights {
  double a = 0, b = 0, common = 0;
  double dice(std::size_t shared_words) const {
    return a + b == 0 ? 0 : 2 * (static_cast<double>(shared_words) + common) / (a + b);
  }
};

Weights weigh(const StoryMakeup& a, const StoryMakeup& b) {
  // A number is updated, added or left out: it counts where both have one. Units count with their numbers.
  const double numbers = kNumberWeight * static_cast<double>(std::min(a.numbers, b.numbers));
  const auto terms = [](std::uint64_t groups) {
    return kTermWeight * std::popcount(groups & (kOpposites | kNegation)) +
           kPeriodWeight * std::popcount(groups & kPeriods);
  };
  return {static_cast<double>(a.content) + numbers + terms(a.groups),
          static_cast<double>(b.content) + numbers + terms(b.groups), numbers + terms(a.groups & b.groups)};
}

/// `blind`: no capitals tell which of their words are names.
bool enough(const Only& only_a, const Only& only_b, double dice, std::size_t shared, bool blind) {
  if (only_a.words == 0 && only_b.words == 0) return true;
  // Of titles of two or three words each counts for more.
  if (shared < 2 || (shared == 2 && dice < kReworded)) return false;
  if (only_a.words > 0 && only_b.words > 0) return dice >= (blind ? kCaselessReworded : kReworded);
  return dice >= kExtended;
}

}  // namespace

LaterTitle::LaterTitle(const StorySignature& signature) : signature_(signature), makeup_(makeup_of(signature)) {
  for (const std::uint16_t word : signature.all()) {
    if (is_content(word)) present_[word / 64 % present_.size()] |= std::uint64_t{1} << word % 64;
  }
}

/// At least the number of words and names that the two share.
std::size_t LaterTitle::most_shared(const StorySignature& first) const {
  std::size_t shared = 0;
  for (const std::uint16_t word : first.all()) {
    shared += is_content(word) && (present_[word / 64 % present_.size()] >> word % 64 & 1) != 0;
  }
  return std::min(shared, makeup_.content);
}

std::optional<StoryLikeness> LaterTitle::likeness_to(const StorySignature& first,
                                                     std::chrono::milliseconds apart) const {
  const StorySignature& later = signature_;
  if (first.count == 0 || later.count == 0) return std::nullopt;
  if ((first.has(StorySignature::recurring) || later.has(StorySignature::recurring)) &&
      std::chrono::abs(apart) > kSameDay) {
    return std::nullopt;
  }
  const StoryMakeup in_first = makeup_of(first);
  const Weights weights = weigh(in_first, makeup_);
  const std::size_t most = most_shared(first);
  const bool may_be_whole = most >= in_first.content && most >= makeup_.content;
  if (!may_be_whole && (most < 2 || weights.dice(most) < kExtended)) return std::nullopt;

  const Conflict conflict = conflict_of(first, later, in_first.groups, makeup_.groups);
  if (conflict.fact || amounts_differ(in_first, makeup_) || (conflict.sign && !later.has(StorySignature::correction))) {
    return std::nullopt;
  }

  const Overlap overlap(first, later);
  const Only only_first = only_in(first, overlap.in_a), only_later = only_in(later, overlap.in_b);
  if (names_differ(first, later, only_first, only_later) || roles_change(first, later, overlap)) return std::nullopt;

  const std::size_t shared = overlap.in_b.count();
  const double dice = weights.dice(shared);
  const bool blind = first.has(StorySignature::caseless) && later.has(StorySignature::caseless);
  if (!enough(only_first, only_later, dice, shared, blind)) return std::nullopt;
  return StoryLikeness{std::max(dice, 0.01), conflict.sign};
}

std::optional<StoryLikeness> same_story(const StorySignature& first, const StorySignature& later,
                                        std::chrono::milliseconds apart) {
  return LaterTitle(later).likeness_to(first, apart);
}

bool says_opposite(const StorySignature& title, const StorySignature& revision) {
  const std::uint64_t in_title = makeup_of(title).groups, in_revision = makeup_of(revision).groups;
  if (disjoint(title, revision, in_title & in_revision & kOpposites) != 0) return true;
  if (((in_title ^ in_revision) & kNegation) == 0) return false;
  StorySignature correction = revision;
  correction.flags = static_cast<std::uint8_t>(correction.flags | StorySignature::correction);
  return same_story(title, correction, std::chrono::milliseconds{0}).has_value();
}

}  // namespace tapewatch::ingest
